import { runDurableObjectAlarm } from "cloudflare:test";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import type { Counts } from "../../../src/db/schema.ts";
import { TaskCatalog } from "../../../src/db/task-catalog.ts";
import type { TaskSummary } from "../../../src/db/task-summary.ts";
import type { Env } from "../../../src/env.ts";
import { createApp } from "../../../src/http/app.ts";
import { counters } from "../../../src/metrics/definitions.ts";
import { RUN_LEASE_MS } from "../../../src/tasks/retry.ts";
import { bindings, request } from "../support/bindings.ts";
import { clearStorage } from "../support/database.ts";
import { makeTask, putFile } from "../support/files.ts";
import { createTask, type HeldTask, heldClock, plannedTask } from "../support/tasks.ts";

const { DB } = bindings;
const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

/** The samples of /metrics by name, without the prefix `edgereel_` and the label `isolate`. */
async function scrape(): Promise<Record<string, number>> {
  const answer = await request("/metrics");
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  const samples = (await answer.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    samples.map((line) => {
      const [, name = "", value] = /^(.*) (\S+)$/.exec(line) ?? [];
      return [name.replace(/,?isolate="[0-9a-f]{8}"/, "").replace(/^edgereel_/, ""), Number(value)];
    }),
  );
}

const ticket = { generation: 0, run: 1 };

async function finish(task: HeldTask, ...jobs: string[]): Promise<void> {
  for (const job of jobs) {
    const claim = await task.stub.claim(job);
    if (claim.status === "run") await task.stub.complete(job, { ...ticket, run: claim.ticket.run });
  }
}

test("the task counters count each event once, even after a retry or a delete", async () => {
  const done = await plannedTask(2);
  await finish(done, "segment-1-1", "segment-1-2", "combined-1", "final-1");
  const failed = await createTask();
  await failed.stub.claim("plan");
  await failed.stub.failRun("plan", ticket, { code: "timeout", message: "slow", rerun: "soon", retryable: true });
  await failed.stub.claim("plan");
  await failed.stub.failRun(
    "plan",
    { ...ticket, run: 2 },
    { code: "bad_input", message: "no", rerun: "never", retryable: false },
  );
  await failed.stub.retry();
  const lost = await plannedTask(1);
  await lost.stub.claim("segment-1-1");
  pass(RUN_LEASE_MS + 1);
  await lost.stub.audit({ row: null, readAt: 0 });
  await lost.stub.cancel();
  // Changes other than a task's end may reach D1 up to a second later.
  pass(2_000);
  await runDurableObjectAlarm(failed.stub);
  const expected = {
    ...{ tasks_created_total: 3, tasks_succeeded_total: 1, 'tasks_failed_total{code="bad_input"}': 1 },
    ...{
      tasks_cancelled_total: 1,
      tasks_retried_total: 1,
      segments_rendered_total: 2,
      video_seconds_rendered_total: 2,
    },
    ...{ 'runs_retried_total{code="timeout"}': 1, 'runs_retried_total{code="job_lost"}': 1 },
  };
  expect(await scrape()).toMatchObject({
    ...expected,
    ...{ 'tasks{state="processing"}': 1, 'tasks{state="succeeded"}': 1, 'tasks{state="failed"}': 1 },
  });
  for (const task of [done, failed, lost]) await task.stub.remove();
  expect(await scrape()).toMatchObject({ ...expected, 'tasks{state="processing"}': 0, 'tasks{state="failed"}': 0 });
});

