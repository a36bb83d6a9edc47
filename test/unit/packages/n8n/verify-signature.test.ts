import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { signatureFault } from "../../../../packages/n8n-nodes-edgereel/nodes/EdgereelTrigger/verify-signature.ts";

const secret = (letter: string) => `whsec_${Buffer.alloc(32, letter).toString("base64")}`;
const body = '{"type":"task.succeeded","data":{"task_id":"ä"}}';
const now = Date.parse("2026-11-27T12:00:00Z");

/** The headers that the reference library makes for a webhook. */
const signed = (key: string, time = now) => ({
  "webhook-id": "msg_1",
  "webhook-timestamp": String(Math.floor(time / 1000)),
  "webhook-signature": new Webhook(key).sign("msg_1", new Date(time), body),
});

test.each([
  ["the reference library's signature", signed(secret("a")), secret("a"), null],
  ["one of two secrets", signed(secret("a")), `${secret("b")} ${secret("a")}`, null],
  ["another secret", signed(secret("b")), secret("a"), "no signature fits the webhook secret"],
  [
    "another id",
    { ...signed(secret("a")), "webhook-id": "msg_2" },
    secret("a"),
    "no signature fits the webhook secret",
  ],
  ["an empty secret", signed(secret("a")), "", "no signature fits the webhook secret"],
  ["a secret without bytes", signed(secret("a")), "whsec_", "no signature fits the webhook secret"],
  ["a missing header", {}, secret("a"), "the headers of a signed webhook are missing"],
  [
    "an old time",
    signed(secret("a"), now - 301_000),
    secret("a"),
    "webhook-timestamp is more than five minutes from now",
  ],
])("n8n's trigger checks a webhook with %s", (_, headers, key, expected) => {
  expect(signatureFault(Buffer.from(body), headers, key, now)).toBe(expected);
});
