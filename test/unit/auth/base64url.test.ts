import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase64url, toBase64url } from "../../../src/auth/base64url.ts";

test("base64url text has no padding and decodes to the original bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (data) => {
      const text = toBase64url(data);
      expect(text).toBe(Buffer.from(data).toString("base64url"));
      expect(fromBase64url(text)).toEqual(new Uint8Array(data));
    }),
  );
});
