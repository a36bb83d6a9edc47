import { sql } from "drizzle-orm";
import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { collections } from "../api/files.ts";
import { DEFAULT_OWNER } from "../api/owner.ts";

/** The listing index: one row per task, a copy of what its TaskObject holds. Times in Unix milliseconds. */
export const tasks = sqliteTable(
  "tasks",
  {
    id: text().primaryKey(),
    owner: text().notNull().default(DEFAULT_OWNER),
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
    index("tasks_by_owner").on(table.owner, table.createdAt, table.id),
    index("tasks_by_owner_and_state").on(table.owner, table.state, table.createdAt, table.id),
    // A place in the queue is one among all owners' tasks.
    index("tasks_by_state").on(table.state, table.createdAt, table.id),
    index("tasks_ended").on(table.endedAt, table.id).where(sql`${table.endedAt} is not null`),
    index("tasks_waiting").on(table.createdAt).where(sql`${table.stage} = 'queued'`),
  ],
);

/**
 * What each owner has: his tasks, in all and of each state, and the bytes of his uploads, replaced ones
 * too while they are stored. Kept by triggers, so that no list and no quota counts rows.
 */
export const ownerTotals = sqliteTable("owner_totals", {
  owner: text().primaryKey(),
  tasks: integer().notNull().default(0),
  processing: integer().notNull().default(0),
  succeeded: integer().notNull().default(0),
  failed: integer().notNull().default(0),
  bytes: integer().notNull().default(0),
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
    owner: text().notNull().default(DEFAULT_OWNER),
    collection: text({ enum: collections }).notNull(),
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
    uniqueIndex("media_current_name")
      .on(table.owner, table.collection, table.name)
      .where(sql`${table.supersededAt} is null`),
    index("media_superseded").on(table.supersededAt).where(sql`${table.supersededAt} is not null`),
  ],
);

/** API keys: see auth/api-key.ts. */
export const apiKeys = sqliteTable("api_keys", {
  /** The part of the key that may be shown. */
  id: text().primaryKey(),
  /** Of the whole key, in hexadecimal. */
  sha256: text().notNull().unique(),
  owner: text().notNull(),
  /** With commas between. */
  scopes: text().notNull(),
  /** What it is for, in its maker's words. */
  name: text().notNull(),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at"),
  revokedAt: integer("revoked_at"),
});

/** Counts of one task, or of one run of a sweep, by the series keys of metrics/definitions.ts. */
export type Counts = Readonly<Record<string, number>>;
