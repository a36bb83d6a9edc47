import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { DEFAULT_OWNER } from "../auth/owner.ts";

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
  },
  (table) => [
    index("tasks_by_owner").on(table.owner, table.createdAt, table.id),
    index("tasks_by_owner_and_state").on(table.owner, table.state, table.createdAt, table.id),
    // A place in the queue is one among all owners' tasks.
    index("tasks_by_state").on(table.state, table.createdAt, table.id),
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

/** Uploaded files. A name points to its newest upload; older ones stay until no task can need them. */
export const media = sqliteTable(
  "media",
  {
    id: text().primaryKey(),
    owner: text().notNull().default(DEFAULT_OWNER),
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
