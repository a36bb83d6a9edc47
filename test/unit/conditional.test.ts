import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluatePreconditions, type Precondition, rangeApplies } from "../../src/delivery/preconditions.ts";

const etag = '"abc"';
const lastModified = new Date("2026-11-20T10:00:00.750Z");
const exactly = "Fri, 20 Nov 2026 10:00:00 GMT";
const before = "Fri, 20 Nov 2026 09:59:59 GMT";
const after = "Fri, 20 Nov 2026 10:00:01 GMT";
const validators = { etag, lastModified };

describe("evaluatePreconditions", () => {
  test.each<[Record<string, string>, Precondition]>([
    [{}, "proceed"],
    [{ "if-match": '"abc"' }, "proceed"],
    [{ "if-match": '"x", "abc"' }, "proceed"],
    [{ "if-match": "*" }, "proceed"],
    [{ "if-match": '"x"' }, "failed"],
    [{ "if-match": 'W/"abc"' }, "failed"],
    [{ "if-match": "abc" }, "failed"],
    [{ "if-unmodified-since": exactly }, "proceed"],
    [{ "if-unmodified-since": after }, "proceed"],
    [{ "if-unmodified-since": before }, "failed"],
    [{ "if-unmodified-since": "yesterday" }, "proceed"],
    [{ "if-none-match": '"abc"' }, "not-modified"],
    [{ "if-none-match": 'W/"abc"' }, "not-modified"],
    [{ "if-none-match": '"x", W/"abc"' }, "not-modified"],
    [{ "if-none-match": "*" }, "not-modified"],
    [{ "if-none-match": '"x"' }, "proceed"],
    [{ "if-modified-since": exactly }, "not-modified"],
    [{ "if-modified-since": after }, "not-modified"],
    [{ "if-modified-since": before }, "proceed"],
    [{ "if-modified-since": "Friday, 20-Nov-26 10:00:00 GMT" }, "not-modified"],
    [{ "if-modified-since": "Fri Nov 20 10:00:00 2026" }, "not-modified"],
    // RFC 9110 §13.2.2: tags come before dates, and If-Match before If-None-Match.
    [{ "if-match": '"abc"', "if-unmodified-since": before }, "proceed"],
    [{ "if-match": '"x"', "if-unmodified-since": after }, "failed"],
    [{ "if-none-match": '"x"', "if-modified-since": after }, "proceed"],
    [{ "if-none-match": '"abc"', "if-modified-since": before }, "not-modified"],
    [{ "if-match": '"x"', "if-none-match": '"abc"' }, "failed"],
    [{ "if-match": '"abc"', "if-none-match": '"abc"' }, "not-modified"],
    [{ "if-unmodified-since": before, "if-none-match": '"abc"' }, "failed"],
  ])("%j makes %s", (headers, expected) => {
    expect(evaluatePreconditions(new Headers(headers), validators)).toBe(expected);
  });

  test.each(["2999-01-01", "2999", "1", "Nov 20 2999", "Fri, 20 Nov 2999 10:00:00 +0000", "Fri, 20 Nov 2999 10:00:00"])(
    "%j is no HTTP date (RFC 9110 §5.6.7), so a condition with it is ignored",
    (date) => {
      expect(evaluatePreconditions(new Headers({ "if-modified-since": date }), validators)).toBe("proceed");
    },
  );

  test("never throws, whatever the headers say", () => {
    const names = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];
    const value = fc.oneof(
      fc.stringMatching(/^[ -~]{0,30}$/),
      fc.constantFrom(etag, `W/${etag}`, "*", exactly, before, after, '"', 'W/"', ',,"abc",'),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (headers) => {
        expect(["proceed", "not-modified", "failed"]).toContain(
          evaluatePreconditions(new Headers(headers), validators),
        );
      }),
    );
  });
});

describe("rangeApplies", () => {
  test.each<[string | null, boolean]>([
    [null, true],
    [etag, true],
    [` ${etag} `, true],
    ['"x"', false],
    [`W/${etag}`, false],
    [`${etag}, "x"`, false],
    [exactly, true],
    [before, false],
    // Not "since": the date must be the very one (RFC 9110 §13.1.5).
    [after, false],
    ["2026-11-20T10:00:00Z", false],
    ["", false],
    ["*", false],
  ])("If-Range %j → %s", (header, expected) => {
    expect(rangeApplies(header, validators)).toBe(expected);
  });
});
