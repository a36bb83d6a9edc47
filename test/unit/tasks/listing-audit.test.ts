import { expect, test } from "vitest";
import type { Stage } from "../../../src/api/task-state.ts";
import { compareListing } from "../../../src/tasks/object/listing-audit.ts";

const record = (revision: number, listedRevision: number, stage: Stage = "rendering") => ({
  ...{ revision, listedRevision, listedAt: 1_000, stage },
});

test.each([
  [
    "that shows the current revision agrees with the task",
    record(5, 5),
    { stage: "rendering", revision: 5 },
    2_000,
    "agrees",
  ],
  [
    "that lacks only unsent writes agrees with the task",
    record(7, 5),
    { stage: "planning", revision: 5 },
    2_000,
    "agrees",
  ],
  [
    "that was read before the last write was confirmed agrees with the task",
    record(7, 7),
    { stage: "planning", revision: 5 },
    1_000,
    "agrees",
  ],
  ["without a task that was never listed agrees with the task", record(1, 0), null, 2_000, "agrees"],
  ["that lost a write is behind the task", record(7, 7), { stage: "planning", revision: 5 }, 2_000, "behind"],
  ["that lost the row is behind the task", record(7, 7), null, 2_000, "behind"],
  [
    "with a revision that never existed contradicts the task",
    record(7, 7),
    { stage: "rendering", revision: 9 },
    2_000,
    "contradicts",
  ],
  ["with another stage contradicts the task", record(7, 7), { stage: "succeeded", revision: 7 }, 2_000, "contradicts"],
] as const)("a D1 listing %s", (_, task, row, readAt, found) => {
  expect(compareListing(task, { row, readAt })).toBe(found);
});
