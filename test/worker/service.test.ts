import { describe, expect, test } from "vitest";
import type { Env } from "../../src/env.ts";
import { createApp } from "../../src/http/app.ts";
import { inTime, NoAnswerError } from "../../src/util/deadline.ts";
import { bindings, call, request } from "./bindings.ts";
import { makeTask } from "./files.ts";

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  servers: { url: string }[];
}
const document = async () => (await (await request("/openapi.json")).json()) as Document;

describe("/openapi.json", () => {
  test("lists every route of the service", async () => {
    const { paths, openapi, servers } = await document();
    expect(openapi).toMatch(/^3\.1\./);
    expect(servers).toEqual([{ url: "http://edgereel.test" }]);
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const pages = ["GET /openapi.json", "GET /docs", "GET /watch/{task_id}", "GET /"];
    const served = createApp()
      .routes.filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    expect(new Set(served)).toEqual(new Set([...documented, ...pages]));
  });
});

describe("an address that there is, asked by a method that it does not know", () => {
  const METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];

  test("is answered with 405 and the methods that it knows, on every route", async () => {
    const { paths } = await document();
    for (const [path, operations] of Object.entries(paths)) {
      const known = Object.keys(operations).map((method) => method.toUpperCase());
      const allowed = [...known, ...(known.includes("GET") ? ["HEAD"] : []), "OPTIONS"].toSorted();
      const address = path.replaceAll("{task_id}", crypto.randomUUID()).replace(/\{\w+\}/g, "none");
      for (const method of METHODS.filter((name) => !allowed.includes(name))) {
        const answer = await request(address, { method });
        await answer.bytes();
        expect(answer.status, `${method} ${path}`).toBe(405);
        expect(answer.headers.get("allow")?.split(", ").toSorted(), `${method} ${path}`).toEqual(allowed);
      }
    }
  });

  test("is told by OPTIONS which these are, and elsewhere there is nothing", async () => {
    const answer = await request("/api/v1/tasks", { method: "OPTIONS" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
    for (const method of ["OPTIONS", "DELETE", "GET"]) {
      expect((await request("/api/v1/nothing", { method })).status).toBe(404);
    }
  });
});

test("the description of a service without keys asks for none", async () => {
  const answer = await createApp().request("/openapi.json", {}, { ...bindings, AUTH: "off" } as Env);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, { security: object[] }>> };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  expect(operations.length).toBeGreaterThan(20);
  for (const { security } of operations) expect(security).toEqual([]);
});

interface Health {
  state: string;
  version: string;
  [dependency: string]: unknown;
}

/** Asks for the service's health with some of its bindings or settings replaced. */
async function health(change: object) {
  const answer = await createApp().request("/health", {}, { ...bindings, ...change } as Env);
  const text = await answer.text();
  return { status: answer.status, text, data: (JSON.parse(text) as { data: Health }).data };
}

describe("/health", () => {
  test("is well while everything answers", async () => {
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

  test("/health says which command creates the tables of a database without tables", async () => {
    await bindings.DB.exec("ALTER TABLE owner_totals RENAME TO owner_totals_hidden");
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
      await bindings.DB.exec("ALTER TABLE owner_totals_hidden RENAME TO owner_totals");
    }
  });

  test.each(["database", "tasks", "storage"])("is down where %s cannot be reached", async (dependency) => {
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

  test("is degraded where the renderer does not answer, and says neither its address nor its secret", async () => {
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

  test("is degraded where the setting names a renderer that is not there, or the queue is away", async () => {
    expect(await health({ RENDERER: "http" })).toMatchObject({ status: 200, data: { state: "degraded" } });
    const metrics = () => Promise.reject(new Error("away"));
    expect(await health({ AGAIN_JOBS: { metrics } })).toMatchObject({
      status: 200,
      data: { state: "degraded", queue: { ok: false } },
    });
  });

  test("waits for no dependency for ever", async () => {
    await expect(inTime(new Promise(() => {}), 5)).rejects.toThrow(NoAnswerError);
    await expect(inTime(Promise.reject(new Error("away")), 1_000)).rejects.toThrow("away");
    expect(await inTime(Promise.resolve("there"), 1_000)).toBe("there");
  });

  test("asks the renderer once in a few seconds, however often it is asked itself", async () => {
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
});

test("/docs is a page that shows /openapi.json, and / leads to it", async () => {
  const page = await request("/docs");
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
  expect(await page.text()).toContain("/reference/reference.js");
  const root = await request("/");
  expect([root.status, root.headers.get("location")]).toEqual([302, "/docs"]);
});

/** A video's bytes as text; workerd warns of text() on a body that does not say it is one. */
const text = async (response: Response) => new TextDecoder().decode(await response.bytes());

const id = "6c85c8cc-a77a-42b9-bc30-947815aa0558";

test.each([
  ["GET", "/api/v1/nothing", 404],
  ["POST", "/api/v1/tasks", 405],
  ["GET", `/api/v1/tasks/${id}`, 404],
  ["DELETE", `/api/v1/tasks/${id}`, 404],
  ["GET", "/api/v1/tasks/not-an-id", 400],
  ["DELETE", "/api/v1/tasks/not-an-id", 400],
  ["GET", `/api/v1/stream/${id}/final-1.mp4`, 404],
  ["GET", `/api/v1/download/${id}/final-1.mp4`, 404],
  ["GET", `/tasks/${id}/final-1.mp4`, 404],
  ["GET", `/tasks/${id}/..%2f..%2fmaterials%2fa.mp4`, 404],
  ["GET", `/tasks/${id}/segments%2fa.mp4`, 404],
  ["GET", `/tasks/not-an-id/final-1.mp4`, 404],
])("%s %s is answered in the envelope with %d", async (method, path, status) => {
  expect(await call(path, { method })).toMatchObject({ status, data: null, message: expect.any(String) });
});

test("a task's file is played, downloaded under its name, and asked about", async () => {
  const id = await makeTask();
  const key = `tasks/${id}/final-1.mp4`;
  await bindings.MEDIA.put(key, "0123456789", { httpMetadata: { contentType: "video/mp4" } });
  await bindings.MEDIA.put(`tasks/${id}/segments/a.mp4`, "x");
  for (const path of [
    `/api/v1/stream/${id}/final-1.mp4`,
    `/tasks/${id}/final-1.mp4`,
    `/api/v1/download/${id}/final-1.mp4`,
  ]) {
    const part = await request(path, { headers: { range: "bytes=2-4" } });
    expect([part.status, part.headers.get("content-range"), await text(part)]).toEqual([206, "bytes 2-4/10", "234"]);
    const head = await request(path, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await text(head)]).toEqual([200, "10", ""]);
    const whole = await request(path);
    expect(whole.headers.get("content-type")).toBe("video/mp4");
    const disposition = `${path.includes("download") ? "attachment" : "inline"}; filename="final-1.mp4"`;
    expect([await text(whole), whole.headers.get("content-disposition")]).toEqual(["0123456789", disposition]);
  }
});
