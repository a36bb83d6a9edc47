import fc from "fast-check";
import { expect, test } from "vitest";
import { withoutSecrets } from "../../../src/util/log.ts";

test.each([
  ["no address at all?", "no address at all?"],
  ["GET https://a.example/b/c.mp4 failed", "GET https://a.example/b/c.mp4 failed"],
  ["fetch https://a.example/b?sig=SECRET&exp=1: timed out", "fetch https://a.example/b?… timed out"],
  ['"http://user:SECRET@a.example:8080/b#SECRET"', '"http://a.example:8080/b?…"'],
  ["https://a.example/it's?x=SECRET", "https://a.example/it's?…"],
  ["no file at https://a.example/link/12.SE-CR_ET/tasks/b/c.mp4", "no file at https://a.example/link/…/tasks/b/c.mp4"],
  ["https://a.example?x=SECRET and https://b.example/#SECRET", "https://a.example?… and https://b.example/?…"],
])("the text %j is logged as %j", (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown);
});

test("the query, fragment and password of a URL are never logged", () => {
  const secret = "s3cr3t";
  fc.assert(
    fc.property(
      fc.webUrl({ withQueryParameters: false, withFragments: false }),
      fc.constantFrom("?", "#", "?a=b&c="),
      fc.string(),
      fc.constantFrom("", " ", '"', "'", "("),
      (url, mark, tail, before) => {
        const text = `${before}${url.replace("://", `://u:${secret}@`)}${mark}${secret} ${tail.replaceAll(secret, "")}`;
        expect(withoutSecrets(text)).not.toContain(secret);
      },
    ),
    { numRuns: 1_000 },
  );
});
