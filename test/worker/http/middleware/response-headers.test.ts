import { expect, test } from "vitest";
import { createApp } from "../../../../src/http/app.ts";
import { bindings, pattern, request } from "../../support/bindings.ts";
import { makeTask, putFile } from "../../support/files.ts";

test.each([
  ["/api/v1/tasks", {}],
  ["/api/v1/nothing", {}],
  ["/api/v1/videos", { method: "POST", body: "{" }],
  ["/openapi.json", {}],
  ["/docs", {}],
  ["/watch/6c85c8cc-a77a-42b9-bc30-947815aa0558", {}],
  ["/api/v1/stream/6c85c8cc-a77a-42b9-bc30-947815aa0558/final-1.mp4", {}],
])("%s sends nosniff, no-referrer and a strict content security policy", async (path, init) => {
  const { headers } = await request(path, init);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("strict-transport-security")).toBeNull();
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(policy).toContain("frame-ancestors ");
  expect(/script-src[^;]*/.exec(policy)?.[0] ?? "script-src 'self'").toBe("script-src 'self'");
});

test("a served file has the security headers and keeps its own headers", async () => {
  const id = await makeTask();
  await putFile(id, "final-1.mp4", pattern(100));
  const { status, headers } = await request(`/tasks/${id}/final-1.mp4`);
  expect([status, headers.get("x-content-type-options")]).toEqual([200, "nosniff"]);
  expect(headers.get("content-type")).toBe("video/mp4");
  expect(headers.get("access-control-allow-origin")).toBe("*");
});

test("an HTTPS response has Strict-Transport-Security", async () => {
  const { headers } = await createApp().request("https://video.example/docs", {}, bindings);
  expect(headers.get("strict-transport-security")).toMatch(/^max-age=\d{8}$/);
});

test("the pages contain no inline scripts and deny camera access", async () => {
  for (const path of ["/docs", "/watch/6c85c8cc-a77a-42b9-bc30-947815aa0558"]) {
    const page = await request(path);
    expect(page.headers.get("permissions-policy")).toContain("camera=()");
    const scripts = (await page.text()).matchAll(/<script([^>]*)>([^<]*)<\/script>/g);
    for (const [, attributes, text] of scripts)
      expect([attributes, text]).toEqual([expect.stringContaining(" src="), ""]);
  }
});
