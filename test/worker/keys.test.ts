import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KeyAdminError, listKeys, revokeKey, rotateKey, stateOf } from "../../scripts/key-admin.ts";
import { idOfApiKey } from "../../src/auth/api-key.ts";
import { KEY_LIFE } from "../../src/auth/key-store.ts";
import { askForKeys, bearer, execute, keyOf, postAs } from "./access.ts";
import { bindings, call, request } from "./bindings.ts";
import { prepareDatabase } from "./database.ts";
import { makeTask } from "./files.ts";
import { heldClock } from "./tasks.ts";

const PATH = "/api/v1/tasks";
const idOf = (key: string) => idOfApiKey(key) ?? "";
const ask = (headers: Record<string, string>) => call(PATH, { headers });
const clock = heldClock();
let day = 0;

beforeEach(async () => {
  await reset();
  await prepareDatabase();
  askForKeys();
  // Each a day after the one before it: what that left in the isolate's memory is too old by then.
  clock.pass(++day * 24 * 3600_000);
});
afterEach(() => vi.restoreAllMocks());

describe("a service without", () => {
  test("a key says on every route how to make one, and is open where it is nobody's", async () => {
    for (const [method, path] of [
      ["GET", PATH],
      ["POST", "/api/v1/videos"],
      ["GET", "/tasks/6c85c8cc-a77a-42b9-bc30-947815aa0558/final-1.mp4"],
      ["GET", "/api/v1/nothing"],
    ] as const) {
      const answer = await call(path, { method });
      expect([answer.status, answer.data]).toEqual([503, null]);
      expect(answer.message).toContain("npm run keys -- create --owner");
    }
    expect((await ask(bearer(`er_abcdefgh_${"A".repeat(43)}`))).status).toBe(503);
    for (const path of ["/health", "/docs", "/openapi.json"]) expect((await request(path)).status).toBe(200);
  });

  test("a secret for links says how to set one", async () => {
    const key = await keyOf("alice");
    askForKeys({ LINK_SECRETS: "" });
    const answer = await ask(bearer(key));
    expect([answer.status, answer.message]).toEqual([503, expect.stringContaining("wrangler secret put LINK_SECRETS")]);
    expect((await request("/health")).status).toBe(200);
  });

  test("a database that answers lets nobody in, and says that it may be tried again", async () => {
    const key = await keyOf("alice");
    await bindings.DB.exec("ALTER TABLE api_keys RENAME TO hidden");
    await bindings.DB.exec("ALTER TABLE owner_totals RENAME TO hidden_too");
    const health = await call<object>("/health");
    expect(health).toMatchObject({
      status: 503,
      data: { state: "down", database: { ok: false }, storage: { ok: true } },
    });
    expect(JSON.stringify(health)).not.toMatch(/no such table|sql/i);
    const answer = await ask(bearer(key));
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    expect(answer.message).not.toMatch(/table|sql/i);
  });
});

test("which methods an address knows is told to anyone, and what is no address to nobody", async () => {
  const refused = await call(PATH, { method: "DELETE" });
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  await keyOf("alice");
  expect((await request(PATH, { method: "OPTIONS" })).status).toBe(204);
  expect((await call("/api/v1/nothing", { method: "DELETE" })).status).toBe(401);
});

test("a key is good in either header, and in both", async () => {
  const key = await keyOf("alice");
  expect((await ask(bearer(key))).status).toBe(200);
  expect((await ask({ "x-api-key": key })).status).toBe(200);
  expect((await ask({ ...bearer(key), "x-api-key": key })).status).toBe(200);
  expect((await ask({ ...bearer(key), "x-api-key": await keyOf("bob") })).status).toBe(400);
});

test("of a key only its hash is kept, and what may be shown", async () => {
  const key = await keyOf("alice", "read");
  const rows = JSON.stringify(await execute("SELECT * FROM api_keys"));
  expect(rows).not.toContain(key.slice(12));
  expect(rows).toContain(idOf(key));
  const [row] = await listKeys(execute, "alice");
  expect(row).toMatchObject({ id: idOf(key), owner: "alice", scopes: "read", name: "test", revoked_at: null });
  expect(await listKeys(execute, "bob")).toEqual([]);
});

test("the right id with another secret is no key", async () => {
  const key = await keyOf("alice");
  expect((await ask(bearer(key))).status).toBe(200);
  for (let at = 12; at < key.length; at += 5) {
    const other = key.slice(0, at) + (key[at] === "A" ? "B" : "A") + key.slice(at + 1);
    expect((await ask(bearer(other))).status).toBe(401);
  }
});

test("a key's last good second is the one before it ends", async () => {
  const key = await keyOf("alice", "read", Date.now() + 60_000);
  expect((await ask(bearer(key))).status).toBe(200);
  clock.pass(61_000);
  expect(await ask(bearer(key))).toMatchObject({ status: 401, message: expect.stringContaining("ended at") });
});

