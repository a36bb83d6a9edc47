import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { DeliveryStore } from "../../../src/webhooks/delivery-store.ts";
import { call } from "../support/bindings.ts";
import { alarmAt, type HeldTask, holdTask, planOf, taskInput } from "../support/tasks.ts";
import { afterAttempts, replay, SECRET, standInReceiver, taskWithCallback, webhooksOf } from "../support/webhooks.ts";

const receiver = standInReceiver();

async function succeed(task: HeldTask): Promise<void> {
  await task.stub.claim("plan");
  await task.stub.planned(planOf(task.id, 1), { generation: 0, run: 1 });
  for (const job of ["segment-1-1", "combined-1", "final-1"]) await task.stub.complete(job, { generation: 0, run: 1 });
}

test("a task sends signed webhooks with its public data when it starts and succeeds", async () => {
  const task = await taskWithCallback();
  expect(await webhooksOf(task)).toEqual([]);
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
  expect(receiver.received.map(({ body }) => body.type)).toEqual(["task.started", "task.succeeded"]);
  for (const [index, { headers, text, body }] of receiver.received.entries()) {
    expect(headers["webhook-id"]).toBe(log[index]?.id);
    expect(headers["content-type"]).toBe("application/json");
    expect(new Webhook(SECRET).verify(text, headers)).toEqual(body);
  }
  const [started, succeeded] = receiver.received.map(({ body }) => body);
  expect(started?.data).toMatchObject({ task_id: task.id, state: 4, stage: "planning", videos: [] });
  const { webhooks: shown, ...data } = (await call<Record<string, unknown>>(`/api/v1/tasks/${task.id}`)).data;
  expect(shown).toEqual(log);
  const own = JSON.stringify(data).replaceAll("http://edgereel.test", "https://videos.example");
  expect(succeeded).toEqual({ type: "task.succeeded", timestamp: data.updated_at, data: JSON.parse(own) });
  expect(succeeded?.data.videos).toEqual([`https://videos.example/tasks/${task.id}/final-1.mp4`]);
  expect(await alarmAt(task)).toBeNull();
});

test("a task sends webhooks when it fails, is retried and is cancelled", async () => {
  const task = await taskWithCallback();
  await task.stub.claim("plan");
  await task.stub.planned(planOf(task.id, 1), { generation: 0, run: 1 });
  await task.stub.abandon("segment-1-1", 1);
  await task.stub.retry();
  await task.stub.cancel();
  await task.stub.cancel();
  await afterAttempts(task, 4);
  expect(receiver.received.map(({ body }) => [body.type, body.data.stage, body.data.attempts])).toEqual([
    ["task.started", "planning", 1],
    ["task.failed", "failed", 1],
    ["task.started", "rendering", 2],
    ["task.cancelled", "cancelled", 2],
  ]);
  expect(receiver.received[1]?.body.data.failure).toMatchObject({ code: "queue_failed" });
});

test("a webhook is signed with each configured secret", async () => {
  const next = `whsec_${btoa("n".repeat(32))}`;
  const task = await taskWithCallback({ WEBHOOK_SECRET: `${next} ${SECRET}` });
  await task.stub.cancel();
  await afterAttempts(task, 1);
  for (const secret of [SECRET, next]) {
    expect(() =>
      new Webhook(secret).verify(receiver.received[0]?.text ?? "", receiver.received[0]?.headers ?? {}),
    ).not.toThrow();
  }
});

test("a task continues while its webhook receiver hangs", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  receiver.answer = () => promise;
  const task = await taskWithCallback();
  await succeed(task);
  expect(await task.stub.get()).toMatchObject({ stage: "succeeded" });
  expect((await webhooksOf(task)).map(({ attempts }) => attempts)).toEqual([1, 0]);
  expect(await alarmAt(task)).not.toBeNull();
  resolve(new Response());
  await afterAttempts(task, 2);
});

test("a deleted task sends no more webhooks, and a replay answers 404", async () => {
  receiver.answer = () => new Response(null, { status: 500 });
  const task = await taskWithCallback();
  await task.stub.claim("plan");
  const [webhook] = await afterAttempts(task, 1);
  await task.stub.remove();
  expect(await alarmAt(task)).not.toBeNull();
  await receiver.wakeWhenDue(task);
  receiver.pass(3600_000);
  await runDurableObjectAlarm(task.stub);
  expect(receiver.received).toHaveLength(1);
  expect(await replay(task, webhook?.id ?? "")).toMatchObject({ status: 404 });
});

test("a task list shows no webhooks, and a task without a callback URL sends none", async () => {
  const [told, untold] = [await taskWithCallback(), await holdTask()];
  await untold.stub.create(untold.id, taskInput());
  for (const task of [told, untold]) await task.stub.cancel();
  await afterAttempts(told, 1);
  expect(await webhooksOf(untold)).toEqual([]);
  expect(receiver.received).toHaveLength(1);
  const { tasks } = (await call<{ tasks: object[] }>("/api/v1/tasks?page_size=100")).data;
  expect(tasks.length).toBeGreaterThanOrEqual(2);
  for (const task of tasks) expect(task).not.toHaveProperty("webhooks");
});

test("a task stores its latest 30 webhooks, and pending ones are kept before delivered ones", async () => {
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
