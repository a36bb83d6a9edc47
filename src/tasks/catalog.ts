import { asc, desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { tasks, taskTotals } from "./schema.ts";
import { type TaskSummary, taskSummarySchema } from "./summary.ts";

/** A page of the listing. */
export interface TaskPage {
  tasks: TaskSummary[];
  total: number;
  /** D1 session bookmark: a later read with it sees at least this. */
  bookmark: string | null;
}

/**
 * The listing index in D1. Reads go through the Sessions API, so that a replica near the caller may
 * answer; pass the bookmark of an earlier answer to read one's own writes there.
 */
export class TaskCatalog {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    this.#database = database;
  }

  /** Writes a task's row, unless D1 has a newer revision already. */
  async put(summary: TaskSummary, revision: number): Promise<void> {
    const row = { stage: summary.stage, progress: summary.progress, summary, revision };
    await drizzle(this.#database)
      .insert(tasks)
      .values({ id: summary.task_id, createdAt: Date.parse(summary.created_at), ...row })
      .onConflictDoUpdate({ target: tasks.id, set: row, setWhere: sql`${tasks.revision} < ${revision}` });
  }

  async remove(id: string): Promise<void> {
    await drizzle(this.#database).delete(tasks).where(eq(tasks.id, id));
  }

  /**
   * One page, newest first. The first page reads about as many rows as it answers; a later one also
   * the rows between it and the nearer end of the list; one past the end none.
   *
   * @param page from 1.
   */
  async list(page: number, pageSize: number, bookmark: string | null): Promise<TaskPage> {
    const session = this.#database.withSession(bookmark ?? "first-unconstrained");
    // drizzle takes a session for a database: it calls only prepare() and batch().
    const database = drizzle(session as unknown as D1Database);
    const countTasks = database.select({ total: taskTotals.total }).from(taskTotals);
    let total: number;
    let rows: { summary: unknown }[];
    if (page === 1) {
      const [totals, first] = await database.batch([countTasks, newestFirst(database, pageSize, 0)]);
      total = totals[0]?.total ?? 0;
      rows = first;
    } else {
      total = (await countTasks)[0]?.total ?? 0;
      rows = await laterPage(database, pageSize, (page - 1) * pageSize, total);
    }
    return { tasks: rows.map((row) => taskSummarySchema.parse(row.summary)), total, bookmark: session.getBookmark() };
  }
}

type Database = ReturnType<typeof drizzle>;

/** The first rows of the list, in its order. */
export function newestFirst(database: Database, limit: number, offset: number) {
  return database
    .select({ summary: tasks.summary })
    .from(tasks)
    .orderBy(desc(tasks.createdAt), desc(tasks.id))
    .limit(limit)
    .offset(offset);
}

async function laterPage(database: Database, pageSize: number, offset: number, total: number) {
  const left = total - offset;
  if (left <= 0) return [];
  if (offset <= left) return newestFirst(database, pageSize, offset);
  const rows = await database
    .select({ summary: tasks.summary })
    .from(tasks)
    .orderBy(asc(tasks.createdAt), asc(tasks.id))
    .limit(Math.min(pageSize, left))
    .offset(Math.max(0, left - pageSize));
  return rows.reverse();
}
