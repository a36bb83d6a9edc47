import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { verifyWebhook, WebhookVerificationError } from "../../../../packages/client/src/index.ts";

const secret = (letter: string) => `whsec_${Buffer.alloc(32, letter).toString("base64")}`;
const body = JSON.stringify({ type: "task.succeeded", data: { task_id: "ä" } });

/** The headers that the reference library makes for a webhook. */
function signed(key: string, time = new Date(), id = "msg_1"): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(time.getTime() / 1000)),
    "webhook-signature": new Webhook(key).sign(id, time, body),
  };
}

test("a webhook that the reference library signed is verified, from text and bytes and from both kinds of headers", async () => {
  const headers = signed(secret("a"));
  expect(await verifyWebhook(body, headers, secret("a"))).toMatchObject({ type: "task.succeeded" });
  const bytes = new TextEncoder().encode(body);
  expect(await verifyWebhook(bytes, new Headers(headers), secret("a"))).toMatchObject({ data: { task_id: "ä" } });
});

test("a webhook is accepted if one of its signatures fits one of the secrets, while secrets are changed", async () => {
  const headers = signed(secret("old"));
  const other = signed(secret("other"))["webhook-signature"];
  headers["webhook-signature"] = `v1a,AAAA ${other} ${headers["webhook-signature"]}`;
  expect(await verifyWebhook(body, headers, `${secret("new")} ${secret("old")}`)).toBeTruthy();
});

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const refused: [string, string, Record<string, string>, string, RegExp][] = [
  ["another secret", body, signed(secret("b")), secret("a"), /no signature fits/],
  ["a changed body", body.replace("succeeded", "failed"), signed(secret("a")), secret("a"), /no signature fits/],
  ["another id", body, { ...signed(secret("a")), "webhook-id": "msg_2" }, secret("a"), /no signature fits/],
  ["an old time", body, signed(secret("a"), minutes(-6)), secret("a"), /five minutes/],
  ["a later time", body, signed(secret("a"), minutes(6)), secret("a"), /five minutes/],
  [
    "a time that is no number",
    body,
    { ...signed(secret("a")), "webhook-timestamp": "now" },
    secret("a"),
    /Unix seconds/,
  ],
  [
    "a missing signature",
    body,
    { "webhook-id": "1", "webhook-timestamp": "1" },
    secret("a"),
    /webhook-signature: is missing/,
  ],
  [
    "a signature that is not base64",
    body,
    { ...signed(secret("a")), "webhook-signature": "v1,§" },
    secret("a"),
    /fits/,
  ],
  ["an empty secret", body, signed(secret("a")), "", /no signature fits/],
  ["a secret that is not base64", body, signed(secret("a")), "whsec_§", /whsec_ and base64/],
];

test.each(refused)("a webhook with %s is refused", async (_, text, headers, key, message) => {
  const verified = verifyWebhook(text, headers, key);
  await expect(verified).rejects.toBeInstanceOf(WebhookVerificationError);
  await expect(verified).rejects.toThrow(message);
});
