import { and, asc, eq, gt, inArray, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { tasks } from "./schema.ts";
import { selectByIds } from "./select-by-ids.ts";
import type { Position } from "./task-catalog.ts";

/** What D1 shows of a task, for a comparison with its TaskObject. */
export interface ListedTask extends Position {
  stage: string;
  revision: number;
}

/** A place in the order in which tasks ended. */
export interface EndedPosition {
  /** ISO 8601. */
  endedAt: string;
  id: string;
}

const COLUMNS = { id: tasks.id, createdAt: tasks.createdAt, revision: tasks.revision, stage: tasks.stage };

/**
 * The listing index as the sweeps walk it, all of it in the primary database: each walk reads about as
 * many rows as it answers, by an index, and goes on after the last one.
 */
export class CatalogAudit {
  readonly #database: ReturnType<typeof drizzle>;

  constructor(database: D1Database) {
    this.#database = drizzle(database);
  }

  /** Tasks that have not ended, made before a time (Unix milliseconds), oldest first. */
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

  /** All tasks, by id. */
  async all(afterId: string | null, limit: number): Promise<ListedTask[]> {
    const where = afterId === null ? undefined : gt(tasks.id, afterId);
    return this.#database.select(COLUMNS).from(tasks).where(where).orderBy(asc(tasks.id)).limit(limit);
  }

  /** Tasks that ended before a time (ISO 8601), in that order. */
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

  /** Which of these ids have a row. */
  async known(ids: readonly string[]): Promise<Set<string>> {
    const rows = await selectByIds(this.#database, ids, (some) =>
      this.#database.select({ id: tasks.id }).from(tasks).where(inArray(tasks.id, some)),
    );
    return new Set(rows.flat().map(({ id }) => id));
  }

  /** Removes the row of a task that is gone; not of a new task with the same id, as a used key may make. */
  async remove({ id, createdAt }: Position): Promise<void> {
    await this.#database.delete(tasks).where(and(eq(tasks.id, id), eq(tasks.createdAt, createdAt)));
  }
}
