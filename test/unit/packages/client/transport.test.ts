import { expect, test } from "vitest";
import { retryAfterOf } from "../../../../packages/client/src/errors.ts";
import {
  ConnectionError,
  DatabaseUnavailableError,
  Edgereel,
  EdgereelError,
  InternalError,
  InvalidRequestError,
  NotConfiguredError,
  NotFoundError,
  QuotaExceededError,
} from "../../../../packages/client/src/index.ts";
import { refusal, type ScriptedAnswer, scriptedServer, success } from "../support/scripted-server.ts";

const SOON = { "retry-after": "0" };
const away = refusal(503, "database_unavailable", "the database did not answer; try again", SOON);
const request = { video_subject: "cats" };

test("createVideo sends a request again with the same idempotency key after lost answers and 503", async () => {
  await using server = await scriptedServer("break off", away, success({ task_id: "a" }));
  expect(await new Edgereel({ url: server.url }).createVideo(request)).toEqual({ task_id: "a" });
  expect(server.seen.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual(
    Array.from({ length: 3 }, () => 'POST /api/v1/videos {"video_subject":"cats"}'),
  );
  const keys = server.seen.map(({ headers }) => headers["idempotency-key"]);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
});

test("each call of createVideo has its own idempotency key, unless the caller gives one", async () => {
  await using server = await scriptedServer(success({ task_id: "a" }));
  const client = new Edgereel({ url: `${server.url}/`, apiKey: "er_1_secret" });
  await client.createVideo(request);
  await client.createVideo(request);
  await client.createVideo(request, { idempotencyKey: "mine" });
  const keys = server.seen.map(({ headers }) => headers["idempotency-key"]);
  expect(new Set(keys).size).toBe(3);
  expect(keys[2]).toBe("mine");
  expect(server.seen[0]).toMatchObject({ url: "/api/v1/videos", headers: { authorization: "Bearer er_1_secret" } });
});

test("a POST without idempotency key is not sent again after a lost answer, because it may have had its effect", async () => {
  await using server = await scriptedServer("break off", success(null));
  await expect(new Edgereel({ url: server.url }).retry("a")).rejects.toBeInstanceOf(ConnectionError);
  expect(server.seen).toHaveLength(1);
});

test("a POST without idempotency key is sent again if the service says when", async () => {
  await using server = await scriptedServer(away, success(null));
  await new Edgereel({ url: server.url }).cancel({ task_id: "a/b" });
  expect(server.seen.map(({ url }) => url)).toEqual(Array(2).fill("/api/v1/tasks/a%2Fb/cancel"));
});

const neverAgain: [string, ScriptedAnswer, typeof EdgereelError][] = [
  [
    "an invalid request",
    refusal(400, "invalid_request", "video_clip_duration: must be at least 0.5"),
    InvalidRequestError,
  ],
  ["a missing setting", refusal(503, "not_configured", "WEBHOOK_SECRET: is missing"), NotConfiguredError],
  ["an unknown task", refusal(404, "not_found", "task a does not exist"), NotFoundError],
];

test.each(neverAgain)("%s is not sent again", async (_, answer, expected) => {
  await using server = await scriptedServer(answer);
  await expect(new Edgereel({ url: server.url }).getTask("a")).rejects.toBeInstanceOf(expected);
  expect(server.seen).toHaveLength(1);
});

test("an error has the code, status, field, retryability and wait of the answer", async () => {
  const answer = refusal(400, "invalid_request", "video_materials[0].url: must be an https URL; terms: unknown field");
  await using server = await scriptedServer(answer);
  await expect(new Edgereel({ url: server.url }).createVideo(request)).rejects.toMatchObject({
    ...{ name: "EdgereelError [invalid_request]", code: "invalid_request", status: 400, retryable: false },
    ...{ field: "video_materials[0].url", retryAfter: null, task: null },
    message: "video_materials[0].url: must be an https URL; terms: unknown field",
  });
});

test("a service that asks for a longer wait than the client accepts gets no second request", async () => {
  await using server = await scriptedServer(refusal(429, "quota_exceeded", "quota", { "retry-after": "61" }));
  const error = await new Edgereel({ url: server.url }).getTask("a").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(QuotaExceededError);
  expect(error).toMatchObject({ retryAfter: 61, retryable: true });
  expect(server.seen).toHaveLength(1);
});

test("the last error is thrown after as many attempts as the options say", async () => {
  await using server = await scriptedServer(away);
  const client = new Edgereel({ url: server.url, maxAttempts: 3 });
  await expect(client.getTask("a")).rejects.toBeInstanceOf(DatabaseUnavailableError);
  expect(server.seen).toHaveLength(3);
});

test("the answer of a gateway without a code is an error with its status", async () => {
  await using server = await scriptedServer({ status: 502, headers: SOON, body: "<html>bad gateway</html>" });
  const error = await new Edgereel({ url: server.url, maxAttempts: 2 }).getTask("a").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EdgereelError);
  expect(error).toMatchObject({ code: null, status: 502, retryable: true });
  expect(server.seen).toHaveLength(2);
});

test("a status 500 without a code is an internal error", async () => {
  await using server = await scriptedServer({ status: 500, body: "oops" });
  await expect(new Edgereel({ url: server.url }).createVideo(request)).rejects.toBeInstanceOf(InternalError);
});

test("a service that nobody runs is a ConnectionError that says why, after all attempts", async () => {
  const server = await scriptedServer();
  await server[Symbol.asyncDispose]();
  const error = await new Edgereel({ url: server.url, maxAttempts: 1 }).health().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ message: expect.stringContaining(`${server.url} did not answer: `), retryable: true });
});

test("an aborted call rejects with the reason of its signal, also while it waits for the next attempt", async () => {
  await using server = await scriptedServer(refusal(503, "database_unavailable", "away", { "retry-after": "50" }));
  const stop = new AbortController();
  const call = new Edgereel({ url: server.url }).getTask("a", { signal: stop.signal });
  await expect.poll(() => server.seen.length).toBe(1);
  stop.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
});

test.each([
  ["7", 7],
  ["Fri, 27 Nov 2026 12:00:30 GMT", 30],
  ["Fri, 27 Nov 2026 11:00:00 GMT", 0],
  ["soon", undefined],
])("Retry-After: %s means a wait of %s seconds", (value, seconds) => {
  const now = Date.parse("2026-11-27T12:00:00Z");
  expect(retryAfterOf(new Headers({ "retry-after": value }), now)).toBe(seconds);
});

test("a typed call of the whole API goes through the same retries and errors", async () => {
  await using server = await scriptedServer(away, success({ voices: [] }), refusal(404, "not_found", "no such voice"));
  const client = new Edgereel({ url: server.url });
  const { data } = await client.api.GET("/api/v1/voices");
  expect(data?.data.voices).toEqual([]);
  const path = { params: { path: { id: "embedded:slt" } } };
  await expect(client.api.GET("/api/v1/voices/{id}/sample", path)).rejects.toBeInstanceOf(NotFoundError);
  expect(server.seen.map(({ url }) => url)).toEqual([
    ...["/api/v1/voices", "/api/v1/voices"],
    "/api/v1/voices/embedded%3Aslt/sample",
  ]);
});
