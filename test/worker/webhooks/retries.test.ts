import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import type { WebhookLog } from "../../../src/api/webhook-log.ts";
import { beginAttempt } from "../../../src/webhooks/delivery.ts";
import { DeliveryStore } from "../../../src/webhooks/delivery-store.ts";
import { bindings, call } from "../support/bindings.ts";
import { type HeldTask, heldClock, holdTask, taskInput } from "../support/tasks.ts";

const { pass } = heldClock();
const SECRET = `whsec_${btoa("s".repeat(32))}`;
const CALLBACK = "https://hooks.example.com/edgereel?token=hunter2";
const PUBLIC = { A: ["93.184.215.14"], AAAA: ["2606:2800:21f::1"] };

interface Received {
  headers: Record<string, string>;
  text: string;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** What the receiver got, and how it answers; the resolver says where it is. */
let received: Received[];
let answer: () => Response | Promise<Response>;
let addresses: { A: string[]; AAAA: string[] };

beforeEach(() => {
  received = [];
  answer = () => new Response(null, { status: 204 });
  addresses = PUBLIC;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { host, searchParams } = new URL(request.url);
    if (host === "cloudflare-dns.com") {
      const type = searchParams.get("type") === "A" ? "A" : "AAAA";
      const records = addresses[type].map((data) => ({ name: "x.", type: type === "A" ? 1 : 28, TTL: 1, data }));
      return Response.json({ Status: 0, Answer: [{ name: "x.", type: 5, TTL: 1, data: "y." }, ...records] });
    }
    expect([request.method, request.url, request.redirect]).toEqual(["POST", CALLBACK, "manual"]);
    const text = await request.text();
    received.push({ headers: Object.fromEntries(request.headers), text, body: JSON.parse(text) });
    return answer();
  });
});

async function toldTask(settings: object = {}): Promise<HeldTask> {
  const task = await holdTask();
  await setUp(task, settings);
  await task.stub.create(task.id, taskInput({ callback_url: CALLBACK }));
  return task;
}
async function setUp(task: HeldTask, settings: object = {}): Promise<void> {
  await runInDurableObject(task.stub, (instance) => {
    Object.assign(instance, {
      env: { ...(Reflect.get(instance, "env") as object), WEBHOOK_SECRET: SECRET, ...settings },
    });
  });
}
const webhooks = async (task: HeldTask): Promise<WebhookLog[]> => (await task.stub.get())?.webhooks ?? [];

/** Waits until so many attempts were made in all and their answers are noted, and returns the log. */
async function afterAttempts(task: HeldTask, attempts: number): Promise<WebhookLog[]> {
  return vi.waitFor(async () => {
    const log = await webhooks(task);
    expect(log.reduce((sum, each) => sum + each.attempts, 0)).toBe(attempts);
    for (const { attempts: made, last_status, last_error } of log) {
      if (made > 0) expect(last_status ?? last_error).not.toBeNull();
    }
    return log;
  });
}
const alarmAt = (task: HeldTask) => runInDurableObject(task.stub, (_, state) => state.storage.getAlarm());
async function wakeWhenDue(task: HeldTask): Promise<void> {
  pass(Math.max(0, ((await alarmAt(task)) ?? 0) - Date.now()) + 1);
  expect(await runDurableObjectAlarm(task.stub)).toBe(true);
}

