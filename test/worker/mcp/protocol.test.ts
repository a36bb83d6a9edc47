import { beforeAll, beforeEach, expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import { createApp } from "../../../src/http/app.ts";
import { MAX_BODY_BYTES } from "../../../src/http/request/json-body.ts";
import { bindings, request } from "../support/bindings.ts";
import { clearStorage, prepareDatabase } from "../support/database.ts";

beforeAll(prepareDatabase);
beforeEach(clearStorage);

const MODERN = "2026-07-28";
const meta = {
  "io.modelcontextprotocol/protocolVersion": MODERN,
  "io.modelcontextprotocol/clientCapabilities": {},
};

interface Reply {
  status: number;
  body: { id?: unknown; result?: Record<string, unknown>; error?: { code: number; message: string; data?: unknown } };
}

/** Sends a body as it is, with the headers that clients of earlier versions send. */
async function post(body: unknown, headers: Record<string, string | null> = {}): Promise<Reply> {
  const all = { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  const response = await request("/mcp", {
    method: "POST",
    headers: Object.fromEntries(sent),
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
}

/** Sends a request as clients of the current version do. `null` leaves a header out. */
function modern(method: string, params: object = {}, headers: Record<string, string | null> = {}): Promise<Reply> {
  const named =
    "name" in params ? { "mcp-name": String(params.name) } : "uri" in params ? { "mcp-name": String(params.uri) } : {};
  const own = { "mcp-protocol-version": MODERN, "mcp-method": method, ...named };
  return post({ jsonrpc: "2.0", id: 7, method, params: { _meta: meta, ...params } }, { ...own, ...headers });
}

const legacy = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: "a", method, params });

test("server/discover says which versions, capabilities and instructions the service has", async () => {
  const { status, body } = await modern("server/discover");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    jsonrpc: "2.0",
    id: 7,
    result: {
      resultType: "complete",
      supportedVersions: [MODERN, "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"],
      capabilities: { tools: {}, resources: {} },
      instructions: expect.stringContaining("create_video"),
      cacheScope: "public",
      _meta: { "io.modelcontextprotocol/serverInfo": { name: "edgereel" } },
    },
  });
});

test.each([
  ["the client's version if it is supported", "2025-03-26", "2025-03-26"],
  ["the newest version with a handshake for an unknown one", "1999-01-01", "2025-11-25"],
])("initialize answers with %s, and without a session", async (_, asked, agreed) => {
  const response = await request("/mcp", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify(legacy("initialize", { protocolVersion: asked, capabilities: {}, clientInfo: { name: "x" } })),
  });
  expect(await response.json()).toMatchObject({ id: "a", result: { protocolVersion: agreed } });
  expect(response.headers.get("mcp-session-id")).toBeNull();
});

test.each<[string, () => Promise<Reply>, number, number]>([
  ["a body that is not JSON", () => post("{"), 400, -32700],
  ["an empty body", () => post(""), 400, -32700],
  ["a body that is too large", () => post(legacy("ping", { x: "x".repeat(MAX_BODY_BYTES) })), 413, -32600],
  ["another Content-Type", () => post(legacy("ping"), { "content-type": "text/plain" }), 415, -32600],
  ["an Accept header that excludes JSON and streams", () => post(legacy("ping"), { accept: "text/html" }), 406, -32600],
  ["a number instead of a message", () => post("1"), 400, -32600],
  ["a message of another version of JSON-RPC", () => post({ ...legacy("ping"), jsonrpc: "1.0" }), 400, -32600],
  ["an id that is null", () => post({ ...legacy("ping"), id: null }), 400, -32600],
  ["params that are a list", () => post({ ...legacy("ping"), params: [] }), 400, -32600],
  ["an unknown method before 2026-07-28", () => post(legacy("prompts/list")), 200, -32601],
  ["an unknown method", () => modern("prompts/list"), 404, -32601],
  ["a method that the version no longer has", () => modern("ping"), 404, -32601],
  ["an unknown tool", () => modern("tools/call", { name: "nothing" }), 200, -32602],
  ["an unknown resource", () => modern("resources/read", { uri: "edgereel://nothing" }), 200, -32602],
  ["an unknown resource before 2026-07-28", () => post(legacy("resources/read", { uri: "x:y" })), 200, -32002],
  ["an invalid cursor", () => modern("resources/list", { cursor: "?" }), 200, -32602],
  [
    "an unknown version in the header",
    () => post(legacy("tools/list"), { "mcp-protocol-version": "1999-01-01" }),
    400,
    -32022,
  ],
  [
    "a version header without metadata",
    () => post(legacy("tools/list"), { "mcp-protocol-version": MODERN }),
    400,
    -32602,
  ],
  ["no version header", () => modern("tools/list", {}, { "mcp-protocol-version": null }), 400, -32020],
  [
    "another version in the header",
    () => modern("tools/list", {}, { "mcp-protocol-version": "2025-11-25" }),
    400,
    -32020,
  ],
  ["no method header", () => modern("tools/list", {}, { "mcp-method": null }), 400, -32020],
  ["another method in the header", () => modern("tools/list", {}, { "mcp-method": "tools/call" }), 400, -32020],
  ["another name in the header", () => modern("tools/call", { name: "a" }, { "mcp-name": "b" }), 400, -32020],
  [
    "an unknown version in the metadata",
    () => modern("tools/list", { _meta: { ...meta, "io.modelcontextprotocol/protocolVersion": "2999-01-01" } }),
    400,
    -32022,
  ],
  [
    "metadata without the client's capabilities",
    () => modern("tools/list", { _meta: { "io.modelcontextprotocol/protocolVersion": MODERN } }),
    400,
    -32602,
  ],
])("a request with %s gets a JSON-RPC error", async (_, send, status, code) => {
  const { status: answered, body } = await send();
  expect({ status: answered, code: body.error?.code }).toEqual({ status, code });
  expect(body.error?.message).toMatch(/\w/);
});

