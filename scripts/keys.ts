// npm run keys -- create|list|rotate|revoke: the API keys of the local service, also while it is running,
// or with --remote of the deployed one.
import { parseArgs } from "node:util";
import { parseScopes, scopes } from "../src/auth/scopes.ts";
import {
  createKey,
  type Execute,
  KeyAdminError,
  listKeys,
  type MadeKey,
  revokeKey,
  rotateKey,
  stateOf,
} from "./key-admin.ts";
import { wranglerExecute } from "./wrangler-d1.ts";

const USAGE = `Usage: npm run keys -- COMMAND [OPTIONS]

  create --owner NAME     make a key and show it, this once
         --scopes LIST    ${scopes.join(", ")} (each holds those before it); default write
         --name TEXT      what it is for
         --days N         good for so long; default for ever
  list   [--owner NAME]   show the keys, without their secrets
  rotate ID               make a key like this one, which ends after --grace HOURS (default 24)
  revoke ID               end a key within 30 seconds

  --remote                the deployed service's keys, not the local one's
  --state FOLDER          the local service's folder; default .wrangler/state`;

const HOUR = 3600_000;

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

async function run([command, id, ...rest]: string[], options: Options, execute: Execute): Promise<void> {
  const now = Date.now();
  const takesId = command === "rotate" || command === "revoke";
  if (rest.length > 0 || takesId === (id === undefined)) throw new KeyAdminError(USAGE);
  switch (command) {
    case "create": {
      const { owner, name = "" } = options;
      if (owner === undefined) throw new KeyAdminError("--owner: is missing");
      const held = parseScopes(options.scopes ?? "write");
      if (!held) throw new KeyAdminError(`--scopes: must be of ${scopes.join(", ")}, with commas between`);
      const days = options.days === undefined ? null : positive("--days", options.days);
      const expiresAt = days === null ? null : now + days * 24 * HOUR;
      show(await createKey(execute, { owner, scopes: held, name, expiresAt }, now), `of ${owner} (${held.join(", ")})`);
      return;
    }
    case "list":
      await list(execute, options.owner ?? null, now);
      return;
    case "rotate": {
      const hours = positive("--grace", options.grace ?? "24");
      show(await rotateKey(execute, id ?? "", hours * HOUR, now), `in place of ${id}, which ends in ${hours} hours`);
      return;
    }
    case "revoke":
      await revokeKey(execute, id ?? "", now);
      console.log(`The key ${id} is revoked: it stops working within 30 seconds.`);
      return;
    default:
      throw new KeyAdminError(USAGE);
  }
}

function show({ id, key }: MadeKey, what: string): void {
  console.log(`The key ${id} ${what}. It is shown this once and kept nowhere:\n\n${key}\n`);
}

async function list(execute: Execute, owner: string | null, now: number): Promise<void> {
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
  if (!(number > 0 && number <= 100_000)) throw new KeyAdminError(`${option}: must be a number above 0`);
  return number;
}
