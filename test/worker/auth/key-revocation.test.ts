import { expect, test, vi } from "vitest";
import { revokeKey } from "../../../scripts/key-admin.ts";
import { idOfApiKey } from "../../../src/auth/api-key.ts";
import { KEY_CACHE_MS } from "../../../src/auth/key-store.ts";
import { bearer, execute, keyOf, withoutEarlierKeys } from "../support/access.ts";
import { bindings, call, request } from "../support/bindings.ts";
import { makeTask } from "../support/files.ts";

const PATH = "/api/v1/tasks";
const idOf = (key: string) => idOfApiKey(key) ?? "";
const ask = (headers: Record<string, string>) => call(PATH, { headers });
const clock = withoutEarlierKeys();

test("a revoked key is refused once its cache entry expires, and until then a key is looked up only once", async () => {
  const key = await keyOf("alice");
  const prepare = vi.spyOn(bindings.DB, "prepare");
  const lookups = () => prepare.mock.calls.filter(([sql]) => sql.includes("api_keys")).length;
  for (let count = 0; count < 20; count++) expect((await ask(bearer(key))).status).toBe(200);
  expect(lookups()).toBe(1);
  await revokeKey(execute, idOf(key), Date.now());
  clock.pass(KEY_CACHE_MS + 1);
  const answer = await ask(bearer(key));
  expect(answer).toMatchObject({ status: 401, message: "this API key was revoked" });
  expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="edgereel", error="invalid_token"');
});

/** A new task of alice's, and one of her keys whose cache entry expires in less than a second. */
async function begin() {
  const key = await keyOf("alice");
  const id = await makeTask(1, "alice");
  expect((await ask(bearer(key))).status).toBe(200);
  clock.pass(KEY_CACHE_MS - 800);
  return { key, path: `${PATH}/${id}` };
}

test("an event stream ends when its key is revoked, and a new one is refused with 401", async () => {
  const { key, path } = await begin();
  const stream = await request(`${path}/events`, { headers: bearer(key) });
  await revokeKey(execute, idOf(key), Date.now());
  expect(stream.status).toBe(200);
  // text() waits for the end of the stream. The task itself does not end.
  expect((await stream.text()).match(/^event: task$/gm)).toHaveLength(1);
  expect((await call(`${path}/events`, { headers: bearer(key) })).status).toBe(401);
});

test("an event stream continues while its key is valid", async () => {
  const { key, path } = await begin();
  const stream = await request(`${path}/events`, { headers: bearer(key) });
  const prepare = vi.spyOn(bindings.DB, "prepare");
  const text = stream.text();
  await vi.waitUntil(() => prepare.mock.calls.some(([sql]) => sql.includes("api_keys")), { timeout: 10_000 });
  expect((await call(path, { method: "DELETE", headers: bearer(key) })).status).toBe(200);
  expect(await text).toMatch(/event: deleted/);
});

test("a long poll is refused with 401 when its key is revoked, and one with a valid key runs to its timeout", async () => {
  const { key, path } = await begin();
  const other = await keyOf("alice", "read");
  const good = call<{ revision: number }>(`${path}?wait=2`, { headers: bearer(other) });
  const poll = call(`${path}?wait=30`, { headers: bearer(key) });
  await revokeKey(execute, idOf(key), Date.now());
  expect(await poll).toMatchObject({ status: 401, message: "this API key was revoked" });
  expect((await good).status).toBe(200);
});
