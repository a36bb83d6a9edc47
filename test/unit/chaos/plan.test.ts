import fc from "fast-check";
import { expect, test } from "vitest";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { LONG, makePlan, SHORT, WASM } from "../../chaos/plan.ts";

test("a seed always gives the same chaos plan, and different seeds give different plans", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(makePlan(a, SHORT)).toEqual(makePlan(a, SHORT));
      if (a !== b) expect(makePlan(a, SHORT)).not.toEqual(makePlan(b, SHORT));
    }),
    { numRuns: 20 },
  );
});

test.each([
  ["short", SHORT],
  ["long", LONG],
  ["ffmpeg.wasm", WASM],
])(
  "the %s chaos plan has every kind of fault in the planned number, and valid requests with unique keys",
  (_, size) => {
    const { kills, faults, tasks, uploads } = makePlan("any", size);
    const counts = Object.values(Object.groupBy(faults, ({ fault }) => fault.kind)).map((each) => each?.length);
    expect(kills).toHaveLength(size.kills);
    expect(new Set(faults.map(({ fault }) => fault.kind)).size).toBe(10);
    expect(Math.min(...counts.map(Number))).toBe(size.rounds);
    expect(new Set(tasks.map(({ key }) => key)).size).toBe(size.tasks);
    for (const { request } of tasks) videoRequestSchema.parse(request);
    expect(uploads).toHaveLength(size.uploads);
    expect(tasks.filter(({ expectedFailure }) => expectedFailure !== null).length).toBeGreaterThan(0);
    for (const { atSeconds } of [...faults, ...tasks, ...uploads]) expect(atSeconds).toBeLessThan(size.seconds);
  },
);
