import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { WebhookLog } from "../../src/api/webhook-log.ts";
import { beginAttempt } from "../../src/webhooks/delivery.ts";
import { DeliveryStore } from "../../src/webhooks/delivery-store.ts";
import { bindings, call } from "./bindings.ts";
import { type HeldTask, heldClock, holdTask, planOf, taskInput } from "./tasks.ts";

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
async function succeed(task: HeldTask): Promise<void> {
  await task.stub.claim("plan");
  await task.stub.planned(planOf(task.id, 1), { generation: 0, run: 1 });
  for (const job of ["segment-1-1", "combined-1", "final-1"]) await task.stub.complete(job, { generation: 0, run: 1 });
}

describe("a task with a callback", () => {
  test("tells when it is started and when it has succeeded, signed, with its public form", async () => {
    const task = await toldTask();
    expect(await webhooks(task)).toEqual([]);
    await succeed(task);
    const log = await afterAttempts(task, 2);
    expect(log).toMatchObject([
      {
        type: "task.started",
        state: "delivered",
        attempts: 1,
        last_status: 204,
        last_error: null,
        next_attempt_at: null,
      },
      { type: "task.succeeded", state: "delivered", attempts: 1, last_status: 204 },
    ]);
    expect(received.map(({ body }) => body.type)).toEqual(["task.started", "task.succeeded"]);
    for (const [index, { headers, text, body }] of received.entries()) {
      expect(headers["webhook-id"]).toBe(log[index]?.id);
      expect(headers["content-type"]).toBe("application/json");
      expect(new Webhook(SECRET).verify(text, headers)).toEqual(body);
    }
    const [started, succeeded] = received.map(({ body }) => body);
    expect(started?.data).toMatchObject({ task_id: task.id, state: 4, stage: "planning", videos: [] });
    const { webhooks: shown, ...data } = (await call<Record<string, unknown>>(`/api/v1/tasks/${task.id}`)).data;
    expect(shown).toEqual(log);
    const own = JSON.stringify(data).replaceAll("http://edgereel.test", "https://videos.example");
    expect(succeeded).toEqual({ type: "task.succeeded", timestamp: data.updated_at, data: JSON.parse(own) });
    expect(succeeded?.data.videos).toEqual([`https://videos.example/tasks/${task.id}/final-1.mp4`]);
    expect(await alarmAt(task)).toBeNull();
  });

  test("tells of failure, of being taken up again, and of being cancelled", async () => {
    const task = await toldTask();
    await task.stub.claim("plan");
    await task.stub.planned(planOf(task.id, 1), { generation: 0, run: 1 });
    await task.stub.abandon("segment-1-1", 1);
    await task.stub.retry();
    await task.stub.cancel();
    await task.stub.cancel();
    await afterAttempts(task, 4);
    expect(received.map(({ body }) => [body.type, body.data.stage, body.data.attempts])).toEqual([
      ["task.started", "planning", 1],
      ["task.failed", "failed", 1],
      ["task.started", "rendering", 2],
      ["task.cancelled", "cancelled", 2],
    ]);
    expect(received[1]?.body.data.failure).toMatchObject({ code: "queue_failed" });
  });

  test("is signed by each secret while they are changed", async () => {
    const next = `whsec_${btoa("n".repeat(32))}`;
    const task = await toldTask({ WEBHOOK_SECRET: `${next} ${SECRET}` });
    await task.stub.cancel();
    await afterAttempts(task, 1);
    for (const secret of [SECRET, next]) {
      expect(() => new Webhook(secret).verify(received[0]?.text ?? "", received[0]?.headers ?? {})).not.toThrow();
    }
  });

  test("does its work while the receiver hangs", async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    answer = () => promise;
    const task = await toldTask();
    await succeed(task);
    expect(await task.stub.get()).toMatchObject({ stage: "succeeded" });
    expect((await webhooks(task)).map(({ attempts }) => attempts)).toEqual([1, 0]);
    expect(await alarmAt(task)).not.toBeNull();
    resolve(new Response());
    await afterAttempts(task, 2);
  });
});

