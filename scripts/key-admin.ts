import { z } from "zod";
import { isOwner } from "../src/api/owner.ts";
import { digestOfApiKey, isKeyId, newApiKey } from "../src/auth/api-key.ts";
import { parseScopes, type Scope } from "../src/auth/scopes.ts";

/** Runs one SQL statement on the service's D1 database and returns the rows. */
export type ExecuteSql = (sql: string) => Promise<unknown[]>;

/** The properties of a new API key. */
export interface KeyRequest {
  owner: string;
  scopes: readonly Scope[];
  /** The purpose of the key. Shown in lists. */
  name: string;
  /** Unix time in milliseconds, or null for a key that does not expire. */
  expiresAt: number | null;
}

/** A new API key. The service stores only its hash, so it can be shown only once. */
export interface NewKey {
  id: string;
  key: string;
}

const rowSchema = z.object({
  id: z.string(),
  owner: z.string(),
  scopes: z.string(),
  name: z.string(),
  created_at: z.number(),
  expires_at: z.number().nullable(),
  revoked_at: z.number().nullable(),
});
/** A listed API key. Times are Unix times in milliseconds. */
export type KeyRow = z.infer<typeof rowSchema>;

const KEY_COLUMNS = Object.keys(rowSchema.shape).join(", ");

/** A key command failed. The message gives the reason. */
export class KeyAdminError extends Error {
  override name = "KeyAdminError";
}

/**
 * Creates an API key and stores its SHA-256.
 *
 * @param now Unix time in milliseconds.
 * @throws KeyAdminError if the owner's name is invalid.
 */
export async function createKey(execute: ExecuteSql, request: KeyRequest, now: number): Promise<NewKey> {
  const { owner, scopes, name, expiresAt } = request;
  if (!isOwner(owner)) {
    throw new KeyAdminError("--owner: must have 1 to 64 lower-case letters, digits, dots, dashes or underscores");
  }
  const made = newApiKey();
  const values = [
    ...[made.id, toHex(await digestOfApiKey(made.key)), owner, scopes.join(","), name],
    ...[now, expiresAt],
  ].map(literal);
  await execute(
    `INSERT INTO api_keys (id, sha256, owner, scopes, name, created_at, expires_at) VALUES (${values.join(", ")})`,
  );
  return made;
}

/** Lists all keys, or the keys of one owner. The newest key comes first. */
export async function listKeys(execute: ExecuteSql, owner: string | null = null): Promise<KeyRow[]> {
  const where = owner === null ? "" : ` WHERE owner = ${literal(owner)}`;
  const rows = await execute(`SELECT ${KEY_COLUMNS} FROM api_keys${where} ORDER BY created_at DESC, id`);
  return rows.map((row) => rowSchema.parse(row));
}

/**
 * Revokes a key. Workers may accept it from their cache for up to 30 seconds. Revoking a key again has no effect.
 *
 * @param now Unix time in milliseconds.
 * @throws KeyAdminError if the key does not exist.
 */
export async function revokeKey(execute: ExecuteSql, id: string, now: number): Promise<void> {
  await keyById(execute, id);
  await execute(`UPDATE api_keys SET revoked_at = ${now} WHERE id = ${literal(id)} AND revoked_at IS NULL`);
}

/**
 * Creates a key with the same owner, scopes and name as another key. The old key expires after `grace`, so that clients
 * have time to change to the new one.
 *
 * @param grace milliseconds.
 * @param now Unix time in milliseconds.
 * @throws KeyAdminError if the key does not exist or was revoked.
 */
export async function rotateKey(execute: ExecuteSql, id: string, grace: number, now: number): Promise<NewKey> {
  const { owner, scopes, name, expires_at, revoked_at } = await keyById(execute, id);
  if (revoked_at !== null) throw new KeyAdminError(`the key ${id} was revoked; create a new one`);
  const end = Math.min(now + grace, expires_at ?? Number.POSITIVE_INFINITY);
  const made = await createKey(execute, { owner, scopes: parseScopes(scopes) ?? [], name, expiresAt: null }, now);
  await execute(`UPDATE api_keys SET expires_at = ${end} WHERE id = ${literal(id)}`);
  return made;
}

/** The state of a key at a time in Unix milliseconds. */
export function stateOf({ expires_at, revoked_at }: KeyRow, now: number): "valid" | "revoked" | "expired" {
  if (revoked_at !== null) return "revoked";
  return expires_at !== null && expires_at <= now ? "expired" : "valid";
}

async function keyById(execute: ExecuteSql, id: string): Promise<KeyRow> {
  const rows = isKeyId(id) ? await execute(`SELECT ${KEY_COLUMNS} FROM api_keys WHERE id = ${literal(id)}`) : [];
  if (rows.length === 0) throw new KeyAdminError(`there is no key with the id ${id}`);
  return rowSchema.parse(rows[0]);
}

/** A value as an SQL literal, because `wrangler d1 execute` does not support parameters. */
function literal(value: string | number | null): string {
  if (value === null) return "NULL";
  return typeof value === "number" ? String(value) : `'${value.replaceAll("\0", "").replaceAll("'", "''")}'`;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
