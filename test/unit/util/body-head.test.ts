import { expect, test } from "vitest";
import { readHead } from "../../../src/util/body-head.ts";

async function* chunks(...sizes: number[]): AsyncGenerator<Uint8Array, void> {
  let next = 0;
  for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++ & 255);
}

function streamOf(source: AsyncIterator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

async function read(body: AsyncIterable<Uint8Array>): Promise<number[]> {
  const all: number[] = [];
  for await (const chunk of body) all.push(...chunk);
  return all;
}

const counted = (length: number) => Array.from({ length }, (_, index) => index & 255);

test.each([[[]], [[3]], [[0, 4, 1]], [[10]], [[2, 300]], [[4, 4, 4, 4]]])(
  "the head of a body in chunks of %j bytes is read ahead, and the body is still whole",
  async (sizes) => {
    const length = sizes.reduce((sum: number, size) => sum + size, 0);
    for (const source of [chunks(...sizes), streamOf(chunks(...sizes))]) {
      const { head, body } = await readHead(source, 4);
      expect([...head]).toEqual(counted(Math.min(4, length)));
      expect(await read(body)).toEqual(counted(length));
    }
  },
);

test("the rest of a body can be read after its release", async () => {
  for (const source of [chunks(6, 2, 3), streamOf(chunks(6, 2, 3))]) {
    const { release } = await readHead(source, 4);
    await release();
    expect(await read(source)).toHaveLength(5);
  }
});

test("a body that is not read to its end is ended", async () => {
  let ended = false;
  async function* endless() {
    try {
      for (;;) yield new Uint8Array(8);
    } finally {
      ended = true;
    }
  }
  const { body } = await readHead(endless(), 4);
  for await (const _ of body) break;
  expect(ended).toBe(true);
});

test("an error of the body is passed on", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(2);
    throw new Error("cut");
  }
  await expect(readHead(broken(), 4)).rejects.toThrow("cut");
});
