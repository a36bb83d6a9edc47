import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** Empties D1 and R2. Faster than `reset()`, but only for tests that leave no Durable Object at work. */
export async function clearStorage(): Promise<void> {
  const { DB, MEDIA } = env as unknown as { DB: D1Database; MEDIA: R2Bucket };
  await DB.batch(
    ["tasks", "counters", "sweeps", "media", "api_keys", "owner_totals"].map((table) =>
      DB.prepare(`DELETE FROM ${table}`),
    ),
  );
  const { objects } = await MEDIA.list();
  if (objects.length > 0) await MEDIA.delete(objects.map(({ key }) => key));
}

/** Applies the migrations to D1. Needed before the tests of a file, and after `reset()`. */
export async function prepareDatabase(): Promise<void> {
  const { DB, TEST_MIGRATIONS } = env as unknown as { DB: D1Database; TEST_MIGRATIONS: D1Migration[] };
  await applyD1Migrations(DB, TEST_MIGRATIONS);
}

/**
 * Renames tables, so that every statement that needs them fails, until the returned function is called. That may be
 * called more than once.
 */
export async function hideTables(...tables: string[]): Promise<() => Promise<void>> {
  const { DB } = env as unknown as { DB: D1Database };
  const triggers = await DB.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all<{
    name: string;
    sql: string;
  }>();
  const rename = (from: string, to: string) => DB.prepare(`ALTER TABLE ${from} RENAME TO ${to}`);
  await DB.batch(tables.map((table) => rename(table, `${table}_hidden`)));
  let hidden = true;
  return async () => {
    if (!hidden) return;
    hidden = false;
    await DB.batch([
      ...tables.map((table) => rename(`${table}_hidden`, table)),
      // SQLite renames the table in the triggers too, and by mistake also `excluded` in their upserts.
      ...triggers.results.flatMap(({ name, sql }) => [DB.prepare(`DROP TRIGGER ${name}`), DB.prepare(sql)]),
    ]);
  };
}
