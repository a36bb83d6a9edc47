import { inArray, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { media } from "./schema.ts";
import { IDS_PER_STATEMENT, selectByIds } from "./select-by-ids.ts";

/** How long a replaced file stays for the tasks that were made with it, in milliseconds. */
const SUPERSEDED_LIFE = 24 * 3600_000;

/** The uploads of all owners, as the sweeps walk them. */
export class LibraryAudit {
  readonly #database: ReturnType<typeof drizzle>;

  constructor(database: D1Database) {
    this.#database = drizzle(database);
  }

  /** The keys that files of these ids have. */
  async known(ids: readonly string[]): Promise<Set<string>> {
    const rows = await selectByIds(this.#database, ids, (some) =>
      this.#database.select({ key: media.key }).from(media).where(inArray(media.id, some)),
    );
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
