import { afterEach, expect, test } from "vitest";
import type { Ticket } from "../../../../src/tasks/task-calls.ts";
import { call } from "../../support/bindings.ts";
import { expectHeld, path, shown } from "../../support/followed-tasks.ts";
import { createTask, plannedTask, stillTasks } from "../../support/tasks.ts";

const ticket: Ticket = { generation: 0, run: 1 };

afterEach(stillTasks);

test("every waiting long poll is answered when the task changes", async () => {
  const task = await plannedTask(2);
  const { revision } = await shown(task);
  const polls = [shown(task, "?wait=30"), shown(task, `?wait=30&since=${revision}`)];
  for (const poll of polls) await expectHeld(poll);
  await task.stub.complete("segment-1-1", ticket);
  for (const poll of polls) expect(await poll).toMatchObject({ revision: revision + 1, progress: 45 });
});

test("a long poll is answered at once if the client has another revision or the task has ended", async () => {
  const task = await plannedTask(1);
  const { revision } = await shown(task);
  expect((await shown(task, "?wait=30&since=0")).revision).toBe(revision);
  await task.stub.cancel();
  expect(await shown(task, "?wait=30")).toMatchObject({ stage: "cancelled" });
  expect(await shown(task, `?wait=30&since=${revision + 1}`)).toMatchObject({ stage: "cancelled" });
});

test("a long poll returns the unchanged task after its timeout, and at once with wait=0", async () => {
  const task = await createTask();
  const { revision } = await shown(task);
  expect((await shown(task, "?wait=1")).revision).toBe(revision);
  expect((await shown(task, "?wait=0")).revision).toBe(revision);
});

test("a long poll answers 404 when its task is deleted, and at once if the task is missing", async () => {
  const task = await createTask();
  const poll = call(`${path(task)}?wait=30`);
  await expectHeld(poll);
  await task.stub.remove();
  expect((await poll).status).toBe(404);
  expect((await call(`${path(task)}?wait=30`)).status).toBe(404);
  expect((await call(`/api/v1/tasks/${crypto.randomUUID()}?wait=30`)).status).toBe(404);
});

test.each(["wait=31", "wait=-1", "wait=x", "wait=", "wait=1&since=-1", "wait=1&since=x"])(
  "a long poll with %s is refused with the parameter's name",
  async (query) => {
    const { status, message } = await call(`/api/v1/tasks/${crypto.randomUUID()}?${query}`);
    expect(status).toBe(400);
    expect(message).toMatch(query.includes("since") ? /^since: / : /^wait: /);
  },
);
