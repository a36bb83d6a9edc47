import { expect, test } from "vitest";
import type { Env } from "../../../../src/env.ts";
import { createApp } from "../../../../src/http/app.ts";
import { bindings } from "../../support/bindings.ts";

/** Sends a request to the service with some settings replaced. */
const ask = (path: string, init: RequestInit, settings: object = {}) =>
  createApp().request(path, init, { ...bindings, ...settings } as Env);
const file = "/api/v1/stream/6c85c8cc-a77a-42b9-bc30-947815aa0558/final-1.mp4";
const from = (origin: string, more: object = {}) => ({ headers: { origin }, ...more });
const allowed = (response: Response) => response.headers.get("access-control-allow-origin");
const other = "https://site.example";

test("other origins may read files but not the API, unless CORS_ORIGINS names them", async () => {
  expect(allowed(await ask(file, from(other)))).toBe("*");
  expect(allowed(await ask("/api/v1/tasks", from(other)))).toBeNull();
  const named = { CORS_ORIGINS: `${other}, https://second.example` };
  for (const path of [file, "/api/v1/tasks"]) {
    const response = await ask(path, from(other), named);
    expect([allowed(response), response.headers.get("vary")]).toEqual([other, expect.stringContaining("Origin")]);
    expect(allowed(await ask(path, from("https://third.example"), named))).toBeNull();
  }
});

test("a preflight request for the key header is answered without a key", async () => {
  const preflight = {
    method: "OPTIONS",
    headers: {
      origin: other,
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-api-key",
    },
  };
  const response = await ask("/api/v1/videos", preflight, { CORS_ORIGINS: other, AUTH: "on" });
  expect([response.status, allowed(response)]).toEqual([204, other]);
  expect(response.headers.get("access-control-allow-headers")).toContain("X-Api-Key");
});

test("a service with AUTH=off refuses writes from other origins, unless CORS_ORIGINS names them", async () => {
  const init = { method: "POST", body: "{}" };
  const refused = await ask("/api/v1/videos", from(other, init));
  expect([refused.status, await refused.json()]).toEqual([
    403,
    { status: 403, message: expect.stringContaining("CORS_ORIGINS"), data: null },
  ]);
  expect((await ask("/api/v1/videos", from("null", init))).status).toBe(403);
  expect((await ask("/api/v1/videos", from("http://localhost", init))).status).toBe(400);
  expect((await ask("/api/v1/videos", from(other, init), { CORS_ORIGINS: other })).status).toBe(400);
});

test("the watch page may be framed by the origins that may read files", async () => {
  const page = "/watch/6c85c8cc-a77a-42b9-bc30-947815aa0558";
  const policy = async (settings: object) =>
    (await ask(page, {}, settings)).headers.get("content-security-policy") ?? "";
  expect(await policy({})).toMatch(/frame-ancestors 'self' \*$/);
  expect(await policy({ CORS_ORIGINS: other })).toMatch(/frame-ancestors 'self' https:\/\/site\.example$/);
});
