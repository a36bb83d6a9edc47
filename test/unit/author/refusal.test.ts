import { expect, test } from "vitest";
import { refusal } from "../../../author/src/calls/refusal.ts";

const NOW = Date.UTC(2026, 10, 27, 12, 0, 0);
const KEY = "sk-proj-A1b2C3d4E5f6G7h8";

function refuse(status: number, body: string | object, headers: Record<string, string> = {}) {
  const request = { provider: "Pexels", settings: { key: "PEXELS_API_KEY", others: "PEXELS_URL" } };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { code, retryable, retryAfterSeconds, message } = refusal(
    request,
    { status, headers: new Headers(headers) },
    text,
    [KEY],
    NOW,
  );
  return { code, retryable, retryAfterSeconds, message };
}

test.each([
  [401, "provider_refused", false],
  [403, "provider_refused", false],
  [402, "provider_limit", false],
  [429, "provider_limit", true],
  [500, "provider_failed", true],
  [503, "provider_failed", true],
  [529, "provider_failed", true],
  [408, "provider_failed", true],
  [400, "provider_refused", false],
  [404, "provider_refused", false],
  [422, "provider_refused", false],
  [302, "provider_refused", false],
])("status %i is %s; a retry makes sense: %s", (status, code, retryable) => {
  expect(refuse(status, "")).toMatchObject({ code, retryable, retryAfterSeconds: null });
});

test("a 401 names the setting of the key, and another refusal the other settings", () => {
  expect(refuse(401, "").message).toBe("Pexels refused the request (status 401); check PEXELS_API_KEY");
  expect(refuse(404, "").message).toBe("Pexels does not accept the request (status 404); check PEXELS_URL");
});

test.each([
  ["30", 30],
  ["0", 0],
  ["1.5", 1.5],
  ["Fri, 27 Nov 2026 12:01:30 GMT", 90],
  ["Fri, 27 Nov 2026 11:00:00 GMT", 0],
  ["soon", null],
  ["-5", null],
  ["99999999", 86_400],
])("Retry-After: %s is a wait of %j seconds", (value, seconds) => {
  expect(refuse(429, "", { "retry-after": value }).retryAfterSeconds).toBe(seconds);
});

test.each([
  [429, { error: { message: "You exceeded your current quota", code: "insufficient_quota" } }],
  [401, { detail: { status: "quota_exceeded", message: "This request exceeds your quota." } }],
  [403, { error: "Insufficient Balance" }],
])("a used-up quota is a limit that a wait does not heal, also with status %i", (status, body) => {
  expect(refuse(status, body)).toMatchObject({ code: "provider_limit", retryable: false });
});

test.each([
  [{ error: { message: "model not found" } }, "model not found"],
  [{ error: "bad query" }, "bad query"],
  [{ message: "bad\nquery\u0000 here" }, "bad query here"],
  [{ detail: { status: "x", message: "no voice" } }, "no voice"],
  [{ detail: [{ loc: ["body"], msg: "field required", message: "field required" }] }, "field required"],
  [{ errors: [] }, null],
  ['[ERROR 400] "q" is out of valid range.', null],
  ["Bad query", "Bad query"],
  ["<html><body>Gateway error</body></html>", null],
])("the reason in %j is %j", (body, reason) => {
  const { message } = refuse(400, body);
  expect(message).toBe(
    `Pexels does not accept the request (status 400); check PEXELS_URL${reason === null ? "" : `: ${reason}`}`,
  );
});

test.each([
  `Incorrect API key provided: ${KEY}`,
  "Incorrect API key provided: sk-p***********G7h8.",
  `key ${KEY.toLowerCase()}`,
  `key ${btoa(KEY)}`,
])("a reason that contains even a part of the key is left out: %s", (text) => {
  expect(refuse(401, { error: { message: text } }).message).toBe(
    "Pexels refused the request (status 401); check PEXELS_API_KEY",
  );
});

test("a long reason is cut off", () => {
  expect(refuse(400, "x".repeat(5000)).message.length).toBeLessThan(300);
});
