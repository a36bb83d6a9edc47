import fc from "fast-check";
import { expect, test } from "vitest";
import type { ErrorCode } from "../../../src/api/errors.ts";
import { AccessError } from "../../../src/auth/access-error.ts";
import { digestOfApiKey, idOfApiKey, newApiKey, presentedKey } from "../../../src/auth/api-key.ts";

test("a new API key consists of its id and a unique 32-byte secret", () => {
  const made = Array.from({ length: 500 }, newApiKey);
  for (const { id, key } of made) {
    expect(key).toMatch(/^er_[a-z2-7]{8}_[\w-]{43}$/);
    expect(idOfApiKey(key)).toBe(id);
  }
  expect(new Set(made.map(({ key }) => key.slice(12))).size).toBe(500);
});

test("a text that is not a complete API key has no key id", () => {
  const { key } = newApiKey();
  fc.assert(
    fc.property(fc.nat(key.length - 1), fc.string({ maxLength: 3 }), (at, text) => {
      const changed = key.slice(0, at) + text + key.slice(at + 1);
      fc.pre(!/^er_[a-z0-9]{8}_[\w-]{43}$/.test(changed));
      expect(idOfApiKey(changed)).toBeNull();
    }),
  );
  for (const text of ["", "er_", `${key} `, `${key}\n`, ` ${key}`, key.toUpperCase()]) {
    expect(idOfApiKey(text), JSON.stringify(text)).toBeNull();
  }
});

test("the digest of an API key is its SHA-256 hash", async () => {
  const digest = Buffer.from(await digestOfApiKey("abc")).toString("hex");
  expect(digest).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

const presented = (fields: Record<string, string>) => presentedKey(new Headers(fields));

test.each<[Record<string, string>, string | null]>([
  [{}, null],
  [{ authorization: "Bearer k" }, "k"],
  [{ authorization: "bearer   k" }, "k"],
  [{ "x-api-key": " k " }, "k"],
  [{ authorization: "Bearer k", "x-api-key": "k" }, "k"],
])("the API key in the headers %j is %j", (fields, key) => {
  expect(presented(fields)).toBe(key);
});

test.each<[Record<string, string>, ErrorCode]>([
  [{ authorization: "Basic azpr" }, "unauthenticated"],
  [{ authorization: "k" }, "unauthenticated"],
  [{ authorization: "" }, "unauthenticated"],
  [{ authorization: "Bearer" }, "unauthenticated"],
  [{ authorization: "Bearerk" }, "unauthenticated"],
  [{ "x-api-key": "" }, "unauthenticated"],
  [{ authorization: "Bearer k", "x-api-key": "other" }, "invalid_request"],
  [{ authorization: "Bearer k", "x-api-key": "" }, "invalid_request"],
  [{ authorization: "Bearer", "x-api-key": "k" }, "invalid_request"],
])("the API key headers %j are refused with the error code %s", (fields, code) => {
  expect(() => presented(fields)).toThrow(expect.objectContaining({ name: "AccessError", code }));
});

test("arbitrary API key headers yield the key that was sent or an AccessError", () => {
  const value = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(fc.option(value), fc.option(value), (authorization, header) => {
      const fields = { ...(authorization === null ? {} : { authorization }) };
      try {
        const key = presented(header === null ? fields : { ...fields, "x-api-key": header });
        if (authorization === null && header === null) expect(key).toBeNull();
        else expect(authorization?.endsWith(key ?? "") || header?.trim() === key).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(AccessError);
      }
    }),
  );
});
