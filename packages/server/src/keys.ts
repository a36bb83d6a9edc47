import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Log, LogLevel } from "miniflare";
import { type ExecuteSql, KeyAdminError } from "../../../scripts/key-admin.ts";
import { keysUsage, manageKeys, readKeyArguments } from "../../../scripts/keys-command.ts";
import { bundled, openDatabase } from "./bundled-workers.ts";
import { openDataFolder, STATE } from "./data-folder.ts";
import { migrate } from "./migrate.ts";

/** Max attempts while the running service has locked the database. */
const MAX_ATTEMPTS = 5;

const USAGE = `${keysUsage("edgereel-server keys")}

  --data FOLDER           folder of the service; default: a folder of this user`;

/**
 * `edgereel-server keys`: manages the API keys of the service of a data folder, also while it runs.
 *
 * @param args the arguments without --data.
 * @returns the exit code.
 */
export async function keys(args: readonly string[], data: string | null): Promise<number> {
  const miniflare = openDatabase(join(await openDataFolder(data), STATE), new Log(LogLevel.NONE));
  try {
    const { values, positionals } = readKeyArguments(args, {}, USAGE);
    const database = await miniflare.getD1Database("DB");
    await persistently(() => migrate(database, bundled.migrations));
    const execute: ExecuteSql = (sql) => persistently(async () => (await database.prepare(sql).all()).results);
    await manageKeys(positionals, values, execute, USAGE);
    return 0;
  } catch (error) {
    if (!(error instanceof KeyAdminError)) throw error;
    console.error(error.message);
    return 1;
  } finally {
    await miniflare.dispose();
  }
}

/** Tries again while the database is locked. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MAX_ATTEMPTS || !/database is locked|SQLITE_BUSY/i.test(String(error))) throw error;
      await sleep(200 * tries);
    }
  }
}
