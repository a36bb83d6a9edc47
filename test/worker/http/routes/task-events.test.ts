import { afterEach, expect, test } from "vitest";
import type { Ticket } from "../../../../src/tasks/task-calls.ts";
import { call, request } from "../../support/bindings.ts";
import { expectHeld, path, shown, type Task } from "../../support/followed-tasks.ts";
import { createTask, type HeldTask, plannedTask, stillTasks } from "../../support/tasks.ts";

const ticket: Ticket = { generation: 0, run: 1 };

afterEach(stillTasks);

interface Event {
  event: string;
  id?: string;
  data: Task;
}

/** Opens a task's event stream. `next` returns the next event, or null at the end; `leave` closes the stream. */
async function follow(
  task: HeldTask,
  lastEventId?: string,
): Promise<{ next(): Promise<Event | null>; leave(): Promise<void> }> {
  const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const response = await request(`${path(task)}/events`, { headers });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error("there is no stream");
  let text = "";
  const next = async (): Promise<Event | null> => {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end >= 0) {
        const fields = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const field = (name: string) => fields.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        const [event, id, data] = [field("event"), field("id"), field("data")];
        if (event !== undefined && data !== undefined) {
          return { event, data: JSON.parse(data), ...(id === undefined ? {} : { id }) };
        }
      } else {
        const { done, value } = await reader.read();
        if (done) return null;
        text += value;
      }
    }
  };
  return { next, leave: () => reader.cancel() };
}

test("an event stream sends the current task, each change and the final state, and then ends", async () => {
  const task = await plannedTask(1);
  const stream = await follow(task);
  const first = await stream.next();
  expect(first).toMatchObject({ event: "task", data: { task_id: task.id, stage: "rendering", state: 4 } });
  expect(first?.id).toBe(String(first?.data.revision));
  await task.stub.complete("segment-1-1", ticket);
  expect(await stream.next()).toMatchObject({ data: { stage: "assembling" } });
  for (const job of ["combined-1", "final-1"]) await task.stub.complete(job, ticket);
  let last = await stream.next();
  while (last?.data.stage === "assembling") last = await stream.next();
  expect(last).toMatchObject({ data: { stage: "succeeded", state: 1, progress: 100 } });
  expect(await stream.next()).toBeNull();
});

test("an event stream continues after the revision in Last-Event-ID", async () => {
  const task = await plannedTask(2);
  const { revision } = await shown(task);
  const missed = await follow(task, String(revision - 1));
  expect((await missed.next())?.data.revision).toBe(revision);
  const current = await follow(task, String(revision));
  const event = current.next();
  await expectHeld(event);
  await task.stub.complete("segment-1-1", ticket);
  for (const received of [await event, await missed.next()]) expect(received?.data.revision).toBe(revision + 1);
  await Promise.all([missed.leave(), current.leave()]);
});

test("an ended task's event stream sends the final state, or answers 204 if the client has it", async () => {
  const task = await plannedTask(1);
  await task.stub.cancel();
  const stream = await follow(task);
  const last = await stream.next();
  expect(last).toMatchObject({ event: "task", data: { stage: "cancelled" } });
  expect(await stream.next()).toBeNull();
  const again = await request(`${path(task)}/events`, { headers: { "last-event-id": last?.id ?? "" } });
  expect([again.status, await again.text()]).toEqual([204, ""]);
});

test("an event stream ends when its task is deleted, and a missing task's stream answers 404", async () => {
  const task = await createTask();
  const stream = await follow(task);
  await stream.next();
  const event = stream.next();
  await expectHeld(event);
  await task.stub.remove();
  expect(await event).toEqual({ event: "deleted", data: { task_id: task.id } });
  expect(await stream.next()).toBeNull();
  expect((await call(`${path(task)}/events`)).status).toBe(404);
  expect((await call("/api/v1/tasks/none/events")).status).toBe(400);
});
