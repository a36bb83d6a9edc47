// npm run keys -- create|list|rotate|revoke: manages API keys of the local service, even while it is running. With
// --remote it manages the keys of the deployed service.
import { parseArgs } from "node:util";
import { parseScopes, scopes } from "../src/auth/scopes.ts";
import {
  createKey,
  type ExecuteSql,
  KeyAdminError,
  listKeys,
  type NewKey,
  revokeKey,
  rotateKey,
  stateOf,
} from "./key-admin.ts";
import { wranglerExecute } from "./wrangler-d1.ts";

const USAGE = `Usage: npm run keys -- COMMAND [OPTIONS]

  create --owner NAME     create a key and show it; it cannot be shown again
         --scopes LIST    ${scopes.join(", ")} (each includes those before it); default write
         --name TEXT      purpose of the key, shown in lists
         --days N         expires after N days; default never
  list   [--owner NAME]   list the keys without their secrets
  rotate ID               create a new key like this one; the old one expires after --grace HOURS (default 24)
  revoke ID               revoke a key; it stops working within 30 seconds

  --remote                use the deployed service instead of the local one
  --state FOLDER          state folder of the local service; default .wrangler/state`;

const HOUR_MILLISECONDS = 3600_000;

interface Options {
  owner?: string;
  scopes?: string;
  name?: string;
  days?: string;
  grace?: string;
  remote?: boolean;
  state?: string;
}

try {
  const { values, positionals } = readArguments();
  await run(positionals, values, wranglerExecute(values));
} catch (error) {
  if (!(error instanceof KeyAdminError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function readArguments(): { values: Options; positionals: string[] } {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        ...{ owner: text, scopes: text, name: text, days: text, grace: text, state: text },
        remote: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new KeyAdminError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

async function run([command, id, ...rest]: string[], options: Options, execute: ExecuteSql): Promise<void> {
  const now = Date.now();
  const needsId = command === "rotate" || command === "revoke";
  if (rest.length > 0 || needsId === (id === undefined)) throw new KeyAdminError(USAGE);
  switch (command) {
    case "create": {
      const { owner, name = "" } = options;
      if (owner === undefined) throw new KeyAdminError("--owner is missing");
      const held = parseScopes(options.scopes ?? "write");
      if (!held) throw new KeyAdminError(`--scopes: must be a comma-separated list of ${scopes.join(", ")}`);
      const days = options.days === undefined ? null : positive("--days", options.days);
      const expiresAt = days === null ? null : now + days * 24 * HOUR_MILLISECONDS;
      const made = await createKey(execute, { owner, scopes: held, name, expiresAt }, now);
      show(made, `The key ${made.id} of ${owner} (${held.join(", ")}) was created.`);
      return;
    }
    case "list":
      await list(execute, options.owner ?? null, now);
      return;
    case "rotate": {
      const hours = positive("--grace", options.grace ?? "24");
      const made = await rotateKey(execute, id ?? "", hours * HOUR_MILLISECONDS, now);
      show(made, `The key ${made.id} replaces ${id}, which expires in ${hours} hours or earlier.`);
      return;
    }
    case "revoke":
      await revokeKey(execute, id ?? "", now);
      console.log(`The key ${id} is revoked. It stops working within 30 seconds.`);
      return;
    default:
      throw new KeyAdminError(USAGE);
  }
}

function show({ key }: NewKey, what: string): void {
  console.log(`${what} It is not stored and cannot be shown again:\n\n${key}\n`);
}

async function list(execute: ExecuteSql, owner: string | null, now: number): Promise<void> {
  const date = (time: number | null) => (time === null ? "" : new Date(time).toISOString().slice(0, 16));
  console.table(
    (await listKeys(execute, owner)).map((row) => ({
      id: row.id,
      owner: row.owner,
      scopes: row.scopes,
      name: row.name,
      created: date(row.created_at),
      ends: date(row.revoked_at ?? row.expires_at),
      state: stateOf(row, now),
    })),
  );
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 100_000)) {
    throw new KeyAdminError(`${option}: must be a number greater than 0 and at most 100000`);
  }
  return number;
}
