import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { faultOf } from "../../fuzz/conformance.ts";
import { broken, inlined, type Schema, valid } from "../../fuzz/schema-arbitraries.ts";

const schemas: Record<string, Schema> = {
  Thing: { type: "object", properties: { size: { type: "integer", minimum: 0 } }, required: ["size"] },
};
const ok: Schema = {
  type: "object",
  properties: { status: { const: 200 }, data: { $ref: "#/components/schemas/Thing" } },
  required: ["status", "data"],
};
const request = {
  operation: { name: "GET /things", responses: { 200: { content: { "application/json": { schema: ok } } }, 204: {} } },
  method: "GET",
  path: "/things",
  headers: {},
  body: null,
};
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  faultOf(
    request,
    Response.json(body, { status, headers: { "x-content-type-options": "nosniff", ...headers } }),
    schemas,
  );

test("a response that matches the API description has no fault", async () => {
  expect(await answer(200, { status: 200, data: { size: 1 } })).toBeNull();
  expect(
    await faultOf(
      { ...request, operation: null },
      Response.json({ status: 404 }, { status: 404, headers: { "x-content-type-options": "nosniff" } }),
      schemas,
    ),
  ).toBeNull();
});

test.each([
  ["answered 500", 500, { status: 500, data: null }, {}],
  ["answered 503", 503, { status: 503, data: null }, {}],
  ["not documented", 404, { status: 404, data: null }, {}],
  ["not as documented", 200, { status: 200, data: { size: -1 } }, {}],
  ["not as documented", 200, { status: 200, data: {} }, {}],
  ["has a status in its body that is not 200", 200, { status: 400, data: { size: 1 } }, {}],
  ["internal details", 200, { status: 200, data: { size: 1 }, at: "Error: x\n at f (/srv/index.js:1:2)" }, {}],
  ["X-Content-Type-Options", 200, { status: 200, data: { size: 1 } }, { "x-content-type-options": "x" }],
  ["text/html", 200, { status: 200, data: { size: 1 } }, { "content-type": "text/html" }],
])("the fault of a nonconforming response contains %j (case %#)", async (fault, status, body, headers) => {
  expect(await answer(status, body, headers as Record<string, string>)).toContain(fault);
});

test("generated valid values pass their schema, and most generated broken values do not", () => {
  const schema = inlined(ok, schemas);
  const check = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  fc.assert(fc.property(valid(schema), (value) => check.safeParse(value).success));
  const wrong = fc.sample(broken(schema), { numRuns: 200, seed: 1 }).filter((value) => !check.safeParse(value).success);
  expect(wrong.length).toBeGreaterThan(100);
});
