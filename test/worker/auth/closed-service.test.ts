import { expect, onTestFinished, test } from "vitest";
import { askForKeys, bearer, keyOf, withoutEarlierKeys } from "../support/access.ts";
import { call, request } from "../support/bindings.ts";
import { hideTables } from "../support/database.ts";

const PATH = "/api/v1/tasks";
const ask = (headers: Record<string, string>) => call(PATH, { headers });
withoutEarlierKeys();

test("a service without API keys answers 503 with the command that creates one, except on public paths", async () => {
  for (const [method, path] of [
    ["GET", PATH],
    ["POST", "/api/v1/videos"],
    ["GET", "/tasks/6c85c8cc-a77a-42b9-bc30-947815aa0558/final-1.mp4"],
    ["GET", "/api/v1/nothing"],
  ] as const) {
    const answer = await call(path, { method });
    expect([answer.status, answer.data]).toEqual([503, null]);
    expect(answer.message).toContain("npm run keys -- create --owner");
  }
  expect((await ask(bearer(`er_abcdefgh_${"A".repeat(43)}`))).status).toBe(503);
  for (const path of ["/health", "/docs", "/openapi.json"]) expect((await request(path)).status).toBe(200);
});

test("a service without LINK_SECRETS answers 503 with the command that sets it, except on /health", async () => {
  const key = await keyOf("alice");
  askForKeys({ LINK_SECRETS: "" });
  const answer = await ask(bearer(key));
  expect([answer.status, answer.message]).toEqual([503, expect.stringContaining("wrangler secret put LINK_SECRETS")]);
  expect((await request("/health")).status).toBe(200);
});

test("a service whose database fails answers 503 with Retry-After and without SQL details", async () => {
  const key = await keyOf("alice");
  onTestFinished(await hideTables("api_keys", "owner_totals"));
  const health = await call<object>("/health");
  expect(health).toMatchObject({
    status: 503,
    data: { state: "down", database: { ok: false }, storage: { ok: true } },
  });
  expect(JSON.stringify(health)).not.toMatch(/no such table|sql/i);
  const answer = await ask(bearer(key));
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(answer.message).not.toMatch(/table|sql/i);
});

test("a wrong method answers 405 without a key, and an unknown path answers 401", async () => {
  const refused = await call(PATH, { method: "DELETE" });
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  await keyOf("alice");
  expect((await request(PATH, { method: "OPTIONS" })).status).toBe(204);
  expect((await call("/api/v1/nothing", { method: "DELETE" })).status).toBe(401);
});
