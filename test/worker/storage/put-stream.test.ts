import { expect, test } from "vitest";
import { PART_SIZE, putStream, TooLargeError } from "../../../src/storage/put-stream.ts";
import { sha256Hex } from "../../../src/util/sha256.ts";
import { bindings, pattern as makePattern } from "../support/bindings.ts";
import { countingUploads, sameBytes, storedBytes } from "../support/multipart.ts";

const { MEDIA } = bindings;

const options = { limit: 1e9, contentType: "video/mp4" };
const longest = makePattern(3 * PART_SIZE + 1);
const pattern = (size: number, from = 0) => longest.subarray(from, from + size);
const SIZES = [0, 1, PART_SIZE - 1, PART_SIZE, PART_SIZE + 1, 3 * PART_SIZE + 1];

async function* chunks(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.byteLength; at += size) yield data.subarray(at, at + size);
}

test.each(SIZES)("putStream stores a stream of %d bytes unchanged and returns its hash", async (size) => {
  const data = pattern(size);
  const { bucket, counts } = countingUploads(MEDIA);
  const result = await putStream(bucket, `put/${size}`, chunks(data, 300_001), options);
  expect(result).toEqual({ size, sha256: await sha256Hex(data) });
  expect(sameBytes(await storedBytes(`put/${size}`), data)).toBe(true);
  expect((await MEDIA.head(`put/${size}`))?.httpMetadata?.contentType).toBe("video/mp4");
  expect(counts).toEqual({ created: size < PART_SIZE ? 0 : 1, completed: size < PART_SIZE ? 0 : 1, aborted: 0 });
});

test("putStream stores empty chunks and chunks larger than a part unchanged", async () => {
  const data = pattern(PART_SIZE + 5);
  async function* body() {
    yield new Uint8Array(0);
    yield data.subarray(0, 3);
    yield new Uint8Array(0);
    yield data.subarray(3);
  }
  expect(await putStream(MEDIA, "put/large-chunks", body(), options)).toMatchObject({ size: data.byteLength });
  expect(sameBytes(await storedBytes("put/large-chunks"), data)).toBe(true);
});

test.each([10, PART_SIZE + 10])(
  "putStream leaves no object and no open upload if the stream fails after %d bytes",
  async (size) => {
    async function* body() {
      yield* chunks(pattern(size), 1_000_000);
      throw new Error("the client went away");
    }
    const { bucket, counts } = countingUploads(MEDIA);
    await expect(putStream(bucket, "put/failing", body(), options)).rejects.toThrow("the client went away");
    expect(await MEDIA.head("put/failing")).toBeNull();
    expect(counts.completed).toBe(0);
    expect(counts.aborted).toBe(counts.created);
    expect(counts.created).toBe(size >= PART_SIZE ? 1 : 0);
  },
);

test("putStream keeps the previous object if the stream fails", async () => {
  await MEDIA.put("put/before", "before");
  async function* body() {
    yield pattern(PART_SIZE + 1);
    throw new Error("cut");
  }
  await expect(putStream(MEDIA, "put/before", body(), options)).rejects.toThrow("cut");
  expect(new TextDecoder().decode(await storedBytes("put/before"))).toBe("before");
});

test.each([0, 10, PART_SIZE + 10])(
  "putStream refuses a stream longer than the limit of %d bytes, but not one of that length",
  async (limit) => {
    const { bucket, counts } = countingUploads(MEDIA);
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
