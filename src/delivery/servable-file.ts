import { BoundedMap } from "../util/bounded-map.ts";
import { type RangeSpec, resolveRange } from "./range.ts";

/** The properties of a file that its response headers need. */
export interface FileMeta {
  /** Size in bytes. */
  size: number;
  /** A strong entity tag with its quotes. */
  etag: string;
  lastModified: Date;
  contentType: string;
}

/** An opened file. The body is null if the requested range is outside the file. */
export interface OpenedFile {
  meta: FileMeta;
  body: ReadableStream<Uint8Array> | null;
}

/**
 * A file that can be served over HTTP: stored in R2, cached, or generated. Both methods return null if it is missing.
 */
export interface ServableFile {
  stat(): Promise<FileMeta | null>;
  /** Opens the whole file (`null`) or a range with one read. The caller must read or cancel the body. */
  open(range: RangeSpec | null): Promise<OpenedFile | null>;
}

/**
 * Sizes in bytes of recently served objects. They prevent requests to R2 for a range outside the object, for which R2
 * throws, and for which its local simulator prints a failed assertion.
 */
const sizes = new BoundedMap<number>(2_000);

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

  /** Gets the object with the range's bytes, or without a body if the range is outside the object. */
  async #getRange(spec: RangeSpec): Promise<R2ObjectBody | R2Object | null> {
    // The object may have been replaced since its size was recorded, so check the current size with a HEAD request.
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
      // R2 throws error 10039 for a range that begins after the end of the object. Any other error is passed on.
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

/** The bytes of a generated file with their validators. */
export interface GeneratedBytes {
  bytes: Uint8Array;
  etag: string;
  lastModified: Date;
}

/** A file whose bytes are generated once, when it is first opened. */
export class GeneratedFile implements ServableFile {
  readonly #make: () => Promise<GeneratedBytes | null>;
  readonly #contentType: string;
  #made: Promise<GeneratedBytes | null> | null = null;

  /** @param make generates the bytes. Returns null if the file is missing. */
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
