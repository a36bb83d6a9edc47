import { and, asc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { tasks } from "./schema.ts";
import { selectByIds } from "./select-by-ids.ts";
import type { Position } from "./task-catalog.ts";

/** A task's row in D1, to compare with its TaskObject. */
export interface ListedTask extends Position {
  stage: string;
  revision: number;
}

/** A position in the list of tasks by the time they ended. */
export interface EndedPosition {
  /** ISO 8601. */
  endedAt: string;
  id: string;
}

const COLUMNS = { id: tasks.id, createdAt: tasks.createdAt, revision: tasks.revision, stage: tasks.stage };

/**
 * Queries of the sweeps for the listing index. They read the primary database. A sweep pages through the rows: it passes
 * the position of the last row that it got. Each query uses an index and reads about as many rows as it returns.
 */
export class CatalogAudit {
  readonly #database: ReturnType<typeof drizzle>;

  constructor(database: D1Database) {
    this.#database = drizzle(database);
  }

  /**
   * Tasks that have not ended, oldest first.
   *
   * @param before only tasks created before this time, in Unix milliseconds.
   */
  async unfinished(after: Position | null, before: number, limit: number): Promise<ListedTask[]> {
    const position = after && sql`(${tasks.createdAt}, ${tasks.id}) > (${after.createdAt}, ${after.id})`;
    const where = and(eq(tasks.state, 4), lt(tasks.createdAt, before), position ?? undefined);
    const order = [asc(tasks.createdAt), asc(tasks.id)];
    return this.#database
      .select(COLUMNS)
      .from(tasks)
      .where(where)
      .orderBy(...order)
      .limit(limit);
  }

  /** All tasks, sorted by id. */
  async all(afterId: string | null, limit: number): Promise<ListedTask[]> {
    const where = afterId === null ? undefined : gt(tasks.id, afterId);
    return this.#database.select(COLUMNS).from(tasks).where(where).orderBy(asc(tasks.id)).limit(limit);
  }

  /**
   * Tasks that have ended, in the order of their end.
   *
   * @param before only tasks that ended before this time, as ISO 8601.
   */
  async ended(
    after: EndedPosition | null,
    before: string,
    limit: number,
  ): Promise<(EndedPosition & Pick<Position, "createdAt">)[]> {
    const position = after && sql`(${tasks.endedAt}, ${tasks.id}) > (${after.endedAt}, ${after.id})`;
    return this.#database
      .select({ id: tasks.id, createdAt: tasks.createdAt, endedAt: sql<string>`${tasks.endedAt}` })
      .from(tasks)
      .where(and(lt(tasks.endedAt, before), position ?? undefined))
      .orderBy(asc(tasks.endedAt), asc(tasks.id))
      .limit(limit);
  }

  /** The ids among these that have a row. */
  async known(ids: readonly string[]): Promise<Set<string>> {
    const rows = await selectByIds(this.#database, ids, (some) =>
      this.#database.select({ id: tasks.id }).from(tasks).where(inArray(tasks.id, some)),
    );
    return new Set(rows.flat().map(({ id }) => id));
  }

  /**
   * Removes the row of a task that no longer exists. The creation time must match too, because an idempotency key that is
   * used again creates a new task with the same id.
   */
  async remove({ id, createdAt }: Position): Promise<void> {
    await this.#database.delete(tasks).where(and(eq(tasks.id, id), eq(tasks.createdAt, createdAt)));
  }
}
