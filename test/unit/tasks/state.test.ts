import fc from "fast-check";
import { expect, test } from "vitest";
import { CodedError, type Rerun } from "../../../src/api/errors.ts";
import { canRetry, isFinal, type Stage, stages, stateCode } from "../../../src/api/task-state.ts";
import {
  decideRetry,
  fateOf,
  HEARTBEAT_MS,
  MAX_SENDS,
  maxSetbacks,
  noSetbacks,
  RUN_LEASE_MS,
  runFailureOf,
  sendLease,
  setbackOf,
  waitLease,
} from "../../../src/tasks/retry.ts";
import { canMove, etaSeconds, progressOf, stageAfterRetry } from "../../../src/tasks/state.ts";

const stage = fc.constantFrom(...stages);
const MOST = maxSetbacks(7);

test.each<[Stage, 4 | 1 | -1]>([
  ["queued", 4],
  ["planning", 4],
  ["rendering", 4],
  ["assembling", 4],
  ["succeeded", 1],
  ["failed", -1],
  ["cancelled", -1],
])("the stage %s has MoneyPrinterTurbo's state code %d", (name, code) => {
  expect(stateCode(name)).toBe(code);
  expect(isFinal(name)).toBe(code !== 4);
});

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

test("a failure is retryable unless the same work would fail again", () => {
  const retryable = (error: unknown) => runFailureOf(error).retryable;
  expect(retryable(new CodedError("timeout", "slow"))).toBe(true);
  expect(retryable(new CodedError("renderer_busy", "full"))).toBe(true);
  expect(retryable(new CodedError("ffmpeg_failed", "bad"))).toBe(false);
  expect(retryable(new CodedError("renderer_limit", "large"))).toBe(false);
  expect(retryable(new CodedError("renderer_unavailable", "gone", { rerun: "never" }))).toBe(true);
  expect(retryable(new CodedError("input_unreachable", "404", { rerun: "never", retryable: false }))).toBe(false);
  expect(retryable(new TypeError("a fault of ours"))).toBe(true);
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
])("finishing %d of %d units of work gives a progress of %d per cent", (finished, total, expected) => {
  expect(progressOf("rendering", { finished, total }, 0)).toBe(expected);
});

test("a failure that another run cannot fix is not retried", () => {
  expect(setbackOf({ rerun: "never" })).toBeNull();
  expect(decideRetry(null, noSetbacks, MOST, 0)).toEqual({ retry: false });
});

test.each([
  ["soon", [1, 2, 4, 8, 16, 32, 60]],
  ["renderer_away", [1, 2, 4, 8, 16, 32]],
] as const)(
  "a failure with the rerun policy %s is retried a limited number of times, with growing delays",
  (rerun, expected) => {
    expect(delaysOf(rerun)).toEqual(expected);
  },
);

test("a renderer without a free slot is asked again for two to three hours", () => {
  const delays = delaysOf("renderer_full");
  expect(Math.max(...delays)).toBe(30);
  const total = delays.reduce((sum, delay) => sum + delay, 0);
  expect(total).toBeGreaterThanOrEqual(2 * 3600);
  expect(total).toBeLessThan(3 * 3600);
});

test("setbacks of one kind do not use up the retries of another kind", () => {
  const setbacks = { faults: 1, unreachable: MOST.unreachable - 1, busy: MOST.busy - 1 };
  expect(decideRetry("faults", setbacks, MOST, 0)).toEqual({ retry: true, delaySeconds: 1 });
});

test("jitter adds at most half of the retry delay", () => {
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

/** The delays before each retry, in seconds, until the job is given up. */
function delaysOf(rerun: Rerun): number[] {
  const setback = setbackOf({ rerun });
  if (!setback) return [];
  const delays: number[] = [];
  for (let count = 1; count <= MOST[setback] + 1; count++) {
    const decision = decideRetry(setback, { ...noSetbacks, [setback]: count }, MOST, 0);
    if (!decision.retry) return delays;
    delays.push(decision.delaySeconds);
  }
  throw new Error("it is tried again without end");
}

test("a job's message is sent again at growing intervals for two to three hours", () => {
  const leases = Array.from({ length: MAX_SENDS }, (_, index) => sendLease(index + 1));
  expect(leases.toSorted((a, b) => a - b)).toEqual(leases);
  expect(leases[0]).toBe(10_000);
  expect(leases.at(-1)).toBe(600_000);
  const total = leases.reduce((sum, lease) => sum + lease, 0);
  expect(total).toBeGreaterThanOrEqual(2 * 3600_000);
  expect(total).toBeLessThan(3 * 3600_000);
});

test.each([
  ["behind older messages counts as waiting at the first look", 1_000, null, 500, "waits"],
  ["at the head of a queue counts as waiting if the queue's clock is slightly ahead", 1_000, null, 5_900, "waits"],
  ["in a queue that moves on counts as waiting", 1_000, 500, 501, "waits"],
  ["in a queue that does not move counts as standing", 1_000, 500, 500, "stands"],
  ["in a queue to which an older message returned counts as standing", 1_000, 500, 400, "stands"],
  ["counts as lost if the queue has only newer messages", 1_000, 500, 6_001, "lost"],
  ["counts as lost if the queue is empty", 1_000, 500, null, "lost"],
] as const)("a job's message %s", (_, sentAt, before, head, fate) => {
  expect(fateOf({ sentAt, head: before }, head)).toBe(fate);
});

test("a waiting message is looked for at growing intervals of at most ten minutes", () => {
  let now = 0;
  const looks: number[] = [];
  while (now < 2 * 3600_000) {
    const lease = waitLease({ sentAt: 0, head: null }, now);
    looks.push(lease);
    now += lease;
  }
  expect(looks.slice(0, 5)).toEqual([30_000, 30_000, 60_000, 120_000, 240_000]);
  expect(Math.max(...looks)).toBe(600_000);
  expect(looks.length).toBeLessThan(20);
});

test("a consumer renews its lease at least three times before the lease expires", () => {
  expect(RUN_LEASE_MS / HEARTBEAT_MS).toBeGreaterThan(3);
});
