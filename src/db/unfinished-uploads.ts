import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { ownerTotals, unfinishedUploads } from "./schema.ts";

/** A resumable upload that has begun. */
export interface UnfinishedUpload {
  id: string;
  owner: string;
  /** R2 key of the whole file. */
  key: string;
  /** Bytes of the whole file. */
  size: number;
  /** When the upload ends at the latest, in Unix milliseconds. */
  endsAt: number;
}

/** The resumable uploads of all owners that are not in the library yet. */
export class UnfinishedUploads {
  readonly #database: ReturnType<typeof drizzle>;

  constructor(database: D1Database) {
    this.#database = drizzle(database);
  }

  /**
   * Adds an upload, unless the owner's files and unfinished uploads would together exceed the limit. The check and the
   * insert are one statement, so that parallel uploads cannot exceed the limit.
   *
   * @param now Unix milliseconds.
   * @param limit max bytes; null for no limit.
   * @returns false if the upload would exceed the limit. Nothing changes then.
   */
  async add(upload: UnfinishedUpload, now: number, limit: number | null): Promise<boolean> {
    const { id, owner, key, size, endsAt } = upload;
    const bytes = sql`${this.#bytesOf(owner, now)} + ${size}`;
    const withinLimit = limit === null ? sql`true` : sql`${bytes} <= ${limit}`;
    // These must be in the order of the table's columns.
    const values = sql`${id}, ${owner}, ${key}, ${size}, ${endsAt}`;
    const added = await this.#database
      .insert(unfinishedUploads)
      .select(sql`select ${values} where ${withinLimit}`)
      .returning({ id: unfinishedUploads.id });
    return added.length > 0;
  }

  /** Total bytes of an owner's files and unfinished uploads. */
  async bytes(owner: string, now: number): Promise<number> {
    const [row] = await this.#database.all<{ bytes: number }>(sql`select ${this.#bytesOf(owner, now)} as bytes`);
    return row?.bytes ?? 0;
  }

  /** Removes an upload. Removing it again changes nothing. */
  async remove(id: string): Promise<void> {
    await this.#database.delete(unfinishedUploads).where(eq(unfinishedUploads.id, id));
  }

  #bytesOf(owner: string, now: number) {
    const files = sql`coalesce((select ${ownerTotals.bytes} from ${ownerTotals} where ${ownerTotals.owner} = ${owner}), 0)`;
    const begun = sql`coalesce((select sum(${unfinishedUploads.size}) from ${unfinishedUploads} where ${unfinishedUploads.owner} = ${owner} and ${unfinishedUploads.endsAt} > ${now}), 0)`;
    return sql`${files} + ${begun}`;
  }
}
