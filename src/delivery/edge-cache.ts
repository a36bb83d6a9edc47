import { log, messageOf } from "../util/log.ts";
import { shouldFillCache } from "./cache-fill-policy.ts";
import type { RangeSpec } from "./range.ts";
import type { FileMeta, OpenedFile, ServableFile } from "./servable-file.ts";

/** The result of a cache lookup. `BYPASS` means that the cache was not asked. */
export type CacheStatus = "HIT" | "MISS" | "BYPASS";

/** Records cache status and durations of a request, for its `Server-Timing` header. */
export class ServeTrace {
  cache: CacheStatus = "BYPASS";
  readonly #spans = new Map<string, number>();

  /** Runs `work` and adds its duration to the span `name`. */
  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#spans.set(name, (this.#spans.get(name) ?? 0) + performance.now() - start);
    }
  }

  /** The value of the `Server-Timing` header (W3C Server Timing). Durations are in milliseconds. */
  toString(): string {
    const spans = [...this.#spans].map(([name, duration]) => `${name};dur=${duration.toFixed(1)}`);
    return [`cache;desc=${this.cache}`, ...spans].join(", ");
  }
}

/** The cache of the local datacentre (Workers Cache API), for files of one origin. */
export class EdgeCache {
  readonly #origin: string;
  readonly #waitUntil: (work: Promise<unknown>) => void;

  /**
   * @param origin origin of the request. Cached entries belong to its zone.
   * @param waitUntil keeps the Worker running after its response until the work is done.
   */
  constructor(origin: string, waitUntil: (work: Promise<unknown>) => void) {
    this.#origin = origin;
    this.#waitUntil = waitUntil;
  }

  /** False on workers.dev, where the Cache API has no effect. */
  get isAvailable(): boolean {
    return !new URL(this.#origin).hostname.endsWith(".workers.dev");
  }

  /** Looks up a file or a range of it. The Cache API cuts the range from the cached whole file. */
  async match(key: string, range: RangeSpec | null): Promise<OpenedFile | null> {
    const headers = range === null ? {} : { range: rangeHeader(range) };
    const response = await caches.default.match(new Request(this.#url(key), { headers }));
    if (!response) return null;
    const meta = readMeta(response.headers);
    if (meta && (response.status === 200 || response.status === 206)) return { meta, body: response.body };
    await response.body?.cancel();
    return null;
  }

  /** Puts a file into the cache after the response. An error is only logged. */
  fill(key: string, open: () => Promise<OpenedFile | null>): void {
    const put = async () => {
      const opened = await open();
      if (!opened?.body) return;
      const { meta, body } = opened;
      const headers = {
        etag: meta.etag,
        "last-modified": meta.lastModified.toUTCString(),
        "content-type": meta.contentType,
        // The Cache API serves ranges only from an entry with a known length.
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

/** Keys of files that this isolate is putting into the cache. Prevents many requests from fetching the same file. */
const filling = new Set<string>();

/**
 * A finished file with the edge cache in front of it. A cached entry is served only if `alive` confirms that its task
 * exists, because entries in other datacentres cannot be deleted. In all other cases the file behind the cache is used.
 */
export class EdgeFile implements ServableFile {
  readonly #cache: EdgeCache;
  readonly #key: string;
  readonly #behind: ServableFile;
  readonly #alive: () => Promise<boolean>;
  readonly #trace: ServeTrace;

  /**
   * @param key the cache key. Different bytes must have a different key.
   * @param behind the file to read on a cache miss.
   * @param alive returns true if the file's task exists.
   */
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
    if (opened?.body && this.#cache.isAvailable && shouldFillCache(range, opened.meta.size)) this.#fill();
    return opened;
  }

  async #cached(range: RangeSpec | null): Promise<OpenedFile | null> {
    if (!this.#cache.isAvailable) return null;
    const alive = this.#trace.time("task", this.#alive).catch((error) => {
      log("presence_check_failed", { key: this.#key, message: messageOf(error) });
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
