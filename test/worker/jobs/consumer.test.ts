import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Env } from "../../../src/env.ts";
import { consume } from "../../../src/jobs/consumer.ts";
import type { JobMessage, PlannedJob } from "../../../src/protocol/task-jobs.ts";
import { bindings } from "../support/bindings.ts";
import { planOf } from "../support/tasks.ts";

const one = crypto.randomUUID();
const other = crypto.randomUUID();

/** Milliseconds from each job's claim until its renderer is called; null if it is never called. */
type Delays = Record<string, number | null>;

/** Consumes jobs of both tasks and returns them in the order in which they reached the renderer. */
async function order(jobs: [taskId: string, jobId: string][], delays: Delays) {
  const planned = new Map<string, PlannedJob>(planOf(one, 9).jobs.map((job) => [job.id, job]));
  const seen: string[] = [];
  const done = Promise.withResolvers<void>();
  const task = {
    claim: async (jobId: string) => {
      if (delays[jobId] === null) await done.promise;
      const work = planned.get(jobId)?.work;
      return work ? { status: "run", ticket: { generation: 1, run: 1 }, work } : { status: "drop" };
    },
    failRun: async () => "ok",
  };
  const nameOf = (key: string) => [...planned.values()].find(({ work }) => "key" in work && work.key === key)?.id ?? "";
  const env = {
    ...bindings,
    TASKS: { getByName: () => task },
    MEDIA: {
      head: async (key: string) => {
        const name = nameOf(key);
        await scheduler.wait(delays[name] ?? 0);
        seen.push(name);
        if (seen.length === jobs.filter(([, jobId]) => delays[jobId] !== null).length) done.resolve();
        return null;
      },
    },
    // The run fails, which does not matter here.
    WASM: { render: async () => ({ ok: false, code: "bad_input", message: "no", log: "" }) },
  } as unknown as Env;
  const batch = createMessageBatch<JobMessage>(
    "edgereel-jobs",
    jobs.map(([taskId, jobId], index) => ({
      id: `${index}`,
      timestamp: new Date(),
      attempts: 1,
      body: { taskId, jobId, attempt: 1 },
    })),
  );
  await consume(batch, env);
  const { explicitAcks } = await getQueueResult(batch, createExecutionContext());
  expect(explicitAcks).toHaveLength(jobs.length);
  return seen;
}

test("a task's jobs reach the renderer in the queue's order, whatever their delays", async () => {
  const jobs = ["segment-1-1", "segment-1-2", "segment-1-3"].map((id): [string, string] => [one, id]);
  expect(await order(jobs, { "segment-1-1": 100, "segment-1-2": 50 })).toEqual(jobs.map(([, id]) => id));
});

test("a task's jobs do not wait for another task's jobs", async () => {
  const jobs: [string, string][] = [
    [one, "segment-1-1"],
    [other, "segment-1-2"],
    [one, "segment-1-3"],
  ];
  expect(await order(jobs, { "segment-1-1": 200 })).toEqual(["segment-1-2", "segment-1-1", "segment-1-3"]);
});

test("a job that never reaches the renderer delays the jobs behind it only briefly", async () => {
  const jobs: [string, string][] = [
    [one, "segment-1-1"],
    [one, "segment-1-2"],
  ];
  expect(await order(jobs, { "segment-1-1": null })).toEqual(["segment-1-2", "segment-1-1"]);
});
