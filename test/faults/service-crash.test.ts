import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { download, finish, watch } from "../../scripts/client.ts";
import { freePort } from "../../scripts/free-port.ts";
import { createNarrated, uploadSmallSamples } from "../e2e/support/samples.ts";
import { decodeWarnings, ffprobe } from "../support/ffmpeg.ts";
import type {} from "../support/services/shared-workers.ts";
import { emptyState, removeState, startTestService } from "../support/services/test-service.ts";
import { type Receiver, startReceiver, TELLING } from "../support/services/webhook-receiver.ts";

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

/** Starts the service and collects the jobs that its log reports as done. The port names the stored Durable Objects. */
async function start(state: string, port: number) {
  const done: string[] = [];
  const onLine = (line: string) => {
    const event = /^\{"event":"job_done".*"job":"([^"]+)"/.exec(line);
    if (event?.[1]) done.push(event[1]);
  };
  const vars = { ...TELLING, WEBHOOK_RETRY_SECONDS: [1, ...Array<number>(19).fill(5)].join() };
  return { done, service: await startTestService({ state, port, vars, registry: inject("workerRegistry"), onLine }) };
}

test("a task and its pending webhooks continue after the service is killed, and no finished segment is rendered again", async () => {
  const state = await emptyState();
  const port = await freePort();
  onTestFinished(() => removeState(state));
  receiver.answer = () => ({ status: 500 });
  const before = await start(state, port);
  onTestFinished(() => before.service.kill());
  await uploadSmallSamples(before.service.origin);
  const id = await createNarrated(before.service.origin, {
    callback_url: receiver.url,
    subtitle_enabled: false,
  });
  const seen = await watch(before.service.origin, id, (task) => task.segments.finished >= 3);
  await before.service.kill();
  expect(seen.at(-1)?.state).toBe(4);
  const finished = before.done.filter((job) => job.startsWith("segment-"));
  expect(finished.length).toBeGreaterThanOrEqual(3);
  const refused = receiver.received.splice(0);
  expect(new Set(refused.map(({ body }) => body.type))).toEqual(new Set(["task.started"]));

  receiver.answer = () => ({ status: 204 });
  const after = await start(state, port);
  onTestFinished(() => after.service.stop());
  const task = await finish(after.service.origin, id);
  expect(after.done.filter((job) => finished.includes(job))).toEqual([]);
  expect(new Set([...finished, ...after.done]).size).toBeGreaterThanOrEqual(task.segments.total);
  const final = await download(task.videos[0] ?? "");
  expect(await decodeWarnings(final)).toBe("");
  expect(Number((await ffprobe(final)).format.duration)).toBeCloseTo(task.durations[0] ?? 0, 1);
  await expect.poll(() => receiver.received.length, { timeout: 30_000 }).toBe(2);
  const [started, succeeded] = receiver.received.toSorted((a, b) => a.body.timestamp.localeCompare(b.body.timestamp));
  expect(started).toMatchObject({ id: refused[0]?.id, text: refused[0]?.text, body: { type: "task.started" } });
  expect(succeeded?.body).toMatchObject({ type: "task.succeeded", data: { task_id: id, state: 1 } });
});