test("the error for an unknown version lists the supported ones", async () => {
  const { body } = await post(legacy("tools/list"), { "mcp-protocol-version": "1999-01-01" });
  expect(body.error?.data).toMatchObject({ requested: "1999-01-01", supported: expect.arrayContaining([MODERN]) });
});

test("a name in the header may be encoded as Base64", async () => {
  const { body } = await modern("tools/call", { name: "é" }, { "mcp-name": "=?base64?w6k=?=" });
  expect(body.error).toMatchObject({ code: -32602, message: 'unknown tool "é"' });
});

test("notifications and responses of clients get 202 without a body", async () => {
  const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
  for (const message of [initialized, { jsonrpc: "2.0", id: 1, result: {} }]) {
    expect(await post(message)).toEqual({ status: 202, body: {} });
  }
  expect((await post(initialized, { "mcp-protocol-version": MODERN })).status).toBe(202);
});

test("a request without an Accept header, or with a session id of another server, is answered as JSON", async () => {
  for (const headers of [{ accept: null }, { "mcp-session-id": "unknown" }]) {
    expect(await post(legacy("ping"), headers)).toEqual({ status: 200, body: { jsonrpc: "2.0", id: "a", result: {} } });
  }
});

test("only version 2025-03-26 may send several messages at once", async () => {
  const batch = [legacy("ping"), { jsonrpc: "2.0", method: "notifications/initialized" }, { ...legacy("x"), id: 2 }, 3];
  const { status, body } = await post(batch);
  expect(status).toBe(200);
  expect(body).toMatchObject([
    { id: "a", result: {} },
    { id: 2, error: { code: -32601 } },
    { error: { code: -32600 } },
  ]);
  for (const [headers, messages] of [
    [{ "mcp-protocol-version": "2025-11-25" }, batch],
    [{}, []],
    [{}, Array.from({ length: 21 }, () => legacy("ping"))],
  ] as const) {
    expect(await post(messages, headers)).toMatchObject({ status: 400, body: { error: { code: -32600 } } });
  }
});

test("GET and DELETE of the endpoint answer 405, because there are no sessions", async () => {
  for (const method of ["GET", "DELETE"]) {
    const response = await request("/mcp", { method, headers: { accept: "text/event-stream" } });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "OPTIONS, POST"]);
  }
});

test.each([
  ["no origin", {}, {}, 200],
  ["a page on this machine", { origin: "http://localhost:6274" }, { CORS_ORIGINS: "http://localhost:6274" }, 200],
  [
    "a page of the service at PUBLIC_URL",
    { origin: "https://v.example" },
    { PUBLIC_URL: "https://v.example", CORS_ORIGINS: "https://v.example" },
    200,
  ],
  ["a named page", { origin: "https://named.example" }, { CORS_ORIGINS: "https://named.example" }, 200],
  ["a page of another site", { origin: "https://evil.example" }, {}, 403],
  // After DNS rebinding, the page's own host name leads to this service.
  ["a page of a host name that was bound to this service", { origin: "http://edgereel.test" }, {}, 403],
  ["a sandboxed page", { origin: "null" }, {}, 403],
])("without keys, a request from %s gets the right answer", async (_, headers, settings, status) => {
  const response = await createApp().request(
    "http://edgereel.test/mcp",
    {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", ...headers },
      body: JSON.stringify(legacy("ping")),
    },
    { ...bindings, ...{ AUTH: "off" }, ...settings } as Env,
  );
  expect(response.status).toBe(status);
});
