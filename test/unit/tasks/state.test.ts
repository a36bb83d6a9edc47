import fc from "fast-check";
import { expect, test } from "vitest";
import { canRetry, isFinal, type Stage, stages } from "../../../src/api/task-state.ts";
import { canMove, etaSeconds, progressOf, stageAfterRetry } from "../../../src/tasks/state.ts";

const stage = fc.constantFrom(...stages);
test("a task never leaves a final stage and moves back only to planning", () => {
  fc.assert(
    fc.property(stage, stage, (from, to) => {
      const forwards = stages.indexOf(to) > stages.indexOf(from);
      const anew = to === "planning" && from !== "planning";
      expect(canMove(from, to)).toBe(!isFinal(from) && (to === "failed" || to === "cancelled" || forwards || anew));
    }),
  );
});

test("only a failed or cancelled task can be retried, and it resumes where its plan stopped", () => {
  expect(stages.filter(canRetry)).toEqual(["failed", "cancelled"]);
  expect(stageAfterRetry(null)).toBe("queued");
  expect(stageAfterRetry({ rendersLeft: 1 })).toBe("rendering");
  expect(stageAfterRetry({ rendersLeft: 0 })).toBe("assembling");
});

test("the remaining time is estimated from the pace since the work started or resumed", () => {
  const pace = { since: 10_000, before: 0, finished: 25, total: 100 };
  expect(etaSeconds(pace, 20_000)).toBe(30);
  expect(etaSeconds({ ...pace, before: 20 }, 20_000)).toBe(150);
  expect(etaSeconds({ ...pace, finished: 100 }, 20_000)).toBe(0);
  // The estimate grows while no job finishes. It is not negative if the clock was set back.
  expect(etaSeconds(pace, 30_000)).toBe(60);
  expect(etaSeconds(pace, 0)).toBe(0);
});

test("the remaining time is null until a job has finished since the work started or resumed", () => {
  expect(etaSeconds({ since: 0, before: 0, finished: 0, total: 100 }, 60_000)).toBeNull();
  expect(etaSeconds({ since: 0, before: 40, finished: 40, total: 100 }, 60_000)).toBeNull();
});

test("a task can fail after any sequence of moves, unless it has ended", () => {
  fc.assert(
    fc.property(fc.array(stage, { maxLength: 30 }), (wanted) => {
      let at: Stage = "queued";
      for (const next of wanted) {
        const ended: boolean = isFinal(at);
        if (canMove(at, next)) {
          expect(ended).toBe(false);
          at = next;
        }
      }
      expect(canMove(at, "failed")).toBe(!isFinal(at));
    }),
  );
});

test("the progress of a task never goes back and is 100 only after success", () => {
  const work = fc
    .tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([total, share]) => ({ total, finished: total * share, authoring: 10 * share, authored: 10 * share * share }));
  fc.assert(
    fc.property(fc.array(fc.record({ stage, work }), { maxLength: 30 }), (steps) => {
      let before = 0;
      for (const { stage: now, work: done } of steps) {
        const progress = progressOf(now, done, before);
        expect(Number.isInteger(progress)).toBe(true);
        expect(progress).toBeGreaterThanOrEqual(before);
        expect(progress === 100).toBe(now === "succeeded");
        if (now === "succeeded") return;
        before = progress;
      }
    }),
  );
});

test.each([
  [0, 0, 0],
  [0, 10, 1],
  [5, 10, 50],
  [10, 10, 99],
])("finishing %d of %d units of work gives a progress of %d per cent", (finished, total, expected) => {
  expect(progressOf("rendering", { finished, total, authoring: 0, authored: 0 }, 0)).toBe(expected);
});

test.each([
  [0, 0, 0],
  [3, 0, 6],
  [10, 0, 20],
  [10, 50, 59],
  [10, 100, 99],
])(
  "with %d of 10 units authored and %d of 100 rendered, the progress is %d per cent",
  (authored, finished, expected) => {
    const total = authored === 10 && finished > 0 ? 100 : 0;
    expect(progressOf("gathering", { finished, total, authoring: 10, authored }, 0)).toBe(expected);
  },
);
