import { describe, expect, test } from "vitest";
import type { Env } from "../../src/env.ts";
import { createApp } from "../../src/http/app.ts";
import { MAX_ADDRESS, MAX_HEADERS } from "../../src/http/middleware/request-limits.ts";
import { MAX_BODY, MAX_DEPTH, MAX_ENTRIES } from "../../src/http/request/json-body.ts";
import { bindings, call, pattern, post, request } from "./bindings.ts";
import { makeTask, putFile } from "./files.ts";

/** A request to the service with other settings. */
const ask = (path: string, init: RequestInit, settings: object = {}) =>
  createApp().request(path, init, { ...bindings, ...settings } as Env);

describe("headers", () => {
  test.each([
    ["/api/v1/tasks", {}],
    ["/api/v1/nothing", {}],
    ["/api/v1/videos", { method: "POST", body: "{" }],
    ["/openapi.json", {}],
    ["/docs", {}],
    ["/watch/6c85c8cc-a77a-42b9-bc30-947815aa0558", {}],
    ["/api/v1/stream/6c85c8cc-a77a-42b9-bc30-947815aa0558/final-1.mp4", {}],
  ])(
    "%s is taken for nothing else than it says, tells no other site its address, and is run as no page",
    async (path, init) => {
      const { headers } = await request(path, init);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("strict-transport-security")).toBeNull();
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(/^default-src 'none'; /);
      expect(policy).toContain("frame-ancestors ");
      expect(/script-src[^;]*/.exec(policy)?.[0] ?? "script-src 'self'").toBe("script-src 'self'");
    },
  );

  test("a file has them too, and keeps its own", async () => {
    const id = await makeTask();
    await putFile(id, "final-1.mp4", pattern(100));
    const { status, headers } = await request(`/tasks/${id}/final-1.mp4`);
    expect([status, headers.get("x-content-type-options")]).toEqual([200, "nosniff"]);
    expect(headers.get("content-type")).toBe("video/mp4");
    expect(headers.get("access-control-allow-origin")).toBe("*");
  });

  test("over https browsers are told to stay with it", async () => {
    const { headers } = await createApp().request("https://video.example/docs", {}, bindings);
    expect(headers.get("strict-transport-security")).toMatch(/^max-age=\d{8}$/);
  });

  test("pages hold no script of their own, and ask for no camera", async () => {
    for (const path of ["/docs", "/watch/6c85c8cc-a77a-42b9-bc30-947815aa0558"]) {
      const page = await request(path);
      expect(page.headers.get("permissions-policy")).toContain("camera=()");
      const scripts = (await page.text()).matchAll(/<script([^>]*)>([^<]*)<\/script>/g);
      for (const [, attributes, text] of scripts)
        expect([attributes, text]).toEqual([expect.stringContaining(" src="), ""]);
    }
  });
});

describe("other origins", () => {
  const file = "/api/v1/stream/6c85c8cc-a77a-42b9-bc30-947815aa0558/final-1.mp4";
  const from = (origin: string, more: object = {}) => ({ headers: { origin }, ...more });
  const allowed = (response: Response) => response.headers.get("access-control-allow-origin");
  const other = "https://site.example";

  test("read files, and nothing of the API, unless the settings name them", async () => {
    expect(allowed(await ask(file, from(other)))).toBe("*");
    expect(allowed(await ask("/api/v1/tasks", from(other)))).toBeNull();
    const named = { CORS_ORIGINS: `${other}, https://second.example` };
    for (const path of [file, "/api/v1/tasks"]) {
      const response = await ask(path, from(other), named);
      expect([allowed(response), response.headers.get("vary")]).toEqual([other, expect.stringContaining("Origin")]);
      expect(allowed(await ask(path, from("https://third.example"), named))).toBeNull();
    }
  });

  test("ask first with the key's header, and are answered without one", async () => {
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

  test("change nothing on a service without keys, as a browser lets any page try", async () => {
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

  test("show the player in a frame where they may read files", async () => {
    const page = "/watch/6c85c8cc-a77a-42b9-bc30-947815aa0558";
    const policy = async (settings: object) =>
      (await ask(page, {}, settings)).headers.get("content-security-policy") ?? "";
    expect(await policy({})).toMatch(/frame-ancestors 'self' \*$/);
    expect(await policy({ CORS_ORIGINS: other })).toMatch(/frame-ancestors 'self' https:\/\/site\.example$/);
  });
});

describe("limits", () => {
  test("an address and headers have a longest length", async () => {
    const address = await call(`/api/v1/tasks?cursor=${"a".repeat(MAX_ADDRESS)}`);
    expect([address.status, address.message]).toEqual([414, expect.stringContaining(String(MAX_ADDRESS))]);
    const headers = await call("/api/v1/tasks", { headers: { "x-long": "a".repeat(MAX_HEADERS) } });
    expect([headers.status, headers.message]).toEqual([431, expect.stringContaining(String(MAX_HEADERS))]);
  });

  test.each([
    ["a body that is too long", "a".repeat(MAX_BODY + 1), 413],
    ["lists nested deeper than anybody needs", "[".repeat(50_000) + "]".repeat(50_000), 400],
    ["objects nested too deep", `{"a":${'{"a":'.repeat(MAX_DEPTH)}1${"}".repeat(MAX_DEPTH)}}`, 400],
    ["a list of too many", JSON.stringify({ video_materials: Array(MAX_ENTRIES + 1).fill(0) }), 400],
    [
      "an object of too many",
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
    ["names that are long", JSON.stringify({ ["n".repeat(100_000)]: 1 }), 400],
  ])("%s is refused, in few words", async (_, body, status) => {
    const answer = await post("/api/v1/videos", body);
    expect(answer.status).toBe(status);
    expect(answer.message.length).toBeLessThan(2100);
  });

  test("settings that make no sense are told the log alone", async () => {
    const response = await ask("/api/v1/tasks", {}, { PUBLIC_URL: "internal.example" });
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/PUBLIC_URL|internal\.example/);
  });
});
