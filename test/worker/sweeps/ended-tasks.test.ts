import { beforeEach, expect, test } from "vitest";
import { CatalogAudit } from "../../../src/db/task-audit.ts";
import { bindings, call } from "../support/bindings.ts";
import { counted } from "../support/counted-database.ts";
import { clearStorage } from "../support/database.ts";
import { endedTask, runSweeps, storedKeys, taskRow } from "../support/sweeps.ts";
import { heldClock, plannedTask } from "../support/tasks.ts";

const { DB } = bindings;

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

test("ended tasks are deleted with their objects after RETENTION_DAYS, and are kept without that setting", async () => {
  const [old, running] = [await endedTask(), await plannedTask(1)];
  pass(10 * DAY);
  const young = await endedTask();
  expect((await runSweeps()).ended_tasks).toMatchObject({ looked: 0 });
  expect((await runSweeps({ RETENTION_DAYS: "7" })).ended_tasks).toMatchObject({ looked: 1, expired: 1 });
  expect([await old.stub.get(), await taskRow(old.id), await storedKeys(`tasks/${old.id}/`)]).toEqual([null, null, []]);
  for (const task of [running, young]) expect(await taskRow(task.id)).not.toBeNull();
  expect(await storedKeys()).toHaveLength(1);
  expect(await call(`/api/v1/tasks/${old.id}`)).toMatchObject({ status: 404 });
});

test("a retried task is kept even if D1 still lists it as ended", async () => {
  const task = await endedTask();
  const shown = await DB.prepare("SELECT stage, summary FROM tasks").first<{ stage: string; summary: string }>();
  await task.stub.retry();
  await DB.prepare("UPDATE tasks SET stage = ?, summary = ?").bind(shown?.stage, shown?.summary).run();
  pass(10 * DAY);
  await runSweeps({ RETENTION_DAYS: "7" });
  expect(await task.stub.get()).toMatchObject({ stage: "queued" });
  expect(await taskRow(task.id)).toMatchObject({ stage: "queued" });
});

test("each sweep query on 20,000 tasks reads about as many rows as it returns", async () => {
  await DB.prepare(
    `WITH RECURSIVE counter(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n < 19999)
       INSERT INTO tasks (id, stage, progress, summary, created_at, revision)
       SELECT printf('00000000-0000-4000-8000-%012d', n), iif(n % 10, 'succeeded', 'rendering'), 0,
         json_object('updated_at', strftime('%Y-%m-%dT%H:%M:%fZ', 1760000000 + n, 'unixepoch')), n, 1 FROM counter`,
  ).run();
  const { database, rowsRead } = counted();
  const audit = new CatalogAudit(database);
  const steps = [
    async () => audit.ended(null, new Date(1760010000_000).toISOString(), 50),
    async () => audit.ended({ endedAt: "2025-10-09T10:00:00.000Z", id: "" }, "2025-10-09T11:00:00.000Z", 50),
    async () => audit.unfinished(null, 20_000, 50),
    async () => audit.unfinished({ createdAt: 9_000, id: "" }, 20_000, 50),
    async () => audit.all("00000000-0000-4000-8000-000000005000", 50),
    async () => [
      ...(await audit.known(Array.from({ length: 50 }, (_, n) => `00000000-0000-4000-8000-00000000000${n}`))),
    ],
  ];
  for (const step of steps) {
    const before = rowsRead();
    expect((await step()).length).toBeGreaterThanOrEqual(10);
    expect(rowsRead() - before).toBeLessThanOrEqual(60);
  }
});
