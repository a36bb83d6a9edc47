import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { collections } from "../api/files.ts";
import { DEFAULT_OWNER } from "../api/owner.ts";

/**
 * The listing index: one row per task, copied from its TaskObject. Times are in Unix milliseconds unless a column says
 * otherwise.
 */
export const tasks = sqliteTable(
  "tasks",
  {
    id: text().primaryKey(),
    owner: text().notNull().default(DEFAULT_OWNER),
    stage: text().notNull(),
    /** The number of the stage in the API, as `stateCode` returns it. D1 computes it, so it always matches the stage. */
    state: integer()
      .generatedAlwaysAs(
        sql`case stage when 'succeeded' then 1 when 'failed' then -1 when 'cancelled' then -1 else 4 end`,
        {
          mode: "virtual",
        },
      )
      .notNull(),
    progress: integer().notNull(),
    /** A TaskSummary as JSON. */
    summary: text({ mode: "json" }).notNull(),
    createdAt: integer("created_at").notNull(),
    /** The revision of the TaskObject that this row shows. A write with an older revision changes nothing. */
    revision: integer().notNull(),
    /** `updated_at` of the summary (ISO 8601) if the task has ended, else null. A change after the end moves it. */
    endedAt: text("ended_at").generatedAlwaysAs(
      sql`case when stage in ('succeeded', 'failed', 'cancelled') then json_extract(summary, '$.updated_at') end`,
      { mode: "virtual" },
    ),
    /** The task's {@link Counts} so far. When they grow, a trigger adds the difference to `counters`. */
    counts: text({ mode: "json" }).notNull().default(sql`'{}'`),
  },
  (table) => [
    index("tasks_by_owner").on(table.owner, table.createdAt, table.id),
    index("tasks_by_owner_and_state").on(table.owner, table.state, table.createdAt, table.id),
    // For the position in the queue, which counts the tasks of all owners.
    index("tasks_by_state").on(table.state, table.createdAt, table.id),
    index("tasks_ended").on(table.endedAt, table.id).where(sql`${table.endedAt} is not null`),
    index("tasks_waiting").on(table.createdAt).where(sql`${table.stage} = 'queued'`),
  ],
);

/**
 * Totals of each owner: the number of their tasks, in all and by state, and the bytes of their uploads, including
 * replaced files that are still stored. Triggers keep the totals up to date, so that lists and quotas need not count rows.
 */
export const ownerTotals = sqliteTable("owner_totals", {
  owner: text().primaryKey(),
  tasks: integer().notNull().default(0),
  processing: integer().notNull().default(0),
  succeeded: integer().notNull().default(0),
  failed: integer().notNull().default(0),
  bytes: integer().notNull().default(0),
});

/** Counters over all tasks and sweeps so far, including deleted tasks. The names are series keys of metrics/definitions.ts. */
export const counters = sqliteTable("counters", {
  name: text().primaryKey(),
  value: real().notNull(),
});

/** Where each sweep continues, and when it last finished a run. */
export const sweeps = sqliteTable("sweeps", {
  name: text().primaryKey(),
  /** Position from which the next run continues, as JSON; null for the beginning. */
  position: text({ mode: "json" }),
  ranAt: integer("ran_at").notNull(),
});

/** Uploaded files. A name refers to its newest upload. Replaced uploads stay for a day, for the tasks that use them. */
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
    /** When a newer upload replaced this one; null for the current upload of a name. */
    supersededAt: integer("superseded_at"),
  },
  (table) => [
    uniqueIndex("media_current_name")
      .on(table.owner, table.collection, table.name)
      .where(sql`${table.supersededAt} is null`),
    index("media_superseded").on(table.supersededAt).where(sql`${table.supersededAt} is not null`),
  ],
);

/** Resumable uploads that are not in {@link media} yet. They count towards their owner's quota of bytes. */
export const unfinishedUploads = sqliteTable(
  "unfinished_uploads",
  {
    id: text().primaryKey(),
    owner: text().notNull(),
    /** The object's key in R2. It exists once all bytes have arrived. */
    key: text().notNull(),
    /** Bytes of the whole file. */
    size: integer().notNull(),
    /** When the upload ends at the latest. A row that stays longer was left by a crash, and counts no more. */
    endsAt: integer("ends_at").notNull(),
  },
  (table) => [index("unfinished_uploads_by_owner").on(table.owner, table.endsAt)],
);

/** What each owner used of language models and voices, per day. */
export const providerUsage = sqliteTable(
  "provider_usage",
  {
    owner: text().notNull(),
    /** `YYYY-MM-DD` in UTC. */
    day: text().notNull(),
    /** Characters that voices spoke. */
    characters: integer().notNull().default(0),
    /** Tokens that language models read and wrote. */
    tokens: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.owner, table.day] })],
);

/** API keys; see auth/api-key.ts. */
export const apiKeys = sqliteTable("api_keys", {
  /** The part of the key that is not secret. */
  id: text().primaryKey(),
  /** SHA-256 of the whole key, in hexadecimal. */
  sha256: text().notNull().unique(),
  owner: text().notNull(),
  /** Separated by commas. */
  scopes: text().notNull(),
  /** What the key is for, as its creator described it. */
  name: text().notNull(),
  createdAt: integer("created_at").notNull(),
  expiresAt: integer("expires_at"),
  revokedAt: integer("revoked_at"),
});

/** Counts of one task or of one run of a sweep. The names are series keys of metrics/definitions.ts. */
export type Counts = Readonly<Record<string, number>>;
