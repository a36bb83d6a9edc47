import fc from "fast-check";
import { expect, test } from "vitest";
import {
  canMove,
  decideRetry,
  HEARTBEAT,
  isFinal,
  MAX_RUNS,
  MAX_SENDS,
  progressOf,
  RUN_LEASE,
  type Stage,
  sendLease,
  stages,
  stateCode,
} from "../../src/tasks/state.ts";

const stage = fc.constantFrom(...stages);

test.each<[Stage, 4 | 1 | -1]>([
  ["queued", 4],
  ["planning", 4],
  ["rendering", 4],
  ["assembling", 4],
  ["succeeded", 1],
  ["failed", -1],
])("the state of a task that is %s is %d", (name, code) => {
  expect(stateCode(name)).toBe(code);
  expect(isFinal(name)).toBe(code !== 4);
});

test("nothing moves out of a final stage, and nothing moves back or stays", () => {
  fc.assert(
    fc.property(stage, stage, (from, to) => {
      if (isFinal(from)) expect(canMove(from, to)).toBe(false);
      else expect(canMove(from, to)).toBe(to === "failed" || stages.indexOf(to) > stages.indexOf(from));
      expect(canMove(from, from)).toBe(false);
    }),
  );
});

test("every walk of moves ends, and only in a final stage", () => {
  fc.assert(
    fc.property(fc.array(stage, { maxLength: 30 }), (wanted) => {
      let at: Stage = "queued";
      let moves = 0;
      for (const next of wanted) {
        if (!canMove(at, next)) continue;
        at = next;
        moves++;
      }
      expect(moves).toBeLessThan(stages.length);
      if (!isFinal(at)) expect(canMove(at, "failed")).toBe(true);
    }),
  );
});

test("progress never goes back, is 100 only for success, and at most 99 before", () => {
  const work = fc
    .tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([total, share]) => ({ total, finished: total * share }));
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
])("%d of %d of the work makes %d per cent", (finished, total, expected) => {
  expect(progressOf("rendering", { finished, total }, 0)).toBe(expected);
});

test("a run that cannot succeed is not tried again, one that may is tried a bounded number of times", () => {
  const failure = (retryable: boolean) => ({ code: "x", message: "y", retryable });
  expect(decideRetry(failure(false), 1, 0)).toEqual({ retry: false });
  const delays = [];
  for (let runs = 1; runs <= 100; runs++) {
    const decision = decideRetry(failure(true), runs, 0);
    if (!decision.retry) break;
    delays.push(decision.delaySeconds);
  }
  expect(delays).toEqual([1, 2, 4, 8]);
  expect(delays).toHaveLength(MAX_RUNS - 1);
});

test("jitter adds at most half of the delay", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MAX_RUNS - 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (runs, jitter) => {
        const decision = decideRetry({ code: "x", message: "y", retryable: true }, runs, jitter);
        const least = 2 ** (runs - 1);
        expect(
          decision.retry && decision.delaySeconds >= least && decision.delaySeconds <= Math.ceil(least * 1.5),
        ).toBe(true);
      },
    ),
  );
});

test("a message is sent again at growing intervals, over two hours in all", () => {
  const leases = Array.from({ length: MAX_SENDS }, (_, index) => sendLease(index + 1));
  expect(leases.toSorted((a, b) => a - b)).toEqual(leases);
  expect(leases[0]).toBe(30_000);
  expect(leases.at(-1)).toBe(600_000);
  const total = leases.reduce((sum, lease) => sum + lease, 0);
  expect(total).toBeGreaterThanOrEqual(2 * 3600_000);
  expect(total).toBeLessThan(3 * 3600_000);
});

test("a consumer at work renews its lease several times before it ends", () => {
  expect(RUN_LEASE / HEARTBEAT).toBeGreaterThan(3);
});