describe("a webhook that is not taken", () => {
  test("is sent again by the alarm with the same id and body, and is no change of the task", async () => {
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

  test("holds up none after it, and is given up in the end", async () => {
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

  test("by a receiver that answers 410 Gone is the last one of its task, until one that is replayed is taken", async () => {
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
  ])("since it %s goes nowhere, and says why", async (_, prepare, settings, reason) => {
    prepare();
    const task = await toldTask(settings);
    await task.stub.cancel();
    const [webhook] = await afterAttempts(task, 1);
    expect(webhook).toMatchObject({ state: "pending", last_status: null });
    expect(webhook?.last_error).toMatch(reason);
    expect(received).toEqual([]);
  });

  test("is not looked up where the operator allows its host", async () => {
    addresses = { A: ["10.0.0.1"], AAAA: [] };
    const task = await toldTask({ OUTBOUND_ALLOW: "hooks.example.com:443" });
    await task.stub.cancel();
    expect(await afterAttempts(task, 1)).toMatchObject([{ state: "delivered" }]);
  });

  test("leaves no more than its host in the service's log", async () => {
    const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
    answer = () => new Response(null, { status: 500 });
    const task = await toldTask();
    await task.stub.cancel();
    await afterAttempts(task, 1);
    const logged = lines.mock.calls.map(([line]) => String(line)).join("\n");
    expect(logged).toContain('"host":"hooks.example.com"');
    for (const secret of ["hunter2", "edgereel?", SECRET]) expect(logged).not.toContain(secret);
  });
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
    { state: "failed", attempts: 2, last_error: "the last attempt was cut off" },
    { state: "delivered", attempts: 1 },
  ]);
});

describe("a deleted task", () => {
  test("is told of no more, and has no webhooks", async () => {
    answer = () => new Response(null, { status: 500 });
    const task = await toldTask();
    await task.stub.claim("plan");
    const [webhook] = await afterAttempts(task, 1);
    await task.stub.remove();
    expect(await alarmAt(task)).not.toBeNull();
    await wakeWhenDue(task);
    pass(3600_000);
    await runDurableObjectAlarm(task.stub);
    expect(received).toHaveLength(1);
    expect(await replay(task, webhook?.id ?? "")).toMatchObject({ status: 404 });
  });
});

const replay = (task: HeldTask, id: string) =>
  call<{ webhooks: WebhookLog[] }>(`/api/v1/tasks/${task.id}/webhooks/${id}/replay`, { method: "POST" });

describe("a replay", () => {
  test("sends a webhook that is over again, with its id and body", async () => {
    const task = await toldTask();
    await task.stub.cancel();
    const [webhook] = await afterAttempts(task, 1);
    const { status, data } = await replay(task, webhook?.id ?? "");
    expect([status, data.webhooks[0]?.state]).toEqual([200, "pending"]);
    expect(await afterAttempts(task, 2)).toMatchObject([{ state: "delivered", attempts: 2 }]);
    expect(received[1]?.text).toBe(received[0]?.text);
    expect(received[1]?.headers["webhook-id"]).toBe(webhook?.id);
  });

  test("is refused while the webhook is still to be sent, and for one that is not there", async () => {
    answer = () => new Response(null, { status: 500 });
    const task = await toldTask();
    await task.stub.cancel();
    const [webhook] = await afterAttempts(task, 1);
    expect(await replay(task, webhook?.id ?? "")).toMatchObject({ status: 409 });
    expect(await replay(task, "msg_other")).toMatchObject({
      status: 404,
      message: expect.stringContaining("msg_other"),
    });
    const untold = await holdTask();
    await untold.stub.create(untold.id, taskInput());
    expect(await replay(untold, "msg_other")).toMatchObject({ status: 404 });
    expect(await replay(await holdTask(), "msg_other")).toMatchObject({ status: 404 });
  });
});

test("the list of tasks holds no webhooks, and a task without a callback tells nobody", async () => {
  const [told, untold] = [await toldTask(), await holdTask()];
  await untold.stub.create(untold.id, taskInput());
  for (const task of [told, untold]) await task.stub.cancel();
  await afterAttempts(told, 1);
  expect(await webhooks(untold)).toEqual([]);
  expect(received).toHaveLength(1);
  const { tasks } = (await call<{ tasks: object[] }>("/api/v1/tasks?page_size=100")).data;
  expect(tasks.length).toBeGreaterThanOrEqual(2);
  for (const task of tasks) expect(task).not.toHaveProperty("webhooks");
});

test("of many webhooks the latest thirty are kept, and those to be sent before those that are over", async () => {
  const { stub } = await holdTask();
  const kept = await runInDurableObject(stub, (_, { storage }) => {
    const store = new DeliveryStore(storage.sql);
    store.create();
    for (let count = 1; count <= 40; count++) {
      store.add("task.started", String(count), count);
      const added = store.all().at(-1);
      if (added && count > 5) store.update({ ...added, state: "delivered", nextAttemptAt: null });
    }
    return store.all().map(({ id, state }) => [Number(store.payload(id)), state]);
  });
  const numbers = [1, 2, 3, 4, 5, ...Array.from({ length: 25 }, (_, index) => 16 + index)];
  expect(kept).toEqual(numbers.map((number) => [number, number > 5 ? "delivered" : "pending"]));
});
