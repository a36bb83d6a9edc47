import { expect, test } from "vitest";
import { largeChunks } from "../../../src/util/large-chunks.ts";

const CHUNK = 256 * 1024;

/** A stream of bytes whose own chunks have 4 KiB, as those of a request. */
function bytesOf(size: number): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const send = async () => {
    const writer = writable.getWriter();
    for (let at = 0; at < size; at += 4096) {
      await writer.write(Uint8Array.from({ length: Math.min(4096, size - at) }, (_, index) => (at + index) % 251));
    }
    await writer.close();
  };
  send().catch(() => undefined);
  return readable;
}

test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 70_000])(
  "a body of %d bytes is read in full chunks, in order",
  async (size) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of largeChunks(bytesOf(size))) chunks.push(chunk);
    const whole = Math.floor(size / CHUNK);
    expect(chunks.map((chunk) => chunk.byteLength)).toEqual([
      ...Array(whole).fill(CHUNK),
      ...(size % CHUNK === 0 ? [] : [size % CHUNK]),
    ]);
    let at = 0;
    for (const chunk of chunks) for (const byte of chunk) if (byte !== at++ % 251) throw new Error(`byte ${at - 1}`);
    expect(at).toBe(size);
  },
);

test("the rest of a body can be read after its reader stopped", async () => {
  const body = bytesOf(2 * CHUNK + 5);
  for await (const _ of largeChunks(body)) break;
  let rest = 0;
  for await (const chunk of body) rest += chunk.byteLength;
  expect(rest).toBe(CHUNK + 5);
});

test("a body that is no stream of bytes is read in its own chunks", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array([1, 2]));
      controller.enqueue(new Uint8Array([3]));
      controller.close();
    },
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of largeChunks(body)) chunks.push(chunk);
  expect(chunks).toEqual([new Uint8Array([1, 2]), new Uint8Array([3])]);
});

test("a body that breaks off is an error", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const read = (async () => {
    for await (const _ of largeChunks(readable));
  })();
  const sent = writer.write(new Uint8Array(10)).then(() => writer.abort(new Error("the client went away")));
  await expect(read).rejects.toThrow("the client went away");
  await sent;
});
