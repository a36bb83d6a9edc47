import { eq, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { apiKeys } from "../db/schema.ts";
import { BoundedMap } from "../util/bounded-map.ts";
import { log, messageOf } from "../util/log.ts";
import { AccessError } from "./access-error.ts";
import { parseScopes, type Scope } from "./scopes.ts";

/** A key as D1 stores it. */
export interface StoredKey {
  id: string;
  owner: string;
  scopes: Scope[];
  /** SHA-256 of the whole key. */
  digest: Uint8Array<ArrayBuffer>;
  /** Unix milliseconds, or null for never. */
  expiresAt: number | null;
  /** Unix milliseconds, or null if the key was not revoked. */
  revokedAt: number | null;
}

/** How long an isolate caches a key. A revoked key can still work for this time. */
export const KEY_CACHE_MS = 30_000;
/** How long an isolate caches that a key is missing. A new key that was tried before its creation can fail for this time. */
const MISSING_KEY_CACHE_MS = 5_000;
/** Max keys, and max missing keys, that an isolate caches. */
const MAX_CACHED_KEYS = 1_000;

/** The result of looking up a key by its id. */
export interface FoundKey {
  /** Null if the key is missing. */
  key: StoredKey | null;
  /** When the cached result expires, in Unix milliseconds. */
  until: number;
}

/** Looks up API keys in D1, with a cache in this isolate. */
export class KeyStore {
  readonly #keys = new BoundedMap<FoundKey>(MAX_CACHED_KEYS);
  /** A cache of its own for missing keys, so that guessed keys cannot evict the keys that are in use. */
  readonly #missing = new BoundedMap<FoundKey>(MAX_CACHED_KEYS);
  /** Cached result of {@link hasAnyKey}. */
  #anyKey = { exists: false, until: 0 };

  /**
   * Looks up a key by its id.
   *
   * @throws AccessError `database_unavailable`
   */
  async find(database: D1Database, id: string): Promise<FoundKey> {
    const now = Date.now();
    const known = this.#keys.get(id) ?? this.#missing.get(id);
    if (known && known.until > now) return known;
    const [row] = await queryKeys(() => drizzle(database).select().from(apiKeys).where(eq(apiKeys.id, id)));
    const key = row ? storedKey(row) : null;
    const found = { key, until: now + (key ? KEY_CACHE_MS : MISSING_KEY_CACHE_MS) };
    this.#keys.delete(id);
    (key ? this.#keys : this.#missing).set(id, found);
    return found;
  }

  /**
   * Whether the service has any key that was not revoked.
   *
   * @throws AccessError `database_unavailable`
   */
  async hasAnyKey(database: D1Database): Promise<boolean> {
    const now = Date.now();
    if (this.#anyKey.until <= now) {
      const found = await queryKeys(() =>
        drizzle(database).select({ id: apiKeys.id }).from(apiKeys).where(isNull(apiKeys.revokedAt)).limit(1),
      );
      const exists = found.length > 0;
      this.#anyKey = { exists, until: now + (exists ? KEY_CACHE_MS : MISSING_KEY_CACHE_MS) };
    }
    return this.#anyKey.exists;
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

/** Runs a query for keys. Turns every error into `database_unavailable`, because without D1 no key can be checked. */
async function queryKeys<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    log("key_lookup_failed", { message: messageOf(error) });
    throw new AccessError("database_unavailable", "the API key could not be looked up; try again");
  }
}
