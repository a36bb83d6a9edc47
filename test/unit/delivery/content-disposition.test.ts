import fc from "fast-check";
import { expect, test } from "vitest";
import { contentDisposition } from "../../../src/delivery/content-disposition.ts";

test("Content-Disposition has a plain file name, or a UTF-8 file name with an ASCII fallback", () => {
  expect(contentDisposition("inline", "final-1.mp4")).toBe('inline; filename="final-1.mp4"');
  expect(contentDisposition("attachment", 'a "b\\c.mp4')).toBe('attachment; filename="a \\"b\\\\c.mp4"');
  expect(contentDisposition("attachment", "été 100%.mp4")).toBe(
    "attachment; filename=\"_t_ 100_.mp4\"; filename*=UTF-8''%C3%A9t%C3%A9%20100%25.mp4",
  );
});

test("an arbitrary file name gives a valid Content-Disposition that decodes to the same name", () => {
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
