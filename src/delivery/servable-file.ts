import { Recent } from "../util/bounded-map.ts";
import { type RangeSpec, resolveRange } from "./range.ts";

/** What is known of a file before its bytes. */
export interface FileMeta {
  /** Bytes. */
  size: number;
  /** A strong entity tag with its quotes. */
  etag: string;
  lastModified: Date;
  contentType: string;
}

/** A file that was opened; the body is null where the range holds none of its bytes. */
export interface OpenedFile {
  meta: FileMeta;
  body: ReadableStream<Uint8Array> | null;
}

/** A file that can be served, wherever its bytes are. Both methods answer null where there is none. */
export interface ServableFile {
  stat(): Promise<FileMeta | null>;
  /** Opens the whole, or a range, at the cost of one read. A body that is not read must be cancelled. */
  open(range: RangeSpec | null): Promise<OpenedFile | null>;
}

/**
 * Sizes in bytes of objects that this isolate has seen, so that R2 is not asked for a range that lies
 * outside: it throws, and its local simulator prints a failed assertion where one begins at the very end.
 */
const sizes = new Recent<number>(2_000);

/** An object in R2. */
export class R2File implements ServableFile {
  readonly #bucket: R2Bucket;
  readonly #key: string;

  constructor(bucket: R2Bucket, key: string) {
    this.#bucket = bucket;
    this.#key = key;
  }

  async stat(): Promise<FileMeta | null> {
    const object = await this.#head();
    return object && metaOf(object);
  }

  async open(range: RangeSpec | null): Promise<OpenedFile | null> {
    const object = range === null ? await this.#bucket.get(this.#key) : await this.#getRange(range);
    if (!object) return null;
    sizes.set(this.#key, object.size);
    const inside = range === null || resolveRange(range, object.size) !== null;
    return { meta: metaOf(object), body: inside && "body" in object ? (object as R2ObjectBody).body : null };
  }

  async #head(): Promise<R2Object | null> {
    const object = await this.#bucket.head(this.#key);
    if (object) sizes.set(this.#key, object.size);
    return object;
  }

  /** The object with the range's bytes; without a body where the range lies outside. */
  async #getRange(spec: RangeSpec): Promise<R2ObjectBody | R2Object | null> {
    // The object may have been written anew since: what was seen of it is a hint, and no answer.
    if (resolveRange(spec, sizes.get(this.#key) ?? Number.MAX_SAFE_INTEGER) === null) {
      const head = await this.#head();
      if (!head || resolveRange(spec, head.size) === null) return head;
    }
    const range: R2Range =
      "suffix" in spec
        ? { suffix: spec.suffix }
        : { offset: spec.first, ...(spec.last === null ? {} : { length: spec.last - spec.first + 1 }) };
    try {
      return await this.#bucket.get(this.#key, { range });
    } catch (error) {
      const head = await this.#head();
      // R2 throws (10039) for a range that begins past the end; anything else is a fault of its own.
      if (head && resolveRange(spec, head.size) !== null) throw error;
      return head;
    }
  }
}

function metaOf(object: R2Object): FileMeta {
  return {
    size: object.size,
    etag: object.httpEtag,
    lastModified: object.uploaded,
    contentType: object.httpMetadata?.contentType ?? "application/octet-stream",
  };
}

/** Bytes with what decides them. */
export interface GeneratedBytes {
  bytes: Uint8Array;
  etag: string;
  lastModified: Date;
}

/** A file whose bytes are made when they are asked for, once. */
export class GeneratedFile implements ServableFile {
  readonly #make: () => Promise<GeneratedBytes | null>;
  readonly #contentType: string;
  #made: Promise<GeneratedBytes | null> | null = null;

  /** @param make answers null where there is no such file. */
  constructor(contentType: string, make: () => Promise<GeneratedBytes | null>) {
    this.#contentType = contentType;
    this.#make = make;
  }

  async stat(): Promise<FileMeta | null> {
    this.#made ??= this.#make();
    const made = await this.#made;
    if (!made) return null;
    const { bytes, etag, lastModified } = made;
    return { size: bytes.byteLength, etag, lastModified, contentType: this.#contentType };
  }

  async open(range: RangeSpec | null): Promise<OpenedFile | null> {
    const meta = await this.stat();
    const made = await this.#made;
    if (!meta || !made) return null;
    const part = range === null ? { first: 0, last: meta.size - 1 } : resolveRange(range, meta.size);
    return { meta, body: part && new Blob([made.bytes.slice(part.first, part.last + 1)]).stream() };
  }
}
