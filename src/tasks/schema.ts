import { sql } from "drizzle-orm";
import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** The listing index: one row per task, a copy of what its TaskObject holds. Times in Unix milliseconds. */
export const tasks = sqliteTable(
  "tasks",
  {
    id: text().primaryKey(),
    stage: text().notNull(),
    /** The contract's number for the stage, as `stateCode` gives it; made by D1, so that the two cannot differ. */
    state: integer()
      .generatedAlwaysAs(
        sql`case stage when 'succeeded' then 1 when 'failed' then -1 when 'cancelled' then -1 else 4 end`,
        {
          mode: "virtual",
        },
      )
      .notNull(),
    progress: integer().notNull(),
    /** The public form of the task without its URLs, as JSON. */
    summary: text({ mode: "json" }).notNull(),
    createdAt: integer("created_at").notNull(),
    /** The TaskObject's revision that this row shows; an older one never overwrites a newer one. */
    revision: integer().notNull(),
    /** When the task ended, or its record last changed since: `updated_at` of the summary (ISO 8601); null before. */
    endedAt: text("ended_at").generatedAlwaysAs(
      sql`case when stage in ('succeeded', 'failed', 'cancelled') then json_extract(summary, '$.updated_at') end`,
      { mode: "virtual" },
    ),
    /** What happened to the task so far, by the names of metrics: a trigger adds what is new to `counters`. */
    counts: text({ mode: "json" }).notNull().default(sql`'{}'`),
  },
  (table) => [
    index("tasks_by_creation").on(table.createdAt, table.id),
    index("tasks_by_state").on(table.state, table.createdAt, table.id),
    index("tasks_ended").on(table.endedAt, table.id).where(sql`${table.endedAt} is not null`),
    index("tasks_waiting").on(table.createdAt).where(sql`${table.stage} = 'queued'`),
  ],
);

/** How many rows `tasks` has, in all and of each state, kept by triggers, so that no list counts them. */
export const taskTotals = sqliteTable("task_totals", {
  id: integer().primaryKey(),
  total: integer().notNull(),
  processing: integer().notNull().default(0),
  succeeded: integer().notNull().default(0),
  failed: integer().notNull().default(0),
});

/** Sums over all tasks there ever were and over all sweeps, by the names that `metrics/definitions.ts` gives. */
export const counters = sqliteTable("counters", {
  name: text().primaryKey(),
  value: real().notNull(),
});

/** How far each sweep has come in the round that it is on, and when it last ran to its end. */
export const sweeps = sqliteTable("sweeps", {
  name: text().primaryKey(),
  /** What the sweep goes on from, as JSON; null for the beginning. */
  position: text({ mode: "json" }),
  ranAt: integer("ran_at").notNull(),
});

/** Uploaded files. A name points to its newest upload; older ones stay until no task can need them. */
export const media = sqliteTable(
  "media",
  {
    id: text().primaryKey(),
    collection: text({ enum: ["video_materials", "musics", "narrations", "fonts", "subtitles"] }).notNull(),
    name: text().notNull(),
    /** The object's key in R2. */
    key: text().notNull(),
    /** Bytes. */
    size: integer().notNull(),
    sha256: text().notNull(),
    probe: text({ mode: "json" }).notNull(),
    createdAt: integer("created_at").notNull(),
    supersededAt: integer("superseded_at"),
  },
  (table) => [
    uniqueIndex("media_current_name").on(table.collection, table.name).where(sql`${table.supersededAt} is null`),
    index("media_superseded").on(table.supersededAt).where(sql`${table.supersededAt} is not null`),
  ],
);
