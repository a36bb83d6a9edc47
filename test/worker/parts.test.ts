import type { StreamTargetChunk } from "mediabunny";
import { describe, expect, test } from "vitest";
import { deletePrefix } from "../../src/storage/delete-objects.ts";
import { ObjectSink } from "../../src/storage/mediabunny-sink.ts";
import { PART_SIZE, putStream, TooLargeError } from "../../src/storage/put-stream.ts";
import { sha256Hex } from "../../src/util/sha256.ts";
import { bindings, pattern as makePattern } from "./bindings.ts";

const { MEDIA } = bindings;
const options = { limit: 1e9, contentType: "video/mp4" };
const longest = makePattern(3 * PART_SIZE + 1);
const pattern = (size: number, from = 0) => longest.subarray(from, from + size);
const SIZES = [0, 1, PART_SIZE - 1, PART_SIZE, PART_SIZE + 1, 3 * PART_SIZE + 1];

async function* chunks(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.byteLength; at += size) yield data.subarray(at, at + size);
}

/** Counts what is done with multipart uploads of the real bucket, so that one left open shows. */
function watched(bucket: R2Bucket) {
  const counts = { created: 0, completed: 0, aborted: 0 };
  const proxy = new Proxy(bucket, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (name !== "createMultipartUpload") return typeof value === "function" ? value.bind(target) : value;
      return async (...args: Parameters<R2Bucket["createMultipartUpload"]>) => {
        const upload = await target.createMultipartUpload(...args);
        counts.created++;
        return {
          uploadPart: (number: number, bytes: Uint8Array) => upload.uploadPart(number, bytes),
          complete: async (parts: R2UploadedPart[]) => {
            const object = await upload.complete(parts);
            counts.completed++;
            return object;
          },
          abort: async () => {
            await upload.abort();
            counts.aborted++;
          },
        };
      };
    },
  });
  return { bucket: proxy, counts };
}

async function stored(key: string): Promise<Uint8Array> {
  const object = await MEDIA.get(key);
  if (!object) throw new Error(`${key} is not stored`);
  return object.bytes();
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);
}

describe("putStream", () => {
  test.each(SIZES)("stores a stream of %d bytes as it is, with its hash", async (size) => {
    const data = pattern(size);
    const { bucket, counts } = watched(MEDIA);
    const result = await putStream(bucket, `put/${size}`, chunks(data, 300_001), options);
    expect(result).toEqual({ size, sha256: await sha256Hex(data) });
    expect(same(await stored(`put/${size}`), data)).toBe(true);
    expect((await MEDIA.head(`put/${size}`))?.httpMetadata?.contentType).toBe("video/mp4");
    expect(counts).toEqual({ created: size < PART_SIZE ? 0 : 1, completed: size < PART_SIZE ? 0 : 1, aborted: 0 });
  });

  test("chunks larger than a part, and chunks of nothing, are stored as they are", async () => {
    const data = pattern(PART_SIZE + 5);
    async function* body() {
      yield new Uint8Array(0);
      yield data.subarray(0, 3);
      yield new Uint8Array(0);
      yield data.subarray(3);
    }
    expect(await putStream(MEDIA, "put/large-chunks", body(), options)).toMatchObject({ size: data.byteLength });
    expect(same(await stored("put/large-chunks"), data)).toBe(true);
  });

  test.each([10, PART_SIZE + 10])(
    "a stream that fails after %d bytes leaves neither an object nor an open upload",
    async (size) => {
      async function* body() {
        yield* chunks(pattern(size), 1_000_000);
        throw new Error("the client went away");
      }
      const { bucket, counts } = watched(MEDIA);
      await expect(putStream(bucket, "put/failing", body(), options)).rejects.toThrow("the client went away");
      expect(await MEDIA.head("put/failing")).toBeNull();
      expect(counts.completed).toBe(0);
      expect(counts.aborted).toBe(counts.created);
      expect(counts.created).toBe(size >= PART_SIZE ? 1 : 0);
    },
  );

  test("a failing stream leaves the object that was there before", async () => {
    await MEDIA.put("put/before", "before");
    async function* body() {
      yield pattern(PART_SIZE + 1);
      throw new Error("cut");
    }
    await expect(putStream(MEDIA, "put/before", body(), options)).rejects.toThrow("cut");
    expect(new TextDecoder().decode(await stored("put/before"))).toBe("before");
  });

  test.each([0, 10, PART_SIZE + 10])(
    "a stream longer than %d bytes is refused, one of that length is not",
    async (limit) => {
      const { bucket, counts } = watched(MEDIA);
      const refused = putStream(bucket, `put/long-${limit}`, chunks(pattern(limit + 1), 1_000_000), {
        ...options,
        limit,
      });
      await expect(refused).rejects.toThrow(TooLargeError);
      await expect(refused).rejects.toThrow(`${limit} bytes`);
      expect(await MEDIA.head(`put/long-${limit}`)).toBeNull();
      expect(counts.aborted).toBe(counts.created);
      await putStream(MEDIA, `put/long-${limit}`, chunks(pattern(limit), 1_000_000), { ...options, limit });
      expect((await MEDIA.head(`put/long-${limit}`))?.size).toBe(limit);
    },
  );
});

