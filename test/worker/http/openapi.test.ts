import { expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import { createApp } from "../../../src/http/app.ts";
import { bindings, request } from "../support/bindings.ts";

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  servers: { url: string }[];
}
const document = async () => (await (await request("/openapi.json")).json()) as Document;

test("/openapi.json lists every route of the service except pages and /mcp", async () => {
  const { paths, openapi, servers } = await document();
  expect(openapi).toMatch(/^3\.1\./);
  expect(servers).toEqual([{ url: "http://edgereel.test" }]);
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const others = ["GET /openapi.json", "GET /docs", "GET /watch/{task_id}", "POST /mcp"];
  const served = createApp()
    .routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  expect(new Set(served)).toEqual(new Set([...documented, ...others]));
});

test("the OpenAPI document of a service with AUTH=off requires no key", async () => {
  const answer = await createApp().request("/openapi.json", {}, { ...bindings, AUTH: "off" } as Env);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, { security: object[] }>> };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  expect(operations.length).toBeGreaterThan(20);
  for (const { security } of operations) expect(security).toEqual([]);
});
