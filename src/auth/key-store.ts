import { eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { apiKeys } from "../db/schema.ts";
import { BoundedMap } from "../util/bounded-map.ts";
import { log, messageOf } from "../util/log.ts";
import { AccessError } from "./access-error.ts";
import { parseScopes, type Scope } from "./scopes.ts";

/** A key as it is kept. */
export interface StoredKey {
  id: string;
  owner: string;
  scopes: Scope[];
  digest: Uint8Array<ArrayBuffer>;
  /** Unix milliseconds, or null for never. */
  expiresAt: number | null;
  revokedAt: number | null;
}

/** How long a key is believed in without asking D1, in milliseconds: a revoked one works for so long at most. */
export const KEY_LIFE = 30_000;
/** How long it is believed that there is no such key: a new one may be refused for so long, if it was tried before. */
const ABSENCE_LIFE = 5_000;
/** Max keys, and max absent keys, that one isolate remembers. */
const MAX_REMEMBERED_KEYS = 1_000;

/** What was found under a key's id, and until when it is believed, in Unix milliseconds. */
export interface FoundKey {
  key: StoredKey | null;
  until: number;
}

/** The keys in D1, those used of late remembered in this isolate. */
export class KeyStore {
  readonly #keys = new BoundedMap<FoundKey>(MAX_REMEMBERED_KEYS);
  readonly #absent = new BoundedMap<FoundKey>(MAX_REMEMBERED_KEYS);
  /** Until when it is believed that there are keys, or that there are none. */
  #some = { exist: false, until: 0 };

  /**
   * The key with this id, where there is one.
   *
   * @throws AccessError 503 when D1 does not answer.
   */
  async find(database: D1Database, id: string): Promise<FoundKey> {
    const now = Date.now();
    const known = this.#keys.get(id) ?? this.#absent.get(id);
    if (known && known.until > now) return known;
    const [row] = await ask(() => drizzle(database).select().from(apiKeys).where(eq(apiKeys.id, id)));
    const key = row ? storedKey(row) : null;
    const found = { key, until: now + (key ? KEY_LIFE : ABSENCE_LIFE) };
    this.#keys.delete(id);
    // Apart, so that guesses cannot push out what is in use.
    (key ? this.#keys : this.#absent).set(id, found);
    return found;
  }

  /** Whether there is any key that was not revoked. */
  async any(database: D1Database): Promise<boolean> {
    const now = Date.now();
    if (this.#some.until <= now) {
      const found = await ask(() =>
        drizzle(database).select({ id: apiKeys.id }).from(apiKeys).where(isNull(apiKeys.revokedAt)).limit(1),
      );
      const exist = found.length > 0;
      this.#some = { exist, until: now + (exist ? KEY_LIFE : ABSENCE_LIFE) };
    }
    return this.#some.exist;
  }
}

function storedKey(row: typeof apiKeys.$inferSelect): StoredKey {
  const { id, owner, expiresAt, revokedAt } = row;
  return {
    id,
    owner,
    scopes: parseScopes(row.scopes) ?? [],
    digest: Uint8Array.fromHex(row.sha256),
    expiresAt,
    revokedAt,
  };
}

async function ask<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    log("key_lookup_failed", { message: messageOf(error) });
    throw new AccessError("database_unavailable", "the API key could not be looked up; try again");
  }
}
