import fc from "fast-check";
import { expect, test } from "vitest";
import { contentDisposition } from "../../../src/delivery/content-disposition.ts";

test("a file name is given plainly, or in UTF-8 beside a fallback", () => {
  expect(contentDisposition("inline", "final-1.mp4")).toBe('inline; filename="final-1.mp4"');
  expect(contentDisposition("attachment", 'a "b\\c.mp4')).toBe('attachment; filename="a \\"b\\\\c.mp4"');
  expect(contentDisposition("attachment", "été 100%.mp4")).toBe(
    "attachment; filename=\"_t_ 100_.mp4\"; filename*=UTF-8''%C3%A9t%C3%A9%20100%25.mp4",
  );
});

test("any file name gives a header that can be sent, and is read back from it", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { maxLength: 40 }), (codes) => {
      const name = String.fromCharCode(...codes);
      const value = contentDisposition("attachment", name);
      expect(value).toMatch(/^[\x20-\x7e]*$/);
      const extended = /filename\*=UTF-8''(\S*)$/.exec(value)?.[1];
      if (extended !== undefined) expect(decodeURIComponent(extended)).toBe(name.toWellFormed());
    }),
  );
});
