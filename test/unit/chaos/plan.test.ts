import fc from "fast-check";
import { expect, test } from "vitest";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { LONG_RUN, makePlan, SHORT_RUN, WASM_RUN } from "../../chaos/plan.ts";

test("a seed always gives the same chaos plan, and different seeds give different plans", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(makePlan(a, SHORT_RUN)).toEqual(makePlan(a, SHORT_RUN));
      if (a !== b) expect(makePlan(a, SHORT_RUN)).not.toEqual(makePlan(b, SHORT_RUN));
    }),
    { numRuns: 20 },
  );
});

test.each([
  ["short", SHORT_RUN],
  ["long", LONG_RUN],
  ["ffmpeg.wasm", WASM_RUN],
])(
  "the %s chaos plan has every kind of fault in the planned number, and valid requests with unique keys",
  (_, size) => {
    const { kills, faults, tasks, uploads } = makePlan("any", size);
    const counts = Object.values(Object.groupBy(faults, ({ fault }) => fault.kind)).map((each) => each?.length);
    expect(kills).toHaveLength(size.kills);
    expect(new Set(faults.map(({ fault }) => fault.kind)).size).toBe(11);
    expect(Math.min(...counts.map(Number))).toBe(size.rounds);
    expect(new Set(tasks.map(({ key }) => key)).size).toBe(size.tasks);
    for (const { request } of tasks) videoRequestSchema.parse(request);
    expect(uploads).toHaveLength(size.uploads);
    expect(tasks.filter(({ expectedFailure }) => expectedFailure !== null).length).toBeGreaterThan(0);
    for (const { atSeconds } of [...faults, ...tasks, ...uploads]) expect(atSeconds).toBeLessThan(size.seconds);
  },
);
