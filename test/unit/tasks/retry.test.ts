import fc from "fast-check";
import { expect, test } from "vitest";
import { CodedError, type Rerun } from "../../../src/api/errors.ts";
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

const MAX_SETBACKS = maxSetbacks({ RENDERER_TRIES: 7, PROVIDER_TRIES: 8 });

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

test("a failure that another run cannot fix is not retried", () => {
  expect(setbackOf({ rerun: "never" })).toBeNull();
  expect(decideRetry(null, noSetbacks, MAX_SETBACKS, 0)).toEqual({ retry: false });
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
  const setbacks = { faults: 1, unreachable: MAX_SETBACKS.unreachable - 1, busy: MAX_SETBACKS.busy - 1 };
  expect(decideRetry("faults", setbacks, MAX_SETBACKS, 0)).toEqual({ retry: true, delaySeconds: 1 });
});

test("jitter adds at most half of the retry delay", () => {
  const setback = fc.constantFrom("faults", "unreachable", "busy");
  fc.assert(
    fc.property(
      setback,
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (what, count, jitter) => {
        const decision = decideRetry(what, { ...noSetbacks, [what]: count }, MAX_SETBACKS, jitter);
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
  for (let count = 1; count <= MAX_SETBACKS[setback] + 1; count++) {
    const decision = decideRetry(setback, { ...noSetbacks, [setback]: count }, MAX_SETBACKS, 0);
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
