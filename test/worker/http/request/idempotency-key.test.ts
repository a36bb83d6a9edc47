import fc from "fast-check";
import { expect, test } from "vitest";
import { videoRequestSchema } from "../../../../src/api/video-request.ts";
import { parseIdempotencyKey } from "../../../../src/http/request/idempotency-key.ts";
import { fingerprintOf, oneIdempotencyKey } from "../../../../src/tasks/create/idempotency.ts";

test.each([
  ["8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"],
  ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"],
  ['  "a b, c"  ', "a b, c"],
  ['"a\\"b\\\\c"', 'a"b\\c'],
  ["x".repeat(255), "x".repeat(255)],
  [`"${"x".repeat(255)}"`, "x".repeat(255)],
])("the Idempotency-Key header %s is read as the key %s", (header, key) => {
  expect(parseIdempotencyKey(header)).toBe(key);
});

test.each(["", '""', '"', '"a', 'a"', "a b", "a, b", '"a", "b"', '"a\\x"', "clé", "x".repeat(256), '"\t"'])(
  "the invalid Idempotency-Key header %j is refused with the header's name",
  (header) => {
    expect(() => parseIdempotencyKey(header)).toThrow(/^Idempotency-Key: /);
  },
);

test("every printable key can be sent as a quoted header value", () => {
  const printable = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 255 });
  fc.assert(
    fc.property(printable, (key) => {
      expect(parseIdempotencyKey(`"${key.replace(/["\\]/g, "\\$&")}"`)).toBe(key);
    }),
  );
});

test("a key may be sent in the header, the body or both, but two different keys are refused", () => {
  expect(oneIdempotencyKey(null, null)).toBeNull();
  expect(oneIdempotencyKey("a", null)).toBe("a");
  expect(oneIdempotencyKey(null, "a")).toBe("a");
  expect(oneIdempotencyKey("a", "a")).toBe("a");
  expect(() => oneIdempotencyKey("a", "b")).toThrow(/^idempotency_key: /);
});

test("requests with different callback URLs have different fingerprints", async () => {
  const fingerprint = (fields: object) =>
    fingerprintOf(videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }], ...fields }));
  const [one, other, none] = await Promise.all([
    fingerprint({ callback_url: "https://hooks.example.com/1" }),
    fingerprint({ callback_url: "https://hooks.example.com/2" }),
    fingerprint({}),
  ]);
  expect(new Set([one, other, none]).size).toBe(3);
  expect(await fingerprint({ callback_url: "" })).toBe(none);
});
