import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { isFinal, stages } from "../../src/api/task-state.ts";
import { readConfig } from "../../src/config/config.ts";
import { isWebhookSecret } from "../../src/config/webhook-secret.ts";
import {
  ATTEMPT_TIMEOUT,
  beginAttempt,
  concludeAttempt,
  type Delivery,
  newDelivery,
  type Outcome,
  replayed,
} from "../../src/webhooks/delivery.ts";
import { webhookTypeOf } from "../../src/webhooks/events.ts";
import { signedHeaders } from "../../src/webhooks/send.ts";

const DELAYS = readConfig({}).WEBHOOK_RETRY_SECONDS;
const HOUR = 3600_000;
const answered = (status: number, retryAfter: string | null = null): Outcome => ({
  kind: "answered",
  status,
  retryAfter,
});
const begin = (now: number) => beginAttempt(newDelivery("msg_1", "task.started", now, false), now);

/** Attempts until it is over, each right when it is due, and when each was made. */
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

describe("an event", () => {
  test("is told of each start of the work and of each end, and of nothing else", () => {
    for (const from of stages) {
      for (const to of stages) {
        const type = webhookTypeOf(from, to);
        if (from === to || to === "queued") expect(type).toBeNull();
        else if (isFinal(to)) expect(type).toBe(`task.${to}`);
        else expect(type).toBe(from === "queued" || isFinal(from) ? "task.started" : null);
      }
    }
  });
});

describe("a delivery", () => {
  test("that is never taken is tried at the times of the specification's schedule, over more than a day", () => {
    const { delivery, times } = deliver(() => answered(500), 0);
    expect(delivery).toMatchObject({ state: "failed", attempts: 8, lastStatus: 500, nextAttemptAt: null });
    expect(times.map((time) => time / 1000)).toEqual([0, 5, 305, 2105, 9305, 27_305, 63_305, 113_705]);
  });

  test("waits up to a fifth longer, so that many do not come at once", () => {
    const { times } = deliver(() => answered(500), 1);
    expect(times.at(1)).toBe(6_000);
    expect(times.at(-1)).toBe(113_705 * 1200);
  });

  test.each([200, 201, 204, 299])("is over when it is answered with %i", (status) => {
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
  ])("is tried again after %j, and says why", (outcome, reason) => {
    const delivery = concludeAttempt(begin(0), outcome, 0, DELAYS, 0);
    expect(delivery).toMatchObject({ state: "pending", nextAttemptAt: 5_000 });
    expect(delivery.lastError).toContain(reason);
  });

  test("is not sent again to a receiver that answers 410 Gone", () => {
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
  ])("with Retry-After %j waits %i ms", (value, wait) => {
    expect(concludeAttempt(begin(0), answered(429, value), 0, DELAYS, 0).nextAttemptAt).toBe(wait);
  });

  test("whose attempt was never heard of again is tried anew after it must have ended, and not for ever", () => {
    const begun = begin(1_000);
    expect(begun).toMatchObject({ state: "pending", attempts: 1, nextAttemptAt: 1_000 + 2 * ATTEMPT_TIMEOUT });
    let delivery = begun;
    for (let times = 0; times < DELAYS.length; times++) delivery = beginAttempt(delivery, 0);
    expect(concludeAttempt(delivery, { kind: "unanswered", reason: "cut off" }, 0, DELAYS, 0).state).toBe("failed");
  });

  test("that is replayed has all its attempts before it again, and its id", () => {
    const { delivery } = deliver(() => answered(500), 0);
    const again = replayed(delivery, HOUR);
    expect(again).toMatchObject({ id: delivery.id, state: "pending", attempts: 8, tries: 0, nextAttemptAt: HOUR });
  });

  test("whatever is answered ends, with a bounded number of attempts, and never goes back in time", () => {
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
});

describe("a signature", () => {
  const secret = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString("base64")}`;

  test("is one that the specification's library verifies, for each of the secrets", () => {
    fc.assert(
      fc.property(fc.json(), fc.uuid(), (payload, id) => {
        const headers = signedHeaders(id, payload, [secret(1), secret(2)], Date.now());
        for (const fill of [1, 2])
          expect(new Webhook(secret(fill)).verify(payload, headers)).toEqual(JSON.parse(payload));
        expect(() => new Webhook(secret(3)).verify(payload, headers)).toThrow();
        expect(() => new Webhook(secret(1)).verify(`${payload} `, headers)).toThrow();
      }),
    );
  });

  test.each([
    [secret(1), true],
    [`whsec_${Buffer.alloc(24).toString("base64")}`, true],
    [`whsec_${Buffer.alloc(64).toString("base64")}`, true],
    [`whsec_${Buffer.alloc(23).toString("base64")}`, false],
    [`whsec_${Buffer.alloc(65).toString("base64")}`, false],
    [Buffer.alloc(32).toString("base64"), false],
    ["whsec_", false],
    [`${secret(1)} `, false],
    [`whsec_${"-".repeat(44)}`, false],
  ])("%s as a secret: %s", (text, valid) => {
    expect(isWebhookSecret(text)).toBe(valid);
  });
});
