import { expect, test } from "vitest";
import type { Env } from "../../../../src/env.ts";
import { createApp } from "../../../../src/http/app.ts";
import { bindings, call } from "../../support/bindings.ts";
import { hideTables } from "../../support/database.ts";

interface Health {
  state: string;
  version: string;
  [dependency: string]: unknown;
}

/** Requests /health with some bindings or settings replaced. */
async function health(change: object) {
  const answer = await createApp().request("/health", {}, { ...bindings, ...change } as Env);
  const text = await answer.text();
  return { status: answer.status, text, data: (JSON.parse(text) as { data: Health }).data };
}

test("/health reports ok while every dependency answers", async () => {
  const well = { ok: true };
  expect(await call<Health>("/health")).toMatchObject({
    status: 200,
    message: "success",
    data: {
      ...{ state: "ok", version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
      ...{ database: well, storage: well, tasks: well, queue: well, renderer: { kind: "wasm", ok: true } },
    },
  });
});

test("/health names the command that creates missing database tables", async () => {
  const show = await hideTables("owner_totals");
  try {
    const answer = await call<Health>("/health");
    expect(answer).toMatchObject({
      status: 503,
      data: {
        ...{ state: "down", storage: { ok: true } },
        database: { ok: false, message: expect.stringContaining("`npx wrangler d1 migrations apply DB --local`") },
      },
    });
  } finally {
    await show();
  }
});

test.each(["database", "tasks", "storage"])("/health reports down if the dependency `%s` fails", async (dependency) => {
  const away = () => {
    throw new Error("internal detail");
  };
  const changes: Record<string, object> = {
    database: { DB: { prepare: away } },
    tasks: { TASKS: { getByName: away } },
    storage: { MEDIA: { head: away } },
  };
  const change = changes[dependency] ?? {};
  const { status, data, text } = await health(change);
  expect([status, data.state]).toEqual([503, "down"]);
  expect(data[dependency]).toEqual({ ok: false, message: "does not answer" });
  expect(text).not.toContain("internal detail");
});

test("/health reports degraded if the renderer does not answer, without its address or secret", async () => {
  const RENDERER_TOKEN = "0123456789abcdef-token";
  const { status, data, text } = await health({
    RENDERER: "http",
    RENDERER_URL: "http://127.0.0.1:9",
    RENDERER_TOKEN,
  });
  expect([status, data.state]).toEqual([200, "degraded"]);
  expect(data.renderer).toEqual({ kind: "http", ok: false, message: "0 of 1 render servers accept jobs" });
  expect(text).not.toMatch(/127\.0\.0\.1|token/);
});

test("/health reports degraded if the configured renderer is missing or the queue fails", async () => {
  expect(await health({ RENDERER: "http" })).toMatchObject({ status: 200, data: { state: "degraded" } });
  const metrics = () => Promise.reject(new Error("away"));
  expect(await health({ AGAIN_JOBS: { metrics } })).toMatchObject({
    status: 200,
    data: { state: "degraded", queue: { ok: false } },
  });
});

test("/health pings the renderer once for several simultaneous requests", async () => {
  let asked = 0;
  const WASM = {
    async ping() {
      asked++;
      return true;
    },
  };
  const change = { WASM, RENDERER: "wasm" };
  const states = await Promise.all(Array.from({ length: 5 }, async () => (await health(change)).data.state));
  expect([new Set(states), asked]).toEqual([new Set(["ok"]), 1]);
});
