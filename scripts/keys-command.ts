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

const HOUR_MILLISECONDS = 3600_000;

/** The usage of the commands for keys, for the program that has them. */
export const keysUsage = (program: string) => `Usage: ${program} COMMAND [OPTIONS]

  create --owner NAME     create a key and show it; it cannot be shown again
         --scopes LIST    ${scopes.join(", ")} (each includes those before it); default write
         --name TEXT      purpose of the key, shown in lists
         --days N         expires after N days; default never
  list   [--owner NAME]   list the keys without their secrets
  rotate ID               create a new key like this one; the old one expires after --grace HOURS (default 24)
  revoke ID               revoke a key; it stops working within 30 seconds`;

export interface KeyOptions {
  owner?: string;
  scopes?: string;
  name?: string;
  days?: string;
  grace?: string;
  help?: boolean;
}

/**
 * Reads a command line for keys.
 *
 * @param extra further options of the program.
 * @throws KeyAdminError with the usage if it is wrong.
 */
export function readKeyArguments<T extends object>(
  args: readonly string[],
  extra: Record<string, { type: "string" | "boolean" }>,
  usage: string,
): { values: KeyOptions & T; positionals: string[] } {
  const text = { type: "string" } as const;
  const options = { ...{ owner: text, scopes: text, name: text, days: text, grace: text }, ...extra };
  try {
    const parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...options, help: { type: "boolean", short: "h" } },
    });
    return { values: parsed.values as KeyOptions & T, positionals: parsed.positionals };
  } catch (error) {
    throw new KeyAdminError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/**
 * Runs a command for keys, and prints its result.
 *
 * @throws KeyAdminError if it fails.
 */
export async function manageKeys(
  [command, id, ...rest]: string[],
  options: KeyOptions,
  execute: ExecuteSql,
  usage: string,
): Promise<void> {
  if (options.help) {
    console.log(usage);
    return;
  }
  const now = Date.now();
  const needsId = command === "rotate" || command === "revoke";
  if (rest.length > 0 || needsId === (id === undefined)) throw new KeyAdminError(usage);
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
      throw new KeyAdminError(usage);
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
