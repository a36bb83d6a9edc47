import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type ExecuteSql, KeyAdminError } from "./key-admin.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Max attempts while the database is locked. */
const MAX_ATTEMPTS = 5;

const resultSchema = z.tuple([z.object({ results: z.array(z.unknown()) })]);

/**
 * Returns a function that runs SQL with wrangler, on the deployed or the local database. A running service may use the
 * local database at the same time, so the function retries while the database is locked. It applies missing migrations
 * to the local database.
 *
 * @param state the state folder of the local service.
 * @throws KeyAdminError with wrangler's output if the command fails.
 */
export function wranglerExecute({ remote = false, state }: { remote?: boolean; state?: string }): ExecuteSql {
  const folder = state ?? fileURLToPath(new URL("../.wrangler/state", import.meta.url));
  const where = remote ? ["--remote"] : ["--local", "--persist-to", folder];
  return async (sql) => {
    for (let tries = 1; ; tries++) {
      const { code, printed, errors } = await wrangler("d1", "execute", "DB", ...where, "--json", "--command", sql);
      if (code === 0) return resultSchema.parse(JSON.parse(printed))[0].results;
      const output = `${printed}${errors}`.trim();
      if (/no such table/.test(output)) {
        if (remote || tries > 1)
          throw new KeyAdminError("the database has no table for keys; run `npm run deploy` first");
        await wrangler("d1", "migrations", "apply", "DB", ...where);
      } else if (tries === MAX_ATTEMPTS || !/database is locked|SQLITE_BUSY/i.test(output)) {
        throw new KeyAdminError(`wrangler d1 execute failed:\n${output}`);
      } else {
        await sleep(200 * tries);
      }
    }
  };
}

async function wrangler(...args: string[]): Promise<{ code: number; printed: string; errors: string }> {
  const command = fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url));
  const env = { ...process.env, CI: "1", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
  const child = spawn(process.execPath, [command, ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { printed: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.printed += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.errors += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? 1, ...texts };
}
