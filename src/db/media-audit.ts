import { inArray, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { media, unfinishedUploads } from "./schema.ts";
import { MAX_IDS_PER_STATEMENT, selectByIds } from "./select-by-ids.ts";

/** How long a replaced file stays for the tasks that were created with it. */
const SUPERSEDED_LIFE_MS = 24 * 3600_000;

/** Queries of the sweeps for the uploads of all owners. */
export class LibraryAudit {
  readonly #database: ReturnType<typeof drizzle>;

  constructor(database: D1Database) {
    this.#database = drizzle(database);
  }

  /** The R2 keys of the uploads with these ids, also of unfinished ones. */
  async known(ids: readonly string[]): Promise<Set<string>> {
    const rows = await selectByIds(this.#database, ids, (some) =>
      this.#database.select({ key: media.key }).from(media).where(inArray(media.id, some)),
    );
    const unfinished = await selectByIds(this.#database, ids, (some) =>
      this.#database
        .select({ key: unfinishedUploads.key })
        .from(unfinishedUploads)
        .where(inArray(unfinishedUploads.id, some)),
    );
    return new Set([...rows, ...unfinished].flat().map(({ key }) => key));
  }

  /**
   * Removes files that were replaced more than {@link SUPERSEDED_LIFE_MS} ago, with their bytes in R2. It works in
   * batches, and stops after the batch that reaches `max` files.
   *
   * @param now Unix milliseconds.
   * @returns the number of removed files.
   */
  async sweep(bucket: R2Bucket, now: number, max: number): Promise<number> {
    let removed = 0;
    while (removed < max) {
      const count = await this.#sweepBatch(bucket, now);
      if (count === 0) break;
      removed += count;
    }
    return removed;
  }

  async #sweepBatch(bucket: R2Bucket, now: number): Promise<number> {
    const rows = await this.#database
      .select({ id: media.id, key: media.key })
      .from(media)
      .where(lt(media.supersededAt, now - SUPERSEDED_LIFE_MS))
      .limit(MAX_IDS_PER_STATEMENT);
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
