import { and, asc, desc, eq, type SQL, sql, count as sqlCount } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { type Counts, ownerTotals, tasks } from "./schema.ts";
import { type TaskSummary, taskSummarySchema } from "./task-summary.ts";

/** Who creates a task, and how many tasks of theirs may be in flight. */
export interface Admission {
  owner: string;
  /** Null for no limit. */
  quota: number | null;
}

/** A task's position in the list. */
export interface Position {
  /** Unix milliseconds. */
  createdAt: number;
  id: string;
}

/** Which tasks to list. */
export interface TaskQuery {
  owner: string;
  /** Only tasks of this state; null for all. */
  state: 4 | 1 | -1 | null;
  /** Only tasks whose subject has this text, whatever the case of ASCII letters; null for all. Reads all of the owner's tasks. */
  search: string | null;
  /** Sort order by creation time. */
  order: "desc" | "asc";
  pageSize: number;
  /** A page by its number (from 1), or the page after a task. */
  from: { page: number } | { after: Position };
}

/** A page of the task list. */
export interface TaskPage {
  tasks: TaskSummary[];
  /** Number of tasks on all pages. */
  total: number;
  /** Position of the last task of this page; null if this is the last page. */
  next: Position | null;
  /** D1 session bookmark. A later read with it returns data that is at least as new. */
  bookmark: string | null;
}

/** The highest position in the queue that is counted. */
const MAX_QUEUE_POSITION = 100;

/** The listing index in D1: writes the rows of tasks, and reads the pages of the list. */
export class TaskCatalog {
  readonly #database: D1Database;

  constructor(database: D1Database) {
    this.#database = database;
  }

  /**
   * Writes a task's row, unless D1 already has this revision or a newer one.
   *
   * @param counts the task's counts so far. In the same statement, a trigger adds to the counters what is new. So a
   * write that is repeated after a lost response counts only once.
   */
  async put(summary: TaskSummary, revision: number, owner: string, counts: Counts = {}): Promise<void> {
    const row = { stage: summary.stage, progress: summary.progress, summary, revision, counts };
    await drizzle(this.#database)
      .insert(tasks)
      .values({ id: summary.task_id, owner, createdAt: Date.parse(summary.created_at), ...row })
      .onConflictDoUpdate({ target: tasks.id, set: row, setWhere: sql`${tasks.revision} < ${revision}` });
  }

  /**
   * Writes a new task's row if its owner has fewer tasks in flight than their quota. One statement checks the quota and
   * inserts the row, so that parallel requests cannot exceed the quota.
   *
   * @returns false if the quota is used up. No row is written then.
   */
  async admit(
    summary: TaskSummary,
    revision: number,
    { owner, quota }: Admission & { quota: number },
    counts: Counts = {},
  ): Promise<boolean> {
    const database = drizzle(this.#database);
    const { task_id: id, stage, progress, created_at } = summary;
    // These must be in the order of the table's columns.
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

  /** Removes a task's row. Before that, writes the task's last counts, so that a trigger adds them to the counters. */
  async remove(id: string, counts: Counts = {}): Promise<void> {
    const database = drizzle(this.#database);
    await database.batch([
      database.update(tasks).set({ counts }).where(eq(tasks.id, id)),
      database.delete(tasks).where(eq(tasks.id, id)),
    ]);
  }

  /**
   * Returns one page of the list.
   *
   * The first page, and a page after a position, read about as many rows as they return. A later page by number also
   * reads the rows between it and the nearer end of the list. A page past the end reads no rows.
   *
   * @param bookmark the bookmark of an earlier page. A replica near the caller may answer, and the bookmark makes the
   * data at least as new as that page. Null if any age is fine.
   */
  async list(query: TaskQuery, bookmark: string | null): Promise<TaskPage> {
    const session = this.#database.withSession(bookmark ?? "first-unconstrained");
    // drizzle accepts a session as a database, because it calls only prepare() and batch().
    const database = drizzle(session as unknown as D1Database);
    const { owner, state, search, order, pageSize, from } = query;
    const filter = and(
      eq(tasks.owner, owner),
      state === null ? undefined : eq(tasks.state, state),
      search === null ? undefined : hasSubject(search),
    );
    const totals = database
      .select({ total: totalOf(state) })
      .from(ownerTotals)
      .where(eq(ownerTotals.owner, owner));
    const count = search === null ? totals : database.select({ total: sqlCount() }).from(tasks).where(filter);
    let total: number;
    let rows: Row[];
    let more: boolean;
    if ("after" in from || from.page === 1) {
      const where = "after" in from ? and(filter, beyond(from.after, order)) : filter;
      // Select one row more than the page has, to find out whether there is a next page.
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

  /** 1 plus the number of earlier tasks of all owners that have not ended; null above {@link MAX_QUEUE_POSITION}. */
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

/** The condition for tasks whose subject has a text. */
function hasSubject(text: string): SQL {
  return sql`instr(lower(json_extract(${tasks.summary}, '$.video_subject')), lower(${text})) > 0`;
}

/** The condition for tasks after a position. It compares rows, so that D1 can use the index. */
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

/** Reads a page by its offset, counted from the nearer end of the list, so that D1 skips fewer rows. */
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
