import type { StreamTargetChunk } from "mediabunny";
import { expect, test } from "vitest";
import { ObjectSink } from "../../../src/storage/mediabunny-sink.ts";
import { PART_SIZE } from "../../../src/storage/put-stream.ts";
import { bindings, pattern as makePattern } from "../support/bindings.ts";

const { MEDIA } = bindings;
const longest = makePattern(3 * PART_SIZE + 1);
const pattern = (size: number, from = 0) => longest.subarray(from, from + size);

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
async function write(sink: ObjectSink, ...parts: [position: number, data: Uint8Array<ArrayBuffer>][]) {
  const writer = sink.writable.getWriter();
  for (const [position, data] of parts) await writer.write({ type: "write", position, data } as StreamTargetChunk);
  await writer.close();
}

test.each([0, 1, PART_SIZE, PART_SIZE + 1, 2 * PART_SIZE + 1])(
  "ObjectSink makes an object of %d bytes from writes in order",
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
  "ObjectSink a head of %d bytes may be written again at the end",
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

test("ObjectSink a stretch of the head that is never written is zeros, a whole part of it too", async () => {
  const sink = new ObjectSink(MEDIA, "sink/gap", "video/mp4", 2 * PART_SIZE + 100);
  const [begin, body] = [pattern(50), pattern(PART_SIZE, 7)];
  await write(sink, [0, begin], [2 * PART_SIZE + 100, body]);
  await sink.complete();
  const expected = new Uint8Array(3 * PART_SIZE + 100);
  expected.set(begin);
  expected.set(body, 2 * PART_SIZE + 100);
  expect(same(await stored("sink/gap"), expected)).toBe(true);
});

test("ObjectSink a part that is uploaded already is not written again in silence", async () => {
  const sink = new ObjectSink(MEDIA, "sink/late", "video/mp4", 100);
  await expect(write(sink, [0, pattern(2 * PART_SIZE)], [PART_SIZE + 5, pattern(1)])).rejects.toThrow(RangeError);
  await sink.abort();
});

test("ObjectSink an aborted sink leaves neither an object nor an open upload", async () => {
  const { bucket, counts } = watched(MEDIA);
  const sink = new ObjectSink(bucket, "sink/aborted", "video/mp4", 100);
  await write(sink, [0, pattern(2 * PART_SIZE)]);
  await sink.abort();
  expect(await MEDIA.head("sink/aborted")).toBeNull();
  expect(counts).toEqual({ created: 1, completed: 0, aborted: 1 });
});
