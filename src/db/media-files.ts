import { and, asc, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { type Collection, collections } from "../api/files.ts";
import { type FileProbe, fileProbeSchema } from "../protocol/file-probe.ts";
import { media, ownerTotals } from "./schema.ts";
import { selectByIds } from "./select-by-ids.ts";

/** An uploaded file. */
export interface MediaFile {
  collection: Collection;
  name: string;
  /** R2 key. */
  key: string;
  /** Bytes. */
  size: number;
  sha256: string;
  probe: FileProbe;
}

const rowSchema = z.object({
  collection: z.enum(collections),
  name: z.string(),
  key: z.string(),
  size: z.number(),
  sha256: z.string(),
  probe: fileProbeSchema,
});

/** The uploaded files of one owner, as D1 lists them. Their bytes are in R2. */
export class MediaLibrary {
  readonly #database: ReturnType<typeof drizzle>;
  readonly #owner: string;

  constructor(database: D1Database, owner: string) {
    this.#database = drizzle(database);
    this.#owner = owner;
  }

  /** Total bytes of the owner's uploads. Includes replaced files that are not removed yet. */
  async bytes(): Promise<number> {
    const [totals] = await this.#database
      .select({ bytes: ownerTotals.bytes })
      .from(ownerTotals)
      .where(eq(ownerTotals.owner, this.#owner));
    return totals?.bytes ?? 0;
  }

  /**
   * Adds a file. It replaces an older file of the same name, which a sweep removes a day later.
   * The check of the limit and the insert are one transaction, so that parallel uploads cannot exceed the limit.
   *
   * @param now Unix milliseconds.
   * @param limit max bytes of all the owner's files; null for no limit.
   * @returns false if the file would exceed the limit. Nothing changes then.
   */
  async add(id: string, file: MediaFile, now: number, limit: number | null = null): Promise<boolean> {
    const { collection, name, key, size, sha256 } = file;
    const stored = sql`coalesce((select bytes from owner_totals where owner = ${this.#owner}), 0)`;
    const withinLimit = limit === null ? sql`true` : sql`${stored} + ${size} <= ${limit}`;
    // These must be in the order of the table's columns.
    const values = sql`${id}, ${this.#owner}, ${collection}, ${name}, ${key}, ${size}, ${sha256}, ${JSON.stringify(file.probe)}, ${now}, null`;
    const [, , added] = await this.#database.batch([
      this.#database
        .update(media)
        .set({ supersededAt: now })
        .where(and(this.#current(collection, eq(media.name, name)), withinLimit)),
      this.#database.insert(media).select(sql`select ${values} where ${withinLimit}`),
      this.#database.select({ id: media.id }).from(media).where(eq(media.id, id)),
    ]);
    return added.length > 0;
  }

  /**
   * Removes a file from its collection, together with the older files of this name that it replaced.
   *
   * @returns the R2 keys of the removed files, for the caller to delete; empty if there is no such file.
   */
  async remove(collection: Collection, name: string): Promise<string[]> {
    const named = and(eq(media.owner, this.#owner), eq(media.collection, collection), eq(media.name, name));
    const rows = await this.#database.delete(media).where(named).returning({ key: media.key });
    return rows.map(({ key }) => key);
  }

  /** Whether the upload with this id was added. */
  async has(id: string): Promise<boolean> {
    const rows = await this.#database.select({ id: media.id }).from(media).where(eq(media.id, id));
    return rows.length > 0;
  }

  /** The current files of a collection, sorted by name. */
  async list(collection: Collection): Promise<MediaFile[]> {
    const rows = await this.#database.select().from(media).where(this.#current(collection)).orderBy(asc(media.name));
    return rows.map((row) => rowSchema.parse(row));
  }

  /** Looks up files by name. The map has no entry for a name without a file. */
  async find(collection: Collection, names: readonly string[]): Promise<Map<string, MediaFile>> {
    const rows = await selectByIds(this.#database, [...new Set(names)], (some) =>
      this.#database
        .select()
        .from(media)
        .where(this.#current(collection, inArray(media.name, some))),
    );
    return new Map(rows.flat().map((row) => [row.name, rowSchema.parse(row)]));
  }

  #current(collection: Collection, condition?: SQL) {
    return and(eq(media.owner, this.#owner), eq(media.collection, collection), isNull(media.supersededAt), condition);
  }
}
