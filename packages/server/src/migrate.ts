import type { D1Database } from "@cloudflare/workers-types/experimental";
import type { Log } from "miniflare";
import { bundled, openDatabase } from "./bundled-workers.ts";

/** A migration of the database: the name of its file, and its SQL statements. */
export interface Migration {
  name: string;
  statements: readonly string[];
}

/** The table in which wrangler records migrations. The same, so that a clone can open the data too. */
const TABLE = "d1_migrations";

/**
 * Applies the migrations that a database lacks, each one as a whole or not at all.
 *
 * @returns the number of applied migrations.
 * @throws Error if a newer version has migrated the database.
 */
export async function migrate(database: D1Database, migrations: readonly Migration[]): Promise<number> {
  await database
    .prepare(
      `CREATE TABLE IF NOT EXISTS ${TABLE} (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    )
    .run();
  const { results } = await database.prepare(`SELECT name FROM ${TABLE}`).all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const known = new Set(migrations.map(({ name }) => name));
  if ([...applied].some((name) => !known.has(name))) {
    throw new Error(
      "the data folder belongs to a newer version of edgereel-server; use that version, or another --data",
    );
  }
  const missing = migrations.filter(({ name }) => !applied.has(name));
  for (const { name, statements } of missing) {
    const record = database.prepare(`INSERT INTO ${TABLE} (name) VALUES (?)`).bind(name);
    await database.batch([...statements.map((statement) => database.prepare(statement)), record]);
  }
  return missing.length;
}

/** Applies the migrations that the database of a state folder lacks. No service may run on it. */
export async function migrateState(state: string, log: Log): Promise<void> {
  const miniflare = openDatabase(state, log);
  try {
    await migrate(await miniflare.getD1Database("DB"), bundled.migrations);
  } finally {
    await miniflare.dispose();
  }
}
