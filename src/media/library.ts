import { and, asc, eq, inArray, isNull, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { z } from "zod";
import { media } from "../tasks/schema.ts";
import { type Collection, collections, type FileProbe, fileProbeSchema } from "./formats.ts";

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

/** How long a replaced file stays for the tasks that were made with it, in milliseconds. */
const SUPERSEDED_LIFE = 24 * 3600_000;

/** D1 takes 100 bound parameters a statement. */
const IDS_PER_STATEMENT = 90;

const rowSchema = z.object({
  collection: z.enum(collections),
  name: z.string(),
  key: z.string(),
  size: z.number(),
  sha256: z.string(),
  probe: fileProbeSchema,
});

/** The catalogue of uploaded files in D1; their bytes are in R2. */
export class MediaLibrary {
  readonly #database: ReturnType<typeof drizzle>;

  constructor(database: D1Database) {
    this.#database = drizzle(database);
  }

  /** Puts a file on its shelf, in one step; one of the same name goes, once no task can need it. */
  async add(id: string, file: MediaFile, now: number): Promise<void> {
    await this.#database.batch([
      this.#database
        .update(media)
        .set({ supersededAt: now })
        .where(current(file.collection, eq(media.name, file.name))),
      this.#database.insert(media).values({ id, ...file, createdAt: now }),
    ]);
  }

  /** A shelf's files, by name. */
  async list(collection: Collection): Promise<MediaFile[]> {
    const rows = await this.#database.select().from(media).where(current(collection)).orderBy(asc(media.name));
    return rows.map((row) => rowSchema.parse(row));
  }

  /** The files of these names, by name; a name that is not there is left out. */
  async find(collection: Collection, names: readonly string[]): Promise<Map<string, MediaFile>> {
    const found = new Map<string, MediaFile>();
    const wanted = [...new Set(names)];
    for (let from = 0; from < wanted.length; from += IDS_PER_STATEMENT) {
      const rows = await this.#database
        .select()
        .from(media)
        .where(current(collection, inArray(media.name, wanted.slice(from, from + IDS_PER_STATEMENT))));
      for (const row of rows) found.set(row.name, rowSchema.parse(row));
    }
    return found;
  }

  /** The keys that files of these ids have. */
  async known(ids: readonly string[]): Promise<Set<string>> {
    const selects = [];
    for (let from = 0; from < ids.length; from += IDS_PER_STATEMENT) {
      const some = ids.slice(from, from + IDS_PER_STATEMENT);
      selects.push(this.#database.select({ key: media.key }).from(media).where(inArray(media.id, some)));
    }
    const [first, ...others] = selects;
    if (!first) return new Set();
    const rows = await this.#database.batch([first, ...others]);
    return new Set(rows.flat().map(({ key }) => key));
  }

  /** Removes replaced files that no task can need any more, at most about so many. Returns how many. */
  async sweep(bucket: R2Bucket, now: number, most: number): Promise<number> {
    let removed = 0;
    while (removed < most) {
      const some = await this.#sweepSome(bucket, now);
      if (some === 0) break;
      removed += some;
    }
    return removed;
  }

  async #sweepSome(bucket: R2Bucket, now: number): Promise<number> {
    const rows = await this.#database
      .select({ id: media.id, key: media.key })
      .from(media)
      .where(lt(media.supersededAt, now - SUPERSEDED_LIFE))
      .limit(IDS_PER_STATEMENT);
    if (rows.length === 0) return 0;
    await bucket.delete(rows.map((row) => row.key));
    await this.#database.delete(media).where(
      inArray(
        media.id,
        rows.map((row) => row.id),
      ),
    );
    return rows.length;
  }
}

function current(collection: Collection, condition?: ReturnType<typeof eq>) {
  return and(eq(media.collection, collection), isNull(media.supersededAt), condition);
}