test("a revoked key stops within half a minute, and a key that is used is looked up as seldom", async () => {
  const key = await keyOf("alice");
  const prepare = vi.spyOn(bindings.DB, "prepare");
  const lookups = () => prepare.mock.calls.filter(([sql]) => sql.includes("api_keys")).length;
  for (let count = 0; count < 20; count++) expect((await ask(bearer(key))).status).toBe(200);
  expect(lookups()).toBe(1);
  await revokeKey(execute, idOf(key), Date.now());
  clock.pass(KEY_LIFE + 1);
  const answer = await ask(bearer(key));
  expect(answer).toMatchObject({ status: 401, message: "this API key was revoked" });
  expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="edgereel", error="invalid_token"');
});

test("a flood of keys that are none pushes out no key that is in use", async () => {
  const key = await keyOf("alice");
  expect((await ask(bearer(key))).status).toBe(200);
  // However long the flood takes, the key is not too old after it.
  vi.spyOn(Date, "now").mockReturnValue(Date.now());
  const prepare = vi.spyOn(bindings.DB, "prepare");
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  for (let count = 0; count < 1100; count++) {
    const id = `aaaaa${letters[count >> 10]}${letters[(count >> 5) & 31]}${letters[count & 31]}`;
    const { status } = await ask(bearer(`er_${id}_${"A".repeat(43)}`));
    expect(status).toBe(401);
  }
  prepare.mockClear();
  expect((await ask(bearer(key))).status).toBe(200);
  expect(prepare.mock.calls.filter(([sql]) => sql.includes("api_keys"))).toEqual([]);
});

test("a rotated key goes on for its grace, and its successor is as good", async () => {
  const old = await keyOf("alice", "read");
  const { key } = await rotateKey(execute, idOf(old), 3600_000, Date.now());
  expect([(await ask(bearer(old))).status, (await ask(bearer(key))).status]).toEqual([200, 200]);
  expect((await postAs(key, "/api/v1/videos", {})).status).toBe(403);
  clock.pass(3600_001);
  expect([(await ask(bearer(old))).status, (await ask(bearer(key))).status]).toEqual([401, 200]);
  const states = (await listKeys(execute)).map((row) => stateOf(row, Date.now()));
  expect(states.toSorted()).toEqual(["expired", "good"]);
});

test("what cannot be done with a key is said, and changes nothing", async () => {
  const key = await keyOf("alice");
  await expect(keyOf("Alice")).rejects.toThrow(/^--owner: /);
  await expect(keyOf("a'; DROP TABLE api_keys; --")).rejects.toThrow(KeyAdminError);
  for (const id of ["aaaaaaaa", "", "' OR 1=1 --"]) {
    await expect(revokeKey(execute, id, 1)).rejects.toThrow(/there is no key/);
    await expect(rotateKey(execute, id, 1, 1)).rejects.toThrow(/there is no key/);
  }
  await revokeKey(execute, idOf(key), 5);
  await revokeKey(execute, idOf(key), 9);
  await expect(rotateKey(execute, idOf(key), 1, 10)).rejects.toThrow(/was revoked/);
  expect(await listKeys(execute)).toMatchObject([{ owner: "alice", revoked_at: 5 }]);
});

test("a name of any letters is kept as it is", async () => {
  const { createKey } = await import("../../scripts/key-admin.ts");
  const name = `O'Brien's "key"; -- ünï`;
  await createKey(execute, { owner: "alice", scopes: ["read"], name, expiresAt: null }, 1);
  expect(await listKeys(execute)).toMatchObject([{ name }]);
});

describe("what is under way when its key is revoked", () => {
  /** A planned task of alice's, and a key of hers that is looked up again within a second. */
  async function begin() {
    const key = await keyOf("alice");
    const id = await makeTask(1, "alice");
    expect((await ask(bearer(key))).status).toBe(200);
    clock.pass(KEY_LIFE - 800);
    return { key, path: `${PATH}/${id}` };
  }

  test("a stream of events ends by itself, and cannot be taken up again", async () => {
    const { key, path } = await begin();
    const stream = await request(`${path}/events`, { headers: bearer(key) });
    await revokeKey(execute, idOf(key), Date.now());
    expect(stream.status).toBe(200);
    // To its end, which the task itself does not come to.
    expect((await stream.text()).match(/^event: task$/gm)).toHaveLength(1);
    expect((await call(`${path}/events`, { headers: bearer(key) })).status).toBe(401);
  });

  test("a stream of events goes on while the key is good", async () => {
    const { key, path } = await begin();
    const stream = await request(`${path}/events`, { headers: bearer(key) });
    const prepare = vi.spyOn(bindings.DB, "prepare");
    const text = stream.text();
    await vi.waitUntil(() => prepare.mock.calls.some(([sql]) => sql.includes("api_keys")), { timeout: 10_000 });
    expect((await call(path, { method: "DELETE", headers: bearer(key) })).status).toBe(200);
    expect(await text).toMatch(/event: deleted/);
  });

  test("a long poll is refused, and one by a good key waits for its time", async () => {
    const { key, path } = await begin();
    const other = await keyOf("alice", "read");
    const good = call<{ revision: number }>(`${path}?wait=2`, { headers: bearer(other) });
    const poll = call(`${path}?wait=30`, { headers: bearer(key) });
    await revokeKey(execute, idOf(key), Date.now());
    expect(await poll).toMatchObject({ status: 401, message: "this API key was revoked" });
    expect((await good).status).toBe(200);
  });
});
