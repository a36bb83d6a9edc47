import { z } from "zod";
import { digestOfApiKey, isKeyId, newApiKey } from "../src/auth/api-key.ts";
import { isOwner } from "../src/auth/owner.ts";
import { parseScopes, type Scope } from "../src/auth/scopes.ts";

/** Runs one SQL statement on the service's D1 and answers its rows. */
export type Execute = (sql: string) => Promise<unknown[]>;

/** What a key is made for. */
export interface KeyRequest {
  owner: string;
  scopes: readonly Scope[];
  /** What it is for; shown in lists. */
  name: string;
  /** Unix milliseconds, or null for never. */
  expiresAt: number | null;
}

/** A key, which is shown this once, and its id. */
export interface MadeKey {
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
/** A key as it is listed; times in Unix milliseconds. */
export type KeyRow = z.infer<typeof rowSchema>;

const COLUMNS = Object.keys(rowSchema.shape).join(", ");

/** A wish that cannot be granted; the message says why. */
export class KeyAdminError extends Error {
  override name = "KeyAdminError";
}

/**
 * Makes a key and keeps its SHA-256.
 *
 * @param now Unix milliseconds.
 * @throws KeyAdminError for an owner's name that is none.
 */
export async function createKey(execute: Execute, request: KeyRequest, now: number): Promise<MadeKey> {
  const { owner, scopes, name, expiresAt } = request;
  if (!isOwner(owner)) {
    throw new KeyAdminError("--owner: must be up to 64 lower-case letters, digits, dots, dashes and underscores");
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

/** The keys, newest first; those of one owner where one is named. */
export async function listKeys(execute: Execute, owner: string | null = null): Promise<KeyRow[]> {
  const where = owner === null ? "" : ` WHERE owner = ${literal(owner)}`;
  const rows = await execute(`SELECT ${COLUMNS} FROM api_keys${where} ORDER BY created_at DESC, id`);
  return rows.map((row) => rowSchema.parse(row));
}

/**
 * Ends a key at once, as far as caches of it allow: see KEY_LIFE. Again for a revoked one: nothing.
 *
 * @throws KeyAdminError where there is no such key.
 */
export async function revokeKey(execute: Execute, id: string, now: number): Promise<void> {
  await keyById(execute, id);
  await execute(`UPDATE api_keys SET revoked_at = ${now} WHERE id = ${literal(id)} AND revoked_at IS NULL`);
}

/**
 * Makes a key like another one, which goes on for a while, so that it can be replaced where it is used.
 *
 * @param grace milliseconds.
 * @throws KeyAdminError where there is no such key, or it was revoked.
 */
export async function rotateKey(execute: Execute, id: string, grace: number, now: number): Promise<MadeKey> {
  const { owner, scopes, name, expires_at, revoked_at } = await keyById(execute, id);
  if (revoked_at !== null) throw new KeyAdminError(`the key ${id} was revoked: create another one`);
  const end = Math.min(now + grace, expires_at ?? Number.POSITIVE_INFINITY);
  const made = await createKey(execute, { owner, scopes: parseScopes(scopes) ?? [], name, expiresAt: null }, now);
  await execute(`UPDATE api_keys SET expires_at = ${end} WHERE id = ${literal(id)}`);
  return made;
}

/** The state of a key in a word. */
export function stateOf({ expires_at, revoked_at }: KeyRow, now: number): "good" | "revoked" | "expired" {
  if (revoked_at !== null) return "revoked";
  return expires_at !== null && expires_at <= now ? "expired" : "good";
}

async function keyById(execute: Execute, id: string): Promise<KeyRow> {
  const rows = isKeyId(id) ? await execute(`SELECT ${COLUMNS} FROM api_keys WHERE id = ${literal(id)}`) : [];
  if (rows.length === 0) throw new KeyAdminError(`there is no key with the id ${id}`);
  return rowSchema.parse(rows[0]);
}

/** A value as SQL writes it: wrangler's `d1 execute` takes no parameters. */
function literal(value: string | number | null): string {
  if (value === null) return "NULL";
  return typeof value === "number" ? String(value) : `'${value.replaceAll("\0", "").replaceAll("'", "''")}'`;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
