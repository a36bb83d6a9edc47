import fc from "fast-check";
import { expect, test } from "vitest";
import { readConfig } from "../../../src/config/config.ts";
import {
  ATTEMPT_TIMEOUT_MS,
  beginAttempt,
  concludeAttempt,
  type Delivery,
  newDelivery,
  type Outcome,
  replayed,
} from "../../../src/webhooks/delivery.ts";

const DELAYS = readConfig({}).WEBHOOK_RETRY_SECONDS;
const HOUR = 3600_000;
const answered = (status: number, retryAfter: string | null = null): Outcome => ({
  kind: "answered",
  status,
  retryAfter,
});
const begin = (now: number) => beginAttempt(newDelivery("msg_1", "task.started", now, false), now);

/** Runs a delivery to its end, each attempt at its due time. Returns the delivery and the times of the attempts. */
function deliver(outcomes: (attempt: number) => Outcome, jitter: number): { delivery: Delivery; times: number[] } {
  let delivery = newDelivery("msg_1", "task.succeeded", 0, false);
  const times: number[] = [];
  while (delivery.nextAttemptAt !== null) {
    const now = delivery.nextAttemptAt;
    times.push(now);
    delivery = concludeAttempt(beginAttempt(delivery, now), outcomes(times.length), now, DELAYS, jitter);
  }
  return { delivery, times };
}

test("a delivery that always fails is retried on the specification's schedule for more than a day", () => {
  const { delivery, times } = deliver(() => answered(500), 0);
  expect(delivery).toMatchObject({ state: "failed", attempts: 8, lastStatus: 500, nextAttemptAt: null });
  expect(times.map((time) => time / 1000)).toEqual([0, 5, 305, 2105, 9305, 27_305, 63_305, 113_705]);
});

test("jitter delays each retry of a delivery by up to a fifth", () => {
  const { times } = deliver(() => answered(500), 1);
  expect(times.at(1)).toBe(6_000);
  expect(times.at(-1)).toBe(113_705 * 1200);
});

test.each([200, 201, 204, 299])("a delivery ends when the receiver answers %i", (status) => {
  const { delivery, times } = deliver((attempt) => answered(attempt < 3 ? 503 : status), 0);
  expect(delivery).toMatchObject({
    ...{ state: "delivered", attempts: 3, lastStatus: status, lastError: null },
    deliveredAt: times.at(-1),
  });
});

test.each([
  [answered(301), "redirects are not followed"],
  [answered(404), "answered 404"],
  [{ kind: "unanswered" as const, reason: "no answer within 15 s" }, "no answer within 15 s"],
])("a delivery is retried after the outcome %j and records the reason", (outcome, reason) => {
  const delivery = concludeAttempt(begin(0), outcome, 0, DELAYS, 0);
  expect(delivery).toMatchObject({ state: "pending", nextAttemptAt: 5_000 });
  expect(delivery.lastError).toContain(reason);
});

test("a receiver that answers 410 Gone gets no retries and no later deliveries", () => {
  expect(deliver(() => answered(410), 0)).toMatchObject({ delivery: { state: "stopped", attempts: 1 } });
  expect(newDelivery("msg_2", "task.failed", 0, true)).toMatchObject({ state: "stopped", nextAttemptAt: null });
});

test.each<[string | null, number]>([
  ["60", 60_000],
  ["2", 5_000],
  ["0", 5_000],
  ["999999999", 6 * HOUR],
  ["Thu, 01 Jan 1970 00:02:00 GMT", 120_000],
  ["Thu, 01 Jan 2099 00:00:00 GMT", 6 * HOUR],
  ["soon", 5_000],
  ["-5", 5_000],
  [null, 5_000],
])("a delivery with Retry-After %j waits %i ms before its retry", (value, wait) => {
  expect(concludeAttempt(begin(0), answered(429, value), 0, DELAYS, 0).nextAttemptAt).toBe(wait);
});

test("an attempt without a known outcome is retried after its timeout, a limited number of times", () => {
  const begun = begin(1_000);
  expect(begun).toMatchObject({ state: "pending", attempts: 1, nextAttemptAt: 1_000 + 2 * ATTEMPT_TIMEOUT_MS });
  let delivery = begun;
  for (let times = 0; times < DELAYS.length; times++) delivery = beginAttempt(delivery, 0);
  expect(concludeAttempt(delivery, { kind: "unanswered", reason: "cut off" }, 0, DELAYS, 0).state).toBe("failed");
});

test("a replayed delivery keeps its id and gets its full number of tries again", () => {
  const { delivery } = deliver(() => answered(500), 0);
  const again = replayed(delivery, HOUR);
  expect(again).toMatchObject({ id: delivery.id, state: "pending", attempts: 8, tries: 0, nextAttemptAt: HOUR });
});

test("a delivery always ends after a limited number of attempts, whose times only increase", () => {
  const outcome = fc.oneof(
    fc.record({
      kind: fc.constant("answered" as const),
      status: fc.integer({ min: 200, max: 599 }),
      retryAfter: fc.option(fc.oneof(fc.nat().map(String), fc.string())),
    }),
    fc.record({ kind: fc.constant("unanswered" as const), reason: fc.string({ maxLength: 1000 }) }),
  );
  fc.assert(
    fc.property(
      fc.array(outcome, { minLength: DELAYS.length + 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (list, jitter) => {
        const { delivery, times } = deliver((attempt) => list[attempt - 1] ?? answered(500), jitter);
        expect(delivery.state).not.toBe("pending");
        expect(delivery.attempts).toBe(times.length);
        expect(times.length).toBeLessThanOrEqual(DELAYS.length + 1);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times.at(-1)).toBeLessThanOrEqual(7 * 24 * HOUR);
        expect((delivery.lastError ?? "").length).toBeLessThanOrEqual(300);
        expect(delivery.lastError === null).toBe(delivery.state === "delivered");
      },
    ),
  );
});
