import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { beginAttempt } from "../../../src/webhooks/delivery.ts";
import { DeliveryStore } from "../../../src/webhooks/delivery-store.ts";
import { bindings } from "../support/bindings.ts";
import { alarmAt } from "../support/tasks.ts";
import {
  afterAttempts,
  configure,
  replay,
  SECRET,
  standInReceiver,
  taskWithCallback,
  webhooksOf,
} from "../support/webhooks.ts";

const receiver = standInReceiver();

test("a rejected webhook is sent again with the same id and body, and does not change the task", async () => {
  receiver.answer = () => new Response("no", { status: receiver.received.length < 3 ? 500 : 200 });
  const task = await taskWithCallback();
  await task.stub.cancel();
  const revision = (await task.stub.get())?.revision;
  const [first] = await afterAttempts(task, 1);
  expect(first).toMatchObject({ state: "pending", last_status: 500, last_error: "the receiver answered 500" });
  expect(Date.parse(first?.next_attempt_at ?? "")).toBe(await alarmAt(task));
  for (const attempts of [2, 3]) {
    await receiver.wakeWhenDue(task);
    await afterAttempts(task, attempts);
  }
  expect(await webhooksOf(task)).toMatchObject([{ id: first?.id, state: "delivered", attempts: 3, last_error: null }]);
  expect(new Set(receiver.received.map(({ headers, text }) => headers["webhook-id"] + text)).size).toBe(1);
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(3);
  expect((await task.stub.get())?.revision).toBe(revision);
  expect(await alarmAt(task)).toBeNull();
});

test("a rejected webhook does not delay later ones, and is given up in the end", async () => {
  receiver.answer = () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1/" } });
  const task = await taskWithCallback({ WEBHOOK_RETRY_SECONDS: "60" });
  await task.stub.claim("plan");
  await afterAttempts(task, 1);
  receiver.answer = () => new Response();
  await task.stub.cancel();
  expect((await afterAttempts(task, 2)).map(({ state }) => state)).toEqual(["pending", "delivered"]);
  receiver.answer = () => new Response(null, { status: 500 });
  await receiver.wakeWhenDue(task);
  expect(await afterAttempts(task, 3)).toMatchObject([{ state: "failed", attempts: 2 }, { state: "delivered" }]);
  expect(await alarmAt(task)).toBeNull();
});

test("a webhook answered with 410 stops its task's later webhooks until a replay is accepted", async () => {
  receiver.answer = () => new Response(null, { status: 410 });
  const task = await taskWithCallback();
  await task.stub.claim("plan");
  const [gone] = await afterAttempts(task, 1);
  await task.stub.cancel();
  expect(await webhooksOf(task)).toMatchObject([
    { state: "stopped", attempts: 1, last_status: 410 },
    { state: "stopped", attempts: 0, last_error: expect.stringContaining("410") },
  ]);
  expect(await alarmAt(task)).toBeNull();
  receiver.answer = () => new Response();
  await replay(task, gone?.id ?? "");
  await afterAttempts(task, 2);
  await task.stub.retry();
  await task.stub.cancel();
  expect((await afterAttempts(task, 3)).map(({ state }) => state)).toEqual(["delivered", "stopped", "delivered"]);
});

test.each<[string, () => void, object, RegExp]>([
  [
    "its host has a private address",
    () => (receiver.addresses = { A: ["93.184.215.14"], AAAA: ["fd00::1"] }),
    {},
    /an IP address that is not public$/,
  ],
  ["its host has no address", () => (receiver.addresses = { A: [], AAAA: [] }), {}, /no IP address/],
  ["WEBHOOK_SECRET is missing", () => {}, { WEBHOOK_SECRET: "" }, /WEBHOOK_SECRET/],
])("a webhook is not sent and records the reason if %s", async (_, prepare, settings, reason) => {
  prepare();
  const task = await taskWithCallback(settings);
  await task.stub.cancel();
  const [webhook] = await afterAttempts(task, 1);
  expect(webhook).toMatchObject({ state: "pending", last_status: null });
  expect(webhook?.last_error).toMatch(reason);
  expect(receiver.received).toEqual([]);
});

test("a webhook to a private address is sent if OUTBOUND_ALLOW names its host", async () => {
  receiver.addresses = { A: ["10.0.0.1"], AAAA: [] };
  const task = await taskWithCallback({ OUTBOUND_ALLOW: "hooks.example.com:443" });
  await task.stub.cancel();
  expect(await afterAttempts(task, 1)).toMatchObject([{ state: "delivered" }]);
});

test("a failed webhook puts its host into the log, but not its path, query or secret", async () => {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  receiver.answer = () => new Response(null, { status: 500 });
  const task = await taskWithCallback();
  await task.stub.cancel();
  await afterAttempts(task, 1);
  const logged = lines.mock.calls.map(([line]) => String(line)).join("\n");
  expect(logged).toContain('"host":"hooks.example.com"');
  for (const secret of ["hunter2", "edgereel?", SECRET]) expect(logged).not.toContain(secret);
});

test("a webhook attempt that a restart interrupts is made again", async () => {
  receiver.answer = () => new Promise(() => {});
  const task = await taskWithCallback();
  await task.stub.cancel();
  await expect.poll(() => receiver.received, { timeout: 30_000 }).toHaveLength(1);
  const [begun] = await webhooksOf(task);
  expect(begun).toMatchObject({ state: "pending", attempts: 1, last_status: null, last_error: null });
  expect(Date.parse(begun?.next_attempt_at ?? "")).toBe(await alarmAt(task));
  await abortAllDurableObjects();
  const after = { ...task, stub: bindings.TASKS.getByName(task.id) };
  await configure(after);
  receiver.answer = () => new Response();
  await receiver.wakeWhenDue(after);
  expect(await afterAttempts(after, 2)).toMatchObject([{ id: begun?.id, state: "delivered" }]);
  expect(receiver.received[1]?.text).toBe(receiver.received[0]?.text);
});

test("a webhook waits while the configuration is invalid, and is sent once it is valid", async () => {
  const task = await taskWithCallback();
  await configure(task, { WEBHOOK_RETRY_SECONDS: "soon" });
  await task.stub.cancel();
  await expect.poll(() => alarmAt(task), { timeout: 30_000 }).toBeGreaterThan(Date.now() + 20_000);
  await configure(task, { WEBHOOK_RETRY_SECONDS: "60" });
  await receiver.wakeWhenDue(task);
  expect(await afterAttempts(task, 2)).toMatchObject([{ state: "delivered" }]);
});

test("interrupted webhook attempts count towards the retry limit", async () => {
  const task = await taskWithCallback({ WEBHOOK_RETRY_SECONDS: "60" });
  await runInDurableObject(task.stub, (_, { storage }) => {
    const store = new DeliveryStore(storage.sql);
    store.add("task.started", "{}", 0);
    const [added] = store.all();
    if (added) store.update(beginAttempt(beginAttempt(added, 0), 0));
  });
  await task.stub.cancel();
  expect(await afterAttempts(task, 3)).toMatchObject([
    { state: "failed", attempts: 2, last_error: "the last attempt was interrupted" },
    { state: "delivered", attempts: 1 },
  ]);
});
