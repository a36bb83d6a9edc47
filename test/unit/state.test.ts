import fc from "fast-check";
import { expect, test } from "vitest";
import {
  canMove,
  decideRetry,
  HEARTBEAT,
  isFinal,
  MAX_SENDS,
  mostSetbacks,
  noSetbacks,
  progressOf,
  RUN_LEASE,
  type RunFailure,
  type Stage,
  sendLease,
  setbackOf,
  stages,
  stateCode,
} from "../../src/tasks/state.ts";

const stage = fc.constantFrom(...stages);
const MOST = mostSetbacks(7);

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

test("nothing moves out of a final stage, and nothing moves back but to be planned anew", () => {
  fc.assert(
    fc.property(stage, stage, (from, to) => {
      const forwards = stages.indexOf(to) > stages.indexOf(from);
      const anew = to === "planning" && from !== "planning";
      expect(canMove(from, to)).toBe(!isFinal(from) && (to === "failed" || forwards || anew));
    }),
  );
});

test("whatever moves were made before, a task can still fail unless it has ended", () => {
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

test("a failure that another run cannot mend is not tried again", () => {
  expect(setbackOf({ kind: "fatal" })).toBeNull();
  expect(decideRetry(null, noSetbacks, MOST, 0)).toEqual({ retry: false });
});

test.each([
  ["fault", [1, 2, 4, 8]],
  ["unreachable", [1, 2, 4, 8, 16, 32]],
] as const)("a %s is tried again after growing delays, a bounded number of times", (kind, expected) => {
  expect(delaysOf(kind)).toEqual(expected);
});

test("a renderer without room is asked again for about two hours", () => {
  const delays = delaysOf("busy");
  expect(Math.max(...delays)).toBe(30);
  const total = delays.reduce((sum, delay) => sum + delay, 0);
  expect(total).toBeGreaterThanOrEqual(2 * 3600);
  expect(total).toBeLessThan(3 * 3600);
});

test("one kind of setback does not use up the tries of another", () => {
  const setbacks = { faults: 1, unreachable: MOST.unreachable - 1, busy: MOST.busy - 1 };
  expect(decideRetry("faults", setbacks, MOST, 0)).toEqual({ retry: true, delaySeconds: 1 });
});

test("jitter adds at most half of the delay", () => {
  const setback = fc.constantFrom("faults", "unreachable", "busy");
  fc.assert(
    fc.property(
      setback,
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (what, count, jitter) => {
        const decision = decideRetry(what, { ...noSetbacks, [what]: count }, MOST, jitter);
        const least = 2 ** (count - 1);
        expect(
          decision.retry && decision.delaySeconds >= least && decision.delaySeconds <= Math.ceil(least * 1.5),
        ).toBe(true);
      },
    ),
  );
});

/** The delays before each run that follows a failure of a kind, until it is given up. */
function delaysOf(kind: RunFailure["kind"]): number[] {
  const setback = setbackOf({ kind });
  if (!setback) return [];
  const delays: number[] = [];
  for (let count = 1; count <= MOST[setback] + 1; count++) {
    const decision = decideRetry(setback, { ...noSetbacks, [setback]: count }, MOST, 0);
    if (!decision.retry) return delays;
    delays.push(decision.delaySeconds);
  }
  throw new Error("it is tried again without end");
}

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
