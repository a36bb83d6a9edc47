import { expect, test, vi } from "vitest";
import { KeyAdminError, listKeys, revokeKey, rotateKey, stateOf } from "../../../scripts/key-admin.ts";
import { idOfApiKey } from "../../../src/auth/api-key.ts";
import { bearer, execute, keyOf, postAs, withoutEarlierKeys } from "../support/access.ts";
import { bindings, call } from "../support/bindings.ts";

const PATH = "/api/v1/tasks";
const idOf = (key: string) => idOfApiKey(key) ?? "";
const ask = (headers: Record<string, string>) => call(PATH, { headers });
const clock = withoutEarlierKeys();

test("a key is accepted in either header or in both, and two different keys answer 400", async () => {
  const key = await keyOf("alice");
  expect((await ask(bearer(key))).status).toBe(200);
  expect((await ask({ "x-api-key": key })).status).toBe(200);
  expect((await ask({ ...bearer(key), "x-api-key": key })).status).toBe(200);
  expect((await ask({ ...bearer(key), "x-api-key": await keyOf("bob") })).status).toBe(400);
});

test("the database stores a key's public fields and its hash, but not its secret", async () => {
  const key = await keyOf("alice", "read");
  const rows = JSON.stringify(await execute("SELECT * FROM api_keys"));
  expect(rows).not.toContain(key.slice(12));
  expect(rows).toContain(idOf(key));
  const [row] = await listKeys(execute, "alice");
  expect(row).toMatchObject({ id: idOf(key), owner: "alice", scopes: "read", name: "test", revoked_at: null });
  expect(await listKeys(execute, "bob")).toEqual([]);
});

test("a key with a valid id and a wrong secret is refused with 401", async () => {
  const key = await keyOf("alice");
  expect((await ask(bearer(key))).status).toBe(200);
  for (let at = 12; at < key.length; at += 5) {
    const other = key.slice(0, at) + (key[at] === "A" ? "B" : "A") + key.slice(at + 1);
    expect((await ask(bearer(other))).status).toBe(401);
  }
});

test("a key is refused with 401 after its expiry time", async () => {
  const key = await keyOf("alice", "read", Date.now() + 60_000);
  expect((await ask(bearer(key))).status).toBe(200);
  clock.pass(61_000);
  expect(await ask(bearer(key))).toMatchObject({ status: 401, message: expect.stringContaining("expired at") });
});

test("a flood of invalid keys does not evict a valid key from the cache", async () => {
  const key = await keyOf("alice");
  expect((await ask(bearer(key))).status).toBe(200);
  // The clock stands still, so that the cache entry does not expire during the flood.
  vi.spyOn(Date, "now").mockReturnValue(Date.now());
  const prepare = vi.spyOn(bindings.DB, "prepare");
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  const wrongKeys = Array.from({ length: 1100 }, (_, count) => {
    const id = `aaaaa${letters[count >> 10]}${letters[(count >> 5) & 31]}${letters[count & 31]}`;
    return `er_${id}_${"A".repeat(43)}`;
  });
  for (let at = 0; at < wrongKeys.length; at += 50) {
    const answers = await Promise.all(wrongKeys.slice(at, at + 50).map((wrong) => ask(bearer(wrong))));
    for (const { status } of answers) expect(status).toBe(401);
  }
  prepare.mockClear();
  expect((await ask(bearer(key))).status).toBe(200);
  expect(prepare.mock.calls.filter(([sql]) => sql.includes("api_keys"))).toEqual([]);
});

test("a rotated key works until its grace period ends, and the new key has the same scopes", async () => {
  const old = await keyOf("alice", "read");
  const { key } = await rotateKey(execute, idOf(old), 3600_000, Date.now());
  expect([(await ask(bearer(old))).status, (await ask(bearer(key))).status]).toEqual([200, 200]);
  expect((await postAs(key, "/api/v1/videos", {})).status).toBe(403);
  clock.pass(3600_001);
  expect([(await ask(bearer(old))).status, (await ask(bearer(key))).status]).toEqual([401, 200]);
  const states = (await listKeys(execute)).map((row) => stateOf(row, Date.now()));
  expect(states.toSorted()).toEqual(["expired", "valid"]);
});

test("an invalid key command is rejected with an error and changes nothing", async () => {
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

test("a key's name is stored unchanged, even with quotes and non-ASCII letters", async () => {
  const { createKey } = await import("../../../scripts/key-admin.ts");
  const name = `O'Brien's "key"; -- ünï`;
  await createKey(execute, { owner: "alice", scopes: ["read"], name, expiresAt: null }, 1);
  expect(await listKeys(execute)).toMatchObject([{ name }]);
});
