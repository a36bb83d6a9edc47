import fc from "fast-check";
import { expect, test } from "vitest";
import {
  canMove,
  decideRetry,
  HEARTBEAT,
  isFinal,
  MAX_SENDS,
  MOST_SETBACKS,
  noSetbacks,
  progressOf,
  RUN_LEASE,
  type Stage,
  sendLease,
  setbackOf,
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

test("nothing moves out of a final stage, and back only to planning", () => {
  fc.assert(
    fc.property(stage, stage, (from, to) => {
      if (isFinal(from) || from === to) expect(canMove(from, to)).toBe(false);
      else {
        const forwards = stages.indexOf(to) > stages.indexOf(from);
        expect(canMove(from, to)).toBe(to === "failed" || to === "planning" || forwards);
      }
    }),
  );
});

test("from every stage that is not final a task can fail", () => {
  for (const from of stages) expect(canMove(from, "failed")).toBe(!isFinal(from));
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

test.each([
  ["fatal", null],
  ["fault", "faults"],
  ["unreachable", "unreachable"],
  ["busy", "busy"],
] as const)("a failure that is %s counts as %s", (kind, setback) => {
  expect(setbackOf({ kind })).toBe(setback);
});

test("a run that cannot succeed is not tried again", () => {
  expect(decideRetry(null, noSetbacks, 0)).toEqual({ retry: false });
});

test.each(["faults", "unreachable", "busy"] as const)(
  "after setbacks that are %s a job is tried a bounded number of times",
  (setback) => {
    const delays: number[] = [];
    for (let count = 1; ; count++) {
      const decision = decideRetry(setback, { ...noSetbacks, [setback]: count }, 0);
      if (!decision.retry) break;
      delays.push(decision.delaySeconds);
    }
    expect(delays).toHaveLength(MOST_SETBACKS[setback] - 1);
    expect(delays.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(delays.toSorted((a, b) => a - b)).toEqual(delays);
    expect(Math.max(...delays)).toBeLessThanOrEqual(60);
  },
);

test("jitter adds at most half of the delay", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.double({ min: 0, max: 1, noNaN: true }), (faults, jitter) => {
      const decision = decideRetry("faults", { ...noSetbacks, faults }, jitter);
      const least = 2 ** (faults - 1);
      const delay = decision.retry ? decision.delaySeconds : 0;
      expect(delay).toBeGreaterThanOrEqual(least);
      expect(delay).toBeLessThanOrEqual(Math.ceil(least * 1.5));
    }),
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
