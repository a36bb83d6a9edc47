import { and, asc, desc, eq, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { type Counts, ownerTotals, tasks } from "./schema.ts";
import { type TaskSummary, taskSummarySchema } from "./task-summary.ts";

/** Who creates a task, and how many tasks of theirs may be in flight. */
export interface Admission {
  owner: string;
  /** Null for no limit. */
  quota: number | null;
}

/** A task's place in the list. */
export interface Position {
  /** Unix milliseconds. */
  createdAt: number;
  id: string;
}

/** Which tasks to list. */
export interface TaskQuery {
  owner: string;
  /** Of this state only; null for all. */
  state: 4 | 1 | -1 | null;
  /** By creation. */
  order: "desc" | "asc";
  pageSize: number;
  /** A page by its number, from 1, or what comes after a task. */
  from: { page: number } | { after: Position };
}

/** A page of the listing. */
export interface TaskPage {
  tasks: TaskSummary[];
  /** How many the query finds in all. */
  total: number;
  /** Where the next page begins; null where there is none. */
  next: Position | null;
  /** D1 session bookmark: a later read with it sees at least this. */
  bookmark: string | null;
}

/** The furthest that a task's place in the queue is counted. */
const MAX_QUEUE_POSITION = 100;

/**
 * The listing index in D1. Reads go through the Sessions API, so that a replica near the caller may
 * answer; pass the bookmark of an earlier answer to read one's own writes there.
 */
export class TaskCatalog {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    this.#database = database;
  }

  /**
   * Writes a task's row, unless D1 has a newer revision already.
   *
   * @param counts what happened to the task so far: D1 adds what is new of it to its sums, in the same
   * statement, so that a write whose answer is lost and that is sent again counts once.
   */
  async put(summary: TaskSummary, revision: number, owner: string, counts: Counts = {}): Promise<void> {
    const row = { stage: summary.stage, progress: summary.progress, summary, revision, counts };
    await drizzle(this.#database)
      .insert(tasks)
      .values({ id: summary.task_id, owner, createdAt: Date.parse(summary.created_at), ...row })
      .onConflictDoUpdate({ target: tasks.id, set: row, setWhere: sql`${tasks.revision} < ${revision}` });
  }

  /**
   * Writes a new task's row if its owner has fewer tasks in flight than he may. Count and row are one
   * statement: of any number that come at once no more than that are let in.
   *
   * @returns false where there is no room, and no row.
   */
  async admit(
    summary: TaskSummary,
    revision: number,
    { owner, quota }: Admission & { quota: number },
    counts: Counts = {},
  ): Promise<boolean> {
    const database = drizzle(this.#database);
    const { task_id: id, stage, progress, created_at } = summary;
    // In the order of the table's columns.
    const values = sql`${id}, ${owner}, ${stage}, ${progress}, ${JSON.stringify(summary)}, ${Date.parse(created_at)}, ${revision}, ${JSON.stringify(counts)}`;
    const inFlight = sql`coalesce((select processing from owner_totals where owner = ${owner}), 0)`;
    const [, row] = await database.batch([
      database
        .insert(tasks)
        .select(sql`select ${values} where ${inFlight} < ${quota}`)
        .onConflictDoNothing({ target: tasks.id }),
      database.select({ id: tasks.id }).from(tasks).where(eq(tasks.id, id)),
    ]);
    return row.length > 0;
  }

  /** How many tasks of an owner are in flight. */
  async inFlight(owner: string): Promise<number> {
    const [totals] = await drizzle(this.#database)
      .select({ processing: ownerTotals.processing })
      .from(ownerTotals)
      .where(eq(ownerTotals.owner, owner));
    return totals?.processing ?? 0;
  }

  /** Removes a task's row, when what happened to it last is counted. */
  async remove(id: string, counts: Counts = {}): Promise<void> {
    const database = drizzle(this.#database);
    await database.batch([
      database.update(tasks).set({ counts }).where(eq(tasks.id, id)),
      database.delete(tasks).where(eq(tasks.id, id)),
    ]);
  }

  /**
   * One page. The first one, and each one after a position, reads about as many rows as it answers; a
   * later one by number also the rows between it and the nearer end of the list; one past the end none.
   */
  async list(query: TaskQuery, bookmark: string | null): Promise<TaskPage> {
    const session = this.#database.withSession(bookmark ?? "first-unconstrained");
    // drizzle takes a session for a database: it calls only prepare() and batch().
    const database = drizzle(session as unknown as D1Database);
    const { owner, state, order, pageSize, from } = query;
    const count = database
      .select({ total: totalOf(state) })
      .from(ownerTotals)
      .where(eq(ownerTotals.owner, owner));
    const filter = and(eq(tasks.owner, owner), state === null ? undefined : eq(tasks.state, state));
    let total: number;
    let rows: Row[];
    let more: boolean;
    if ("after" in from || from.page === 1) {
      const where = "after" in from ? and(filter, beyond(from.after, order)) : filter;
      // One more than is answered, to know whether there is a next page.
      const [totals, found] = await database.batch([count, select(database, where, order, pageSize + 1, 0)]);
      total = totals[0]?.total ?? 0;
      rows = found.slice(0, pageSize);
      more = found.length > pageSize;
    } else {
      total = (await count)[0]?.total ?? 0;
      const offset = (from.page - 1) * pageSize;
      rows = await laterPage(database, filter, order, pageSize, offset, total);
      more = offset + rows.length < total;
    }
    const last = rows.at(-1);
    return {
      tasks: rows.map((row) => taskSummarySchema.parse(row.summary)),
      total,
      next: more && last ? { createdAt: last.createdAt, id: last.id } : null,
      bookmark: session.getBookmark(),
    };
  }

  /** 1, and one more for each earlier task, of any owner, that has not ended; null beyond 100. */
  async queuePosition({ createdAt, id }: Position): Promise<number | null> {
    const earlier = await drizzle(this.#database)
      .select({ id: tasks.id })
      .from(tasks)
      .where(and(eq(tasks.state, 4), beyond({ createdAt, id }, "desc")))
      .limit(MAX_QUEUE_POSITION);
    return earlier.length < MAX_QUEUE_POSITION ? earlier.length + 1 : null;
  }
}

type Database = ReturnType<typeof drizzle>;

interface Row extends Position {
  summary: unknown;
}

function totalOf(state: TaskQuery["state"]) {
  switch (state) {
    case null:
      return ownerTotals.tasks;
    case 4:
      return ownerTotals.processing;
    case 1:
      return ownerTotals.succeeded;
    case -1:
      return ownerTotals.failed;
  }
}

/** What comes after a position: a comparison of rows, which D1 answers by a look into the index. */
function beyond({ createdAt, id }: Position, order: TaskQuery["order"]): SQL {
  const comparison = order === "desc" ? sql`<` : sql`>`;
  return sql`(${tasks.createdAt}, ${tasks.id}) ${comparison} (${createdAt}, ${id})`;
}

function select(database: Database, where: SQL | undefined, order: TaskQuery["order"], limit: number, offset: number) {
  const direction = order === "desc" ? desc : asc;
  return database
    .select({ summary: tasks.summary, createdAt: tasks.createdAt, id: tasks.id })
    .from(tasks)
    .where(where)
    .orderBy(direction(tasks.createdAt), direction(tasks.id))
    .limit(limit)
    .offset(offset);
}

async function laterPage(
  database: Database,
  where: SQL | undefined,
  order: TaskQuery["order"],
  pageSize: number,
  offset: number,
  total: number,
): Promise<Row[]> {
  const left = total - offset;
  if (left <= 0) return [];
  if (offset <= left) return select(database, where, order, pageSize, offset);
  const fromTheEnd = order === "desc" ? "asc" : "desc";
  const rows = await select(database, where, fromTheEnd, Math.min(pageSize, left), Math.max(0, left - pageSize));
  return rows.reverse();
}
