import type { StreamTargetChunk } from "mediabunny";
import { expect, test } from "vitest";
import { ObjectSink } from "../../../src/storage/mediabunny-sink.ts";
import { PART_SIZE } from "../../../src/storage/put-stream.ts";
import { bindings, pattern as makePattern } from "../support/bindings.ts";
import { countingUploads, sameBytes, storedBytes } from "../support/multipart.ts";

const { MEDIA } = bindings;

const longest = makePattern(3 * PART_SIZE + 1);
const pattern = (size: number, from = 0) => longest.subarray(from, from + size);

async function write(sink: ObjectSink, ...parts: [position: number, data: Uint8Array<ArrayBuffer>][]) {
  const writer = sink.writable.getWriter();
  for (const [position, data] of parts) await writer.write({ type: "write", position, data } as StreamTargetChunk);
  await writer.close();
}

test.each([0, 1, PART_SIZE, PART_SIZE + 1, 2 * PART_SIZE + 1])(
  "ObjectSink stores an object of %d bytes from sequential writes",
  async (size) => {
    const { bucket, counts } = countingUploads(MEDIA);
    const sink = new ObjectSink(bucket, `sink/${size}`, "video/mp4", 100);
    const data = pattern(size);
    const writes: [number, Uint8Array<ArrayBuffer>][] = [];
    for (let at = 0; at < size; at += 700_001) writes.push([at, data.subarray(at, at + 700_001)]);
    await write(sink, ...writes);
    expect(await MEDIA.head(`sink/${size}`)).toBeNull();
    await sink.complete();
    expect(sameBytes(await storedBytes(`sink/${size}`), data)).toBe(true);
    expect(counts.created).toBe(counts.completed);
  },
);

test.each([100, PART_SIZE, PART_SIZE + 1])(
  "ObjectSink allows a head of %d bytes to be overwritten at the end",
  async (headBytes) => {
    const key = `sink/head-${headBytes}`;
    const sink = new ObjectSink(MEDIA, key, "video/mp4", headBytes);
    const data = pattern(3 * PART_SIZE + 1);
    const head = new Uint8Array(headBytes).fill(0xee);
    await write(sink, [0, data], [0, head]);
    await sink.complete();
    const expected = data.slice();
    expected.set(head);
    expect(sameBytes(await storedBytes(key), expected)).toBe(true);
  },
);

test("ObjectSink fills unwritten bytes of the head with zeros", async () => {
  const sink = new ObjectSink(MEDIA, "sink/gap", "video/mp4", 2 * PART_SIZE + 100);
  const [begin, body] = [pattern(50), pattern(PART_SIZE, 7)];
  await write(sink, [0, begin], [2 * PART_SIZE + 100, body]);
  await sink.complete();
  const expected = new Uint8Array(3 * PART_SIZE + 100);
  expected.set(begin);
  expected.set(body, 2 * PART_SIZE + 100);
  expect(sameBytes(await storedBytes("sink/gap"), expected)).toBe(true);
});

test("ObjectSink throws if a write touches a part that is already uploaded", async () => {
  const sink = new ObjectSink(MEDIA, "sink/late", "video/mp4", 100);
  await expect(write(sink, [0, pattern(2 * PART_SIZE)], [PART_SIZE + 5, pattern(1)])).rejects.toThrow(RangeError);
  await sink.abort();
});

test("ObjectSink leaves no object and no open upload after an abort", async () => {
  const { bucket, counts } = countingUploads(MEDIA);
  const sink = new ObjectSink(bucket, "sink/aborted", "video/mp4", 100);
  await write(sink, [0, pattern(2 * PART_SIZE)]);
  await sink.abort();
  expect(await MEDIA.head("sink/aborted")).toBeNull();
  expect(counts).toEqual({ created: 1, completed: 0, aborted: 1 });
});