test("a webhook that is not taken is sent again by the alarm with the same id and body, and is no change of the task", async () => {
  answer = () => new Response("no", { status: received.length < 3 ? 500 : 200 });
  const task = await toldTask();
  await task.stub.cancel();
  const revision = (await task.stub.get())?.revision;
  const [first] = await afterAttempts(task, 1);
  expect(first).toMatchObject({ state: "pending", last_status: 500, last_error: "the receiver answered 500" });
  expect(Date.parse(first?.next_attempt_at ?? "")).toBe(await alarmAt(task));
  for (const attempts of [2, 3]) {
    await wakeWhenDue(task);
    await afterAttempts(task, attempts);
  }
  expect(await webhooks(task)).toMatchObject([{ id: first?.id, state: "delivered", attempts: 3, last_error: null }]);
  expect(new Set(received.map(({ headers, text }) => headers["webhook-id"] + text)).size).toBe(1);
  expect(new Set(received.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(3);
  expect((await task.stub.get())?.revision).toBe(revision);
  expect(await alarmAt(task)).toBeNull();
});

test("a webhook that is not taken holds up none after it, and is given up in the end", async () => {
  answer = () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1/" } });
  const task = await toldTask({ WEBHOOK_RETRY_SECONDS: "60" });
  await task.stub.claim("plan");
  await afterAttempts(task, 1);
  answer = () => new Response();
  await task.stub.cancel();
  expect((await afterAttempts(task, 2)).map(({ state }) => state)).toEqual(["pending", "delivered"]);
  answer = () => new Response(null, { status: 500 });
  await wakeWhenDue(task);
  expect(await afterAttempts(task, 3)).toMatchObject([{ state: "failed", attempts: 2 }, { state: "delivered" }]);
  expect(await alarmAt(task)).toBeNull();
});

test("a webhook that is not taken by a receiver that answers 410 Gone is the last one of its task, until one that is replayed is taken", async () => {
  answer = () => new Response(null, { status: 410 });
  const task = await toldTask();
  await task.stub.claim("plan");
  const [gone] = await afterAttempts(task, 1);
  await task.stub.cancel();
  expect(await webhooks(task)).toMatchObject([
    { state: "stopped", attempts: 1, last_status: 410 },
    { state: "stopped", attempts: 0, last_error: expect.stringContaining("410") },
  ]);
  expect(await alarmAt(task)).toBeNull();
  answer = () => new Response();
  await replay(task, gone?.id ?? "");
  await afterAttempts(task, 2);
  await task.stub.retry();
  await task.stub.cancel();
  expect((await afterAttempts(task, 3)).map(({ state }) => state)).toEqual(["delivered", "stopped", "delivered"]);
});

test.each<[string, () => void, object, RegExp]>([
  [
    "leads to a private address",
    () => (addresses = { A: ["93.184.215.14"], AAAA: ["fd00::1"] }),
    {},
    /an address that is not public$/,
  ],
  ["has no address", () => (addresses = { A: [], AAAA: [] }), {}, /no address/],
  ["has no secret any more", () => {}, { WEBHOOK_SECRET: "" }, /WEBHOOK_SECRET/],
])("a webhook that is not taken since it %s goes nowhere, and says why", async (_, prepare, settings, reason) => {
  prepare();
  const task = await toldTask(settings);
  await task.stub.cancel();
  const [webhook] = await afterAttempts(task, 1);
  expect(webhook).toMatchObject({ state: "pending", last_status: null });
  expect(webhook?.last_error).toMatch(reason);
  expect(received).toEqual([]);
});

test("a webhook that is not taken is not looked up where the operator allows its host", async () => {
  addresses = { A: ["10.0.0.1"], AAAA: [] };
  const task = await toldTask({ OUTBOUND_ALLOW: "hooks.example.com:443" });
  await task.stub.cancel();
  expect(await afterAttempts(task, 1)).toMatchObject([{ state: "delivered" }]);
});

test("a webhook that is not taken leaves no more than its host in the service's log", async () => {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  answer = () => new Response(null, { status: 500 });
  const task = await toldTask();
  await task.stub.cancel();
  await afterAttempts(task, 1);
  const logged = lines.mock.calls.map(([line]) => String(line)).join("\n");
  expect(logged).toContain('"host":"hooks.example.com"');
  for (const secret of ["hunter2", "edgereel?", SECRET]) expect(logged).not.toContain(secret);
});

test("an attempt that was never heard of again is made anew", async () => {
  answer = () => new Promise(() => {});
  const task = await toldTask();
  await task.stub.cancel();
  await vi.waitFor(() => expect(received).toHaveLength(1));
  const [begun] = await webhooks(task);
  expect(begun).toMatchObject({ state: "pending", attempts: 1, last_status: null, last_error: null });
  expect(Date.parse(begun?.next_attempt_at ?? "")).toBe(await alarmAt(task));
  await abortAllDurableObjects();
  const after = { ...task, stub: bindings.TASKS.getByName(task.id) };
  await setUp(after);
  answer = () => new Response();
  await wakeWhenDue(after);
  expect(await afterAttempts(after, 2)).toMatchObject([{ id: begun?.id, state: "delivered" }]);
  expect(received[1]?.text).toBe(received[0]?.text);
});

test("with settings that make no sense it waits, and comes again", async () => {
  const task = await toldTask();
  await setUp(task, { WEBHOOK_RETRY_SECONDS: "soon" });
  await task.stub.cancel();
  await vi.waitFor(async () => expect(await alarmAt(task)).toBeGreaterThan(Date.now() + 20_000));
  await setUp(task, { WEBHOOK_RETRY_SECONDS: "60" });
  await wakeWhenDue(task);
  expect(await afterAttempts(task, 2)).toMatchObject([{ state: "delivered" }]);
});

test("attempts that are cut off every time are bounded too", async () => {
  const task = await toldTask({ WEBHOOK_RETRY_SECONDS: "60" });
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

const replay = (task: HeldTask, id: string) =>
  call<{ webhooks: WebhookLog[] }>(`/api/v1/tasks/${task.id}/webhooks/${id}/replay`, { method: "POST" });
