import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { beforeEach, expect, test, vi } from "vitest";
import type { WebhookLog } from "../../../src/api/webhook-log.ts";
import { DeliveryStore } from "../../../src/webhooks/delivery-store.ts";
import { call } from "../support/bindings.ts";
import { type HeldTask, heldClock, holdTask, planOf, taskInput } from "../support/tasks.ts";

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

test("a task with a callback tells when it is started and when it has succeeded, signed, with its public form", async () => {
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

test("a task with a callback tells of failure, of being taken up again, and of being cancelled", async () => {
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

test("a task with a callback is signed by each secret while they are changed", async () => {
  const next = `whsec_${btoa("n".repeat(32))}`;
  const task = await toldTask({ WEBHOOK_SECRET: `${next} ${SECRET}` });
  await task.stub.cancel();
  await afterAttempts(task, 1);
  for (const secret of [SECRET, next]) {
    expect(() => new Webhook(secret).verify(received[0]?.text ?? "", received[0]?.headers ?? {})).not.toThrow();
  }
});

test("a task with a callback does its work while the receiver hangs", async () => {
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

test("a deleted task is told of no more, and has no webhooks", async () => {
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

const replay = (task: HeldTask, id: string) =>
  call<{ webhooks: WebhookLog[] }>(`/api/v1/tasks/${task.id}/webhooks/${id}/replay`, { method: "POST" });

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
