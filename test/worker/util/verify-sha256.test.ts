import { expect, test } from "vitest";
import { DigestError, verifySha256 } from "../../../src/util/verify-sha256.ts";

const chunks = [new Uint8Array([1, 2, 3]), new Uint8Array([4, 5]), new Uint8Array([6])];
const whole = new Uint8Array([1, 2, 3, 4, 5, 6]);

function streamOf(parts: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}

async function through(parts: Uint8Array[], digestOf: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", digestOf)).toBase64();
  return new Response(streamOf(parts).pipeThrough(verifySha256(digest))).bytes();
}

test("a stream with the right digest passes unchanged, even an empty one", async () => {
  expect(await through(chunks, whole)).toEqual(whole);
  expect(await through([], new Uint8Array())).toEqual(new Uint8Array());
});

test("a stream with wrong, additional or missing bytes ends with an error", async () => {
  const wrong = [[new Uint8Array([1, 2, 3, 4, 5, 7])], [...chunks, new Uint8Array([7])], chunks.slice(0, 2), []];
  for (const parts of wrong) await expect(through(parts, whole)).rejects.toThrow(DigestError);
});

test("a reader never gets all the bytes of a stream with the wrong digest", async () => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array([0]))).toBase64();
  const reader = streamOf(chunks).pipeThrough(verifySha256(digest)).getReader();
  const read: number[] = [];
  const end = async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) read.push(...next.value);
  };
  await expect(end()).rejects.toThrow(DigestError);
  expect(read.length).toBeLessThan(whole.length);
});
