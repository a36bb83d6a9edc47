import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addCount,
  readSeriesKey,
  type StoredCounter,
  seriesKey,
  storedCounters,
} from "../../../src/metrics/definitions.ts";

test("a series key is parsed back to its counter and labels", () => {
  for (const counter of Object.keys(storedCounters) as StoredCounter[]) {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 2 }), (values) => {
        const given = Object.fromEntries(
          storedCounters[counter].labels.map((label, index) => [label, values[index] ?? ""]),
        );
        const key = seriesKey(counter, given as never);
        const labels = Object.fromEntries(
          Object.entries(given).map(([label, value]) => [label, value.replaceAll(":", "_")]),
        );
        expect(readSeriesKey(key)).toEqual({ name: counter, labels });
      }),
      { numRuns: 50 },
    );
  }
});

test("a series key that no counter of this version has is ignored", () => {
  for (const key of ["", "unknown", "tasks_created:more", "tasks_failed", "constructor", "__proto__"])
    expect(readSeriesKey(key)).toBeNull();
});

test("adding to a counter changes only the series with its labels", () => {
  const once = addCount({}, "tasks_failed", { code: "timeout" });
  const more = addCount(addCount(once, "tasks_failed", { code: "timeout" }, 2), "tasks_created", {});
  expect(once).toEqual({ "tasks_failed:timeout": 1 });
  expect(more).toEqual({ "tasks_failed:timeout": 3, tasks_created: 1 });
});