test("the counters in D1 stay exact when a task's writes are repeated and reordered", async () => {
  const catalog = new TaskCatalog(DB);
  const summary = {
    ...{
      stage: "rendering",
      progress: 0,
      video_subject: "",
      video_count: 1,
      renderer: null,
      width: null,
      height: null,
    },
    ...{
      durations: [],
      captioned: [],
      caption_timing: null,
      illustrated: [],
      streams: [],
      segments: { total: 0, finished: 0 },
      failure: null,
      authored: null,
      stop_at: "video",
      outputs: ["final", "combined"],
    },
    ...{ attempts: 1, revision: 1, pace: null, created_at: new Date(0).toISOString(), updated_at: "" },
  } satisfies Omit<TaskSummary, "task_id">;
  const growth = fc.record({ a: fc.nat(3), b: fc.double({ min: 0, max: 2, noNaN: true }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(growth, { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(4), { maxLength: 10 }),
      fc.boolean(),
      async (steps, order, removed) => {
        await DB.exec("DELETE FROM tasks; DELETE FROM counters;");
        const task_id = crypto.randomUUID();
        let [a, b] = [0, 0];
        const counts: Counts[] = steps.map((step) => {
          a += step.a;
          b += step.b;
          return { "tasks_failed:a": a, segments_rendered: b };
        });
        const last = counts.length - 1;
        for (const at of [...order.map((index) => Math.min(index, last)), last]) {
          await catalog.put({ ...summary, task_id }, at + 1, DEFAULT_OWNER, counts[at] ?? {});
        }
        if (removed) {
          await catalog.remove(task_id, { ...counts[last], tasks_created: 1 });
          await catalog.remove(task_id, { ...counts[last], tasks_created: 1 });
        }
        const { results } = await DB.prepare("SELECT name, value FROM counters").run<{ name: string; value: number }>();
        const found = Object.fromEntries(results.map(({ name, value }) => [name, value]));
        expect(found["tasks_failed:a"] ?? 0).toBe(a);
        expect(found.segments_rendered ?? 0).toBeCloseTo(b, 9);
        expect(found.tasks_created).toBe(removed ? 1 : undefined);
      },
    ),
    { numRuns: 15 },
  );
});

test("requests are counted by route and status, and served bytes are counted for task files", async () => {
  const id = await makeTask();
  await putFile(id, "final-1.mp4", new Uint8Array(1_000));
  const file = 'route="/api/v1/stream/{task_id}/{file}"';
  const before = await scrape();
  const path = `/api/v1/stream/${id}/final-1.mp4`;
  await (await request(path, { headers: { range: "bytes=0-99" } })).bytes();
  await (await request(path)).bytes();
  await request(path, { method: "HEAD" });
  await request(`/api/v1/tasks/${crypto.randomUUID()}`);
  await request("/no/such/thing?key=secret", { method: "PURGE" });
  const after = await scrape();
  const more = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
  expect(more(`http_requests_total{method="GET",${file},status="2xx"}`)).toBe(2);
  expect(more(`http_requests_total{method="HEAD",${file},status="2xx"}`)).toBe(1);
  expect(more(`bytes_served_total{${file}}`)).toBe(1_100);
  expect(more('http_requests_total{method="GET",route="/api/v1/tasks/{task_id}",status="4xx"}')).toBe(1);
  expect(more('http_requests_total{method="other",route="other",status="4xx"}')).toBe(1);
  expect(more('http_requests_total{method="GET",route="/metrics",status="2xx"}')).toBe(1);
});

test("/metrics reports the age of the oldest waiting task, the queues and the version", async () => {
  expect(await scrape()).toMatchObject({ oldest_waiting_task_seconds: 0 });
  await createTask();
  pass(90_000);
  await createTask();
  const samples = await scrape();
  expect(Math.round(samples.oldest_waiting_task_seconds ?? 0)).toBe(90);
  for (const queue of ["plan", "render", "finish", "again"]) {
    expect(samples[`queue_messages{queue="${queue}"}`]).toBeGreaterThanOrEqual(0);
    expect(samples[`queue_oldest_message_seconds{queue="${queue}"}`]).toBeGreaterThanOrEqual(0);
  }
  expect(Object.keys(samples)).toContainEqual(expect.stringMatching(/^build_info\{version="\d+\.\d+\.\d+"\}$/));
});

test("each count is written to Analytics Engine if it is bound, and a write error does not fail the request", async () => {
  const points: AnalyticsEngineDataPoint[] = [];
  const ask = (writeDataPoint: (point: AnalyticsEngineDataPoint) => void) =>
    createApp().request("/docs", {}, { ...bindings, METRICS: { writeDataPoint } } as Env);
  expect((await ask((point) => points.push(point))).status).toBe(200);
  expect(points).toEqual([
    { indexes: ["http_requests"], blobs: ["http_requests", "GET", "/docs", "2xx"], doubles: [1] },
  ]);
  const broken = await ask(() => {
    throw new Error("no analytics today");
  });
  expect(broken.status).toBe(200);
});

test("docs/operations.md lists every metric", async () => {
  const { default: text } = await import("../../../docs/operations.md?raw");
  const told = Object.keys(await scrape()).map((name) => name.replace(/\{.*/, ""));
  const names = [...Object.keys(counters).map((name) => `${name}_total`), ...told];
  expect(names.filter((name) => !text.includes(`\`edgereel_${name}\``))).toEqual([]);
  for (const { labels } of Object.values(counters)) for (const label of labels) expect(text).toContain(`\`${label}\``);
});
