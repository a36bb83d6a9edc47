import { expect, test } from "vitest";
import type { Stage } from "../../../src/api/task-state.ts";
import { compareListing } from "../../../src/tasks/object/listing-audit.ts";

const record = (revision: number, listedRevision: number, stage: Stage = "rendering") => ({
  ...{ revision, listedRevision, listedAt: 1_000, stage },
});

test.each([
  ["shows the task as it is", record(5, 5), { stage: "rendering", revision: 5 }, 2_000, "agrees"],
  ["is behind by writes that are still to come", record(7, 5), { stage: "planning", revision: 5 }, 2_000, "agrees"],
  ["was asked before the last write was confirmed", record(7, 7), { stage: "planning", revision: 5 }, 1_000, "agrees"],
  ["has nothing of a task that is yet to be listed", record(1, 0), null, 2_000, "agrees"],
  ["lost a write", record(7, 7), { stage: "planning", revision: 5 }, 2_000, "behind"],
  ["lost the row", record(7, 7), null, 2_000, "behind"],
  ["shows a revision that never was", record(7, 7), { stage: "rendering", revision: 9 }, 2_000, "contradicts"],
  ["shows another stage", record(7, 7), { stage: "succeeded", revision: 7 }, 2_000, "contradicts"],
] as const)("a D1 that %s", (_, task, row, readAt, found) => {
  expect(compareListing(task, { row, readAt })).toBe(found);
});
