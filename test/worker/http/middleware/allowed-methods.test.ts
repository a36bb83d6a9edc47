import { expect, test } from "vitest";
import { request } from "../../support/bindings.ts";

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  servers: { url: string }[];
}
const document = async () => (await (await request("/openapi.json")).json()) as Document;
const METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"];

test("every route answers an unsupported method with 405 and its allowed methods", async () => {
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

test("OPTIONS returns a route's allowed methods, and an unknown path answers 404", async () => {
  const answer = await request("/api/v1/tasks", { method: "OPTIONS" });
  expect([answer.status, answer.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
  for (const method of ["OPTIONS", "DELETE", "GET"]) {
    expect((await request("/api/v1/nothing", { method })).status).toBe(404);
  }
});
