import { expect, test } from "vitest";
import { holdTask, taskInput } from "../support/tasks.ts";
import { afterAttempts, replay, standInReceiver, taskWithCallback } from "../support/webhooks.ts";

const receiver = standInReceiver();

test("a replay sends a delivered webhook again with the same id and body", async () => {
  const task = await taskWithCallback();
  await task.stub.cancel();
  const [webhook] = await afterAttempts(task, 1);
  const { status, data } = await replay(task, webhook?.id ?? "");
  expect([status, data.webhooks[0]?.state]).toEqual([200, "pending"]);
  expect(await afterAttempts(task, 2)).toMatchObject([{ state: "delivered", attempts: 2 }]);
  expect(receiver.received[1]?.text).toBe(receiver.received[0]?.text);
  expect(receiver.received[1]?.headers["webhook-id"]).toBe(webhook?.id);
});

test("a replay answers 409 for a pending webhook and 404 for a missing one", async () => {
  receiver.answer = () => new Response(null, { status: 500 });
  const task = await taskWithCallback();
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
