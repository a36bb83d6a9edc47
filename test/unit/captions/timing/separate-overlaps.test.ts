import fc from "fast-check";
import { expect, test } from "vitest";
import { separateOverlaps } from "../../../../src/captions/timing/separate-overlaps.ts";

const at = (start: number, end: number, text: string) => ({ start, end, text });

test.each([
  ["one after the other", [at(0, 1, "a"), at(1, 2, "b")], [at(0, 1, "a"), at(1, 2, "b")]],
  ["for a long time", [at(0, 3, "a"), at(1, 2, "b")], [at(0, 1, "a"), at(1, 2, "a\nb"), at(2, 3, "a")]],
  ["for too short a time to read", [at(0, 1.2, "a"), at(1, 2, "b")], [at(0, 1, "a"), at(1, 2, "b")]],
  ["with an end too short to read", [at(0, 2.1, "a"), at(1, 2, "b")], [at(0, 1, "a"), at(1, 2, "a\nb")]],
  ["with the same text", [at(0, 2, "a"), at(1, 3, "a")], [at(0, 1, "a"), at(1, 3, "a")]],
  ["at the same time", [at(0, 2, "a"), at(0, 2, "b")], [at(0, 2, "a\nb")]],
])("subtitles that are shown %s are separated", (_, subtitles, separate) => {
  expect(separateOverlaps(subtitles)).toEqual(separate);
});

test("separated subtitles never overlap, and up to six at once are all shown", () => {
  const subtitle = fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 1, max: 10 }));
  fc.assert(
    fc.property(fc.array(subtitle, { maxLength: 6 }), (given) => {
      const subtitles = given
        .map(([start, length], index) => at(start, start + length, `${index}`))
        .sort((a, b) => a.start - b.start);
      const separate = separateOverlaps(subtitles);
      for (const [index, { start, end }] of separate.entries()) {
        expect(end).toBeGreaterThan(start);
        expect(start).toBeGreaterThanOrEqual(separate[index - 1]?.end ?? 0);
      }
      const shown = new Set(separate.flatMap(({ text }) => text.split("\n")));
      expect(shown).toEqual(new Set(subtitles.map(({ text }) => text)));
    }),
  );
});