describe("ObjectSink", () => {
  async function write(sink: ObjectSink, ...parts: [position: number, data: Uint8Array<ArrayBuffer>][]) {
    const writer = sink.writable.getWriter();
    for (const [position, data] of parts) await writer.write({ type: "write", position, data } as StreamTargetChunk);
    await writer.close();
  }

  test.each([0, 1, PART_SIZE, PART_SIZE + 1, 2 * PART_SIZE + 1])(
    "makes an object of %d bytes from writes in order",
    async (size) => {
      const { bucket, counts } = watched(MEDIA);
      const sink = new ObjectSink(bucket, `sink/${size}`, "video/mp4", 100);
      const data = pattern(size);
      const writes: [number, Uint8Array<ArrayBuffer>][] = [];
      for (let at = 0; at < size; at += 700_001) writes.push([at, data.subarray(at, at + 700_001)]);
      await write(sink, ...writes);
      expect(await MEDIA.head(`sink/${size}`)).toBeNull();
      await sink.complete();
      expect(same(await stored(`sink/${size}`), data)).toBe(true);
      expect(counts.created).toBe(counts.completed);
    },
  );

  test.each([100, PART_SIZE, PART_SIZE + 1])(
    "a head of %d bytes may be written again at the end",
    async (headBytes) => {
      const key = `sink/head-${headBytes}`;
      const sink = new ObjectSink(MEDIA, key, "video/mp4", headBytes);
      const data = pattern(3 * PART_SIZE + 1);
      const head = new Uint8Array(headBytes).fill(0xee);
      await write(sink, [0, data], [0, head]);
      await sink.complete();
      const expected = data.slice();
      expected.set(head);
      expect(same(await stored(key), expected)).toBe(true);
    },
  );

  test("a stretch of the head that is never written is zeros, a whole part of it too", async () => {
    const sink = new ObjectSink(MEDIA, "sink/gap", "video/mp4", 2 * PART_SIZE + 100);
    const [begin, body] = [pattern(50), pattern(PART_SIZE, 7)];
    await write(sink, [0, begin], [2 * PART_SIZE + 100, body]);
    await sink.complete();
    const expected = new Uint8Array(3 * PART_SIZE + 100);
    expected.set(begin);
    expected.set(body, 2 * PART_SIZE + 100);
    expect(same(await stored("sink/gap"), expected)).toBe(true);
  });

  test("a part that is uploaded already is not written again in silence", async () => {
    const sink = new ObjectSink(MEDIA, "sink/late", "video/mp4", 100);
    await expect(write(sink, [0, pattern(2 * PART_SIZE)], [PART_SIZE + 5, pattern(1)])).rejects.toThrow(RangeError);
    await sink.abort();
  });

  test("an aborted sink leaves neither an object nor an open upload", async () => {
    const { bucket, counts } = watched(MEDIA);
    const sink = new ObjectSink(bucket, "sink/aborted", "video/mp4", 100);
    await write(sink, [0, pattern(2 * PART_SIZE)]);
    await sink.abort();
    expect(await MEDIA.head("sink/aborted")).toBeNull();
    expect(counts).toEqual({ created: 1, completed: 0, aborted: 1 });
  });
});

test("a prefix is emptied in as many rounds as it takes, and no more than it", async () => {
  const names = Array.from({ length: 8 }, (_, index) => `prefix/a/${index}`);
  for (const name of [...names, "prefix/ab"]) await MEDIA.put(name, "x");
  // R2 may list fewer than it was asked for.
  const bucket = new Proxy(MEDIA, {
    get: (target, name) =>
      name === "list"
        ? (options: R2ListOptions) => target.list({ ...options, limit: 3 })
        : (...keys: Parameters<R2Bucket["delete"]>) => target.delete(...keys),
  });
  expect(await deletePrefix(bucket, "prefix/a/")).toBe(8);
  expect((await MEDIA.list({ prefix: "prefix/" })).objects.map(({ key }) => key)).toEqual(["prefix/ab"]);
  expect(await deletePrefix(bucket, "prefix/a/")).toBe(0);
});
