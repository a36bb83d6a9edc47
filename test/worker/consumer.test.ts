import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Env } from "../../src/env.ts";
import { consume } from "../../src/render/consumer.ts";
import type { JobMessage } from "../../src/tasks/jobs.ts";
import { bindings } from "./bindings.ts";

/** Consumes a batch of jobs whose task answers each claim in a way of its own. */
async function consumeJobs(claim: (jobId: string) => Promise<{ status: "drop" }>, jobIds: string[]) {
  const taskId = crypto.randomUUID();
  const env = { ...bindings, TASKS: { getByName: () => ({ claim }) } } as unknown as Env;
  const batch = createMessageBatch<JobMessage>(
    "edgereel-jobs",
    jobIds.map((jobId) => ({
      id: jobId,
      timestamp: new Date(),
      attempts: 1,
      body: { taskId, jobId, attempt: 1 },
    })),
  );
  await consume(batch, env);
  return getQueueResult(batch, createExecutionContext());
}

test("the jobs of a batch are begun in the queue's order, however long each takes to begin", async () => {
  const seen: string[] = [];
  const { explicitAcks } = await consumeJobs(
    async (jobId) => {
      seen.push(`asks for ${jobId}`);
      await scheduler.wait(jobId === "segment-1" ? 100 : 0);
      seen.push(`has ${jobId}`);
      return { status: "drop" };
    },
    ["segment-1", "segment-2", "segment-3"],
  );
  const order = ["segment-1", "segment-2", "segment-3"].flatMap((jobId) => [`asks for ${jobId}`, `has ${jobId}`]);
  expect(seen).toEqual(order);
  expect(explicitAcks).toHaveLength(3);
});

test("a task that does not answer holds up its own job, and none behind it", async () => {
  const answer = Promise.withResolvers<void>();
  const seen: string[] = [];
  const { explicitAcks, retryMessages } = await consumeJobs(
    async (jobId) => {
      if (jobId === "stands-still") await answer.promise;
      if (jobId === "broken") throw new Error("the task is not to be reached");
      seen.push(jobId);
      if (jobId === "last") answer.resolve();
      return { status: "drop" };
    },
    ["stands-still", "broken", "second", "last"],
  );
  expect(seen).toEqual(["second", "last", "stands-still"]);
  expect(explicitAcks.toSorted()).toEqual(["last", "second", "stands-still"]);
  expect(retryMessages).toMatchObject([{ msgId: "broken" }]);
});
