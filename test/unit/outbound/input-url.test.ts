import fc from "fast-check";
import { expect, test } from "vitest";
import { normalizeFileName } from "../../../src/library/file-names.ts";
import { isUrl } from "../../../src/outbound/input-url.ts";

test("isUrl accepts every web URL and no name of an uploaded file", () => {
  fc.assert(fc.property(fc.webUrl(), (url) => isUrl(url)));
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      let name: string;
      try {
        name = normalizeFileName(text);
      } catch {
        return;
      }
      expect(isUrl(name)).toBe(false);
    }),
  );
});
