import { expect, test } from "vitest";
import { readConfig } from "../../../src/config/config.ts";
import { wasmRenderer } from "../../../src/renderers/wasm/wasm-renderer.ts";
import { rendered } from "../../../wasm/src/rendered.ts";
import { bindings } from "../support/bindings.ts";

const MEBIBYTE = 1024 * 1024;

test("a result that is too long for one RPC message is stored from a stream of known length", async () => {
  const length = 57 * MEBIBYTE;
  const file = new TextEncoder().encode(JSON.stringify({ streamed: length }));
  const input = { sha256: "00", size: file.byteLength };
  const open = async () => new Blob([file]).stream();
  const key = crypto.randomUUID();
  const store = (result: Uint8Array | ReadableStream<Uint8Array>) => bindings.MEDIA.put(key, result);
  const context = { open, store, signal: new AbortController().signal };
  await wasmRenderer(bindings.WASM, readConfig(bindings)).render(
    { kind: "speech", sampleRate: 8000 },
    [input],
    context,
  );
  const stored = await bindings.MEDIA.get(key, { range: { suffix: 2 } });
  expect(stored?.size).toBe(length);
  expect(await stored?.bytes()).toEqual(Uint8Array.of(0, 7));
  await bindings.MEDIA.delete(key);
});

test("the embedded renderer streams only results that are too long for one message", async () => {
  const short = rendered(new Uint8Array(MEBIBYTE));
  expect(short.ok && short.bytes).toBeInstanceOf(Uint8Array);
  const long = rendered(new Uint8Array(17 * MEBIBYTE).fill(3));
  if (!long.ok || long.bytes instanceof Uint8Array) throw new Error("not streamed");
  expect(long.size).toBe(17 * MEBIBYTE);
  const bytes = await new Response(long.bytes).bytes();
  expect([bytes.byteLength, bytes.at(-1)]).toEqual([17 * MEBIBYTE, 3]);
});
