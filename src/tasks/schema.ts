import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

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
  },
  (table) => [
    index("tasks_by_creation").on(table.createdAt, table.id),
    index("tasks_by_state").on(table.state, table.createdAt, table.id),
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
