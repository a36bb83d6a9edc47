import { log, messageOf } from "../util/log.ts";
import { isWorthFilling } from "./cache-fill-policy.ts";
import type { RangeSpec } from "./range.ts";
import type { FileMeta, OpenedFile, ServableFile } from "./servable-file.ts";

/** What the edge cache did for a request. */
export type CacheStatus = "HIT" | "MISS" | "BYPASS";

/** What happened to a request, for its `Server-Timing`. Times in milliseconds. */
export class ServeTrace {
  cache: CacheStatus = "BYPASS";
  readonly #spans = new Map<string, number>();

  /** Runs `work` and adds its time to the span `name`. */
  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#spans.set(name, (this.#spans.get(name) ?? 0) + performance.now() - start);
    }
  }

  /** The header's value (W3C Server Timing). */
  toString(): string {
    const spans = [...this.#spans].map(([name, duration]) => `${name};dur=${duration.toFixed(1)}`);
    return [`cache;desc=${this.cache}`, ...spans].join(", ");
  }
}

/** The datacentre's cache (Workers Cache API), with the files of one request's origin. */
export class EdgeCache {
  readonly #origin: string;
  readonly #waitUntil: (work: Promise<unknown>) => void;

  /** @param origin of the request: cached entries belong to its zone. */
  constructor(origin: string, waitUntil: (work: Promise<unknown>) => void) {
    this.#origin = origin;
    this.#waitUntil = waitUntil;
  }

  /** Whether there is a cache at all: the API does nothing on workers.dev. */
  get works(): boolean {
    return !new URL(this.#origin).hostname.endsWith(".workers.dev");
  }

  /** The entry, at a range if one is given, which the cache cuts from the whole by itself. */
  async match(key: string, range: RangeSpec | null): Promise<OpenedFile | null> {
    const headers = range === null ? {} : { range: rangeHeader(range) };
    const response = await caches.default.match(new Request(this.#url(key), { headers }));
    if (!response) return null;
    const meta = readMeta(response.headers);
    if (meta && (response.status === 200 || response.status === 206)) return { meta, body: response.body };
    await response.body?.cancel();
    return null;
  }

  /** Puts a file in, after the answer. */
  fill(key: string, open: () => Promise<OpenedFile | null>): void {
    const put = async () => {
      const opened = await open();
      if (!opened?.body) return;
      const { meta, body } = opened;
      const headers = {
        etag: meta.etag,
        "last-modified": meta.lastModified.toUTCString(),
        "content-type": meta.contentType,
        // The cache cuts ranges only from an entry of known length.
        "content-length": String(meta.size),
        "x-file-size": String(meta.size),
        "cache-control": "public, max-age=31536000, immutable",
      };
      await caches.default.put(this.#url(key), new Response(body, { headers }));
    };
    this.#waitUntil(put().catch((error) => log("cache_fill_failed", { key, message: messageOf(error) })));
  }

  #url(key: string): string {
    return `${this.#origin}/.edge/${key}`;
  }
}

/** Entries being put in by this isolate, so that a rush on a file fetches it once. */
const filling = new Set<string>();

/**
 * A finished file with the edge cache in front. A cached entry counts only while `alive` says that
 * its task exists, since an entry in another datacentre cannot be removed; without an entry, or that
 * word, the file behind decides.
 */
export class EdgeFile implements ServableFile {
  readonly #cache: EdgeCache;
  readonly #key: string;
  readonly #behind: ServableFile;
  readonly #alive: () => Promise<boolean>;
  readonly #trace: ServeTrace;

  /** @param key names the bytes: another content has another key. */
  constructor(cache: EdgeCache, key: string, behind: ServableFile, alive: () => Promise<boolean>, trace: ServeTrace) {
    this.#cache = cache;
    this.#key = key;
    this.#behind = behind;
    this.#alive = alive;
    this.#trace = trace;
  }

  async stat(): Promise<FileMeta | null> {
    const cached = await this.#cached(null);
    if (!cached) return this.#trace.time("storage", () => this.#behind.stat());
    await cached.body?.cancel();
    return cached.meta;
  }

  async open(range: RangeSpec | null): Promise<OpenedFile | null> {
    const cached = await this.#cached(range);
    if (cached) return cached;
    const opened = await this.#trace.time("storage", () => this.#behind.open(range));
    if (opened?.body && this.#cache.works && isWorthFilling(range, opened.meta.size)) this.#fill();
    return opened;
  }

  async #cached(range: RangeSpec | null): Promise<OpenedFile | null> {
    if (!this.#cache.works) return null;
    const alive = this.#trace.time("task", this.#alive).catch((error) => {
      log("lease_failed", { key: this.#key, message: messageOf(error) });
      return false;
    });
    const hit = await this.#trace.time("edge", () => this.#cache.match(this.#key, range));
    if (hit && (await alive)) {
      this.#trace.cache = "HIT";
      return hit;
    }
    await hit?.body?.cancel();
    this.#trace.cache = "MISS";
    return null;
  }

  #fill(): void {
    if (filling.has(this.#key)) return;
    filling.add(this.#key);
    this.#cache.fill(this.#key, async () => {
      try {
        return await this.#behind.open(null);
      } finally {
        filling.delete(this.#key);
      }
    });
  }
}

function rangeHeader(range: RangeSpec): string {
  return "suffix" in range ? `bytes=-${range.suffix}` : `bytes=${range.first}-${range.last ?? ""}`;
}

function readMeta(headers: Headers): FileMeta | null {
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  const size = Number(headers.get("x-file-size") ?? Number.NaN);
  if (etag === null || lastModified === null || !Number.isSafeInteger(size)) return null;
  return {
    size,
    etag,
    lastModified: new Date(lastModified),
    contentType: headers.get("content-type") ?? "application/octet-stream",
  };
}
