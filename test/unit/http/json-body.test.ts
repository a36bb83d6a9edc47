import fc from "fast-check";
import { expect, test } from "vitest";
import { CodedError } from "../../../src/api/errors.ts";
import { MAX_BODY_BYTES, MAX_DEPTH, readJsonObject } from "../../../src/http/request/json-body.ts";

const read = (body: string | Uint8Array<ArrayBuffer>) =>
  readJsonObject(new Request("http://edgereel.test/", { method: "POST", body }));

test("a JSON object in a request body is read unchanged", async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), async (value) => {
      const text = JSON.stringify(value);
      expect(await read(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("an arbitrary request body is read as JSON or refused with a CodedError", async () => {
  const noise = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.constantFrom("[".repeat(100_000), '{"a":'.repeat(40_000)),
  );
  await fc.assert(
    fc.asyncProperty(noise, async (text) => {
      const outcome = await read(text).catch((error: unknown) => error);
      if (outcome instanceof CodedError) return;
      expect(outcome).toEqual(JSON.parse(text));
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
      const outcome = await read(new Uint8Array(bytes)).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(CodedError);
    }),
  );
});

test("a request body is accepted up to the max depth and size and refused above them", async () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  expect(await read(deep(MAX_DEPTH))).toBeTypeOf("object");
  await expect(read(deep(MAX_DEPTH + 1))).rejects.toMatchObject({ code: "invalid_request" });
  const long = (bytes: number) => `{"a":"${"x".repeat(bytes - 8)}"}`;
  expect(await read(long(MAX_BODY_BYTES))).toBeTypeOf("object");
  await expect(read(long(MAX_BODY_BYTES + 1))).rejects.toMatchObject({ code: "too_large" });
});
