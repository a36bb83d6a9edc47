import { expect, test } from "vitest";
import type { Env } from "../../../../src/env.ts";
import { createApp } from "../../../../src/http/app.ts";
import { MAX_HEADERS_LENGTH, MAX_URL_LENGTH } from "../../../../src/http/middleware/request-limits.ts";
import { MAX_BODY_BYTES, MAX_DEPTH, MAX_ENTRIES } from "../../../../src/http/request/json-body.ts";
import { bindings, call, post } from "../../support/bindings.ts";

/** Sends a request to the service with some settings replaced. */
const ask = (path: string, init: RequestInit, settings: object = {}) =>
  createApp().request(path, init, { ...bindings, ...settings } as Env);

test("a URL above the max length answers 414, and headers above it answer 431", async () => {
  const address = await call(`/api/v1/tasks?cursor=${"a".repeat(MAX_URL_LENGTH)}`);
  expect([address.status, address.message]).toEqual([414, expect.stringContaining(String(MAX_URL_LENGTH))]);
  const headers = await call("/api/v1/tasks", { headers: { "x-long": "a".repeat(MAX_HEADERS_LENGTH) } });
  expect([headers.status, headers.message]).toEqual([431, expect.stringContaining(String(MAX_HEADERS_LENGTH))]);
});

test.each([
  ["too many bytes", "a".repeat(MAX_BODY_BYTES + 1), 413],
  ["lists nested too deeply", "[".repeat(50_000) + "]".repeat(50_000), 400],
  ["objects nested too deeply", `{"a":${'{"a":'.repeat(MAX_DEPTH)}1${"}".repeat(MAX_DEPTH)}}`, 400],
  ["too many list entries", JSON.stringify({ video_materials: Array(MAX_ENTRIES + 1).fill(0) }), 400],
  [
    "too many object fields",
    JSON.stringify(
      Object.fromEntries(
        Array(2000)
          .entries()
          .map(([n]) => [`f${n}`, 0]),
      ),
    ),
    400,
  ],
  [
    "a thousand faults",
    JSON.stringify({ video_materials: Array(MAX_ENTRIES).fill({ nothing: "a".repeat(200) }) }),
    400,
  ],
  ["a very long field name", JSON.stringify({ ["n".repeat(100_000)]: 1 }), 400],
])("a body with %s is refused with a short message", async (_, body, status) => {
  const answer = await post("/api/v1/videos", body);
  expect(answer.status).toBe(status);
  expect(answer.message.length).toBeLessThan(2100);
});

test("an invalid configuration answers 500 without naming the setting", async () => {
  const response = await ask("/api/v1/tasks", {}, { PUBLIC_URL: "internal.example" });
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toMatch(/PUBLIC_URL|internal\.example/);
});
