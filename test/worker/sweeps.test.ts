import { createScheduledController, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_OWNER } from "../../src/auth/owner.ts";
import { MediaLibrary } from "../../src/db/media-files.ts";
import { CatalogAudit } from "../../src/db/task-audit.ts";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import { bindings, call } from "./bindings.ts";
import { counted } from "./counted-database.ts";
import { clearStorage } from "./database.ts";
import { createTask, type HeldTask, heldClock, plannedTask } from "./tasks.ts";
import { videoProbe } from "./uploads.ts";

const { DB, MEDIA } = bindings;
const HOUR = 3600_000;
const DAY = 24 * HOUR;
const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

/** What the cron trigger does; returns the line that each sweep logged. */
async function sweep(change: object = {}): Promise<Record<string, Record<string, unknown>>> {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  lines.mockClear();
  await worker.scheduled?.(createScheduledController(), { ...bindings, ...change } as Env);
  const logged = lines.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  return Object.fromEntries(logged.filter(({ event }) => event === "sweep").map((line) => [line.sweep, line]));
}

const stored = async (prefix = "") => (await MEDIA.list({ prefix })).objects.map(({ key }) => key);
const row = (id: string) => DB.prepare("SELECT stage, revision FROM tasks WHERE id = ?").bind(id).first();
const findings = async () => {
  const { results } = await DB.prepare("SELECT name, value FROM counters WHERE name LIKE 'sweep_findings:%'").run();
  return Object.fromEntries(results.map(({ name, value }) => [String(name).replace("sweep_findings:", ""), value]));
};
const alarmAt = ({ stub }: HeldTask) => runInDurableObject(stub, (_, { storage }) => storage.getAlarm());

async function endedTask(): Promise<HeldTask> {
  const task = await createTask();
  await task.stub.cancel();
  await MEDIA.put(`tasks/${task.id}/segments/a.mp4`, "x");
  return task;
}

describe("objects of tasks", () => {
  test("go where there is no such task, once they are older than the grace period, and stay where there is one", async () => {
    const running = await plannedTask(2);
    const ended = await endedTask();
    const nobody = crypto.randomUUID();
    const keys = [
      `tasks/${running.id}/segments/b.mp4`,
      `tasks/${nobody}/final-1.mp4`,
      `tasks/${nobody}/segments/c.mp4`,
    ];
    for (const key of keys) await MEDIA.put(key, "x");
    const all = await stored();
    expect((await sweep()).task_objects).toMatchObject({ looked: 3, more: false });
    expect(await stored()).toEqual(all);

    pass(2 * HOUR);
    expect((await sweep()).task_objects).toMatchObject({ looked: 3, object_without_task: 2 });
    expect(await stored()).toEqual(all.filter((key) => !key.includes(nobody)));
    expect(all.some((key) => key.includes(ended.id))).toBe(true);
    expect(await findings()).toEqual({ "task_objects:object_without_task": 2 });
  });

  test("that a late writer left of a deleted task go too", async () => {
    const task = await endedTask();
    await task.stub.remove();
    await MEDIA.put(`tasks/${task.id}/segments/late.mp4`, "x");
    await sweep({ SWEEP_GRACE_SECONDS: "0" });
    expect(await stored()).toEqual([]);
  });

  test("are never judged by D1 alone: a task without a row is listed again, and keeps them", async () => {
    const task = await endedTask();
    await DB.prepare("DELETE FROM tasks").run();
    pass(2 * HOUR);
    expect((await sweep()).task_objects).toMatchObject({ task_without_row: 1 });
    expect(await stored()).toHaveLength(1);
    expect(await row(task.id)).toMatchObject({ stage: "cancelled" });
  });

  test("are walked in bounded steps, from where the run before came to, and then from the beginning", async () => {
    const ids = Array.from({ length: 5 }, (_, number) => `00000000-0000-4000-8000-00000000000${number}`);
    for (const id of ids) for (const file of ["a", "b", "c"]) await MEDIA.put(`tasks/${id}/segments/${file}`, "x");
    // Pages of two folders: what R2 itself does with pages of a thousand.
    const list = (options: R2ListOptions) => MEDIA.list(options.delimiter ? { ...options, limit: 2 } : options);
    const paged = { MEDIA: { list, delete: (keys: string[]) => MEDIA.delete(keys) } };
    const settings = { ...paged, SWEEP_GRACE_SECONDS: "0", SWEEP_OBJECTS: "1" };
    const left = async () => new Set((await stored("tasks/")).map((key) => key.split("/")[1]));
    expect((await sweep(settings)).task_objects).toMatchObject({ looked: 2, more: true, object_without_task: 6 });
    expect(await left()).toEqual(new Set(ids.slice(2)));
    // Before the place that was reached: found in the next round.
    await MEDIA.put(`tasks/${ids[0]}/again`, "x");
    expect((await sweep(settings)).task_objects).toMatchObject({ looked: 2, more: true, object_without_task: 6 });
    expect((await sweep(settings)).task_objects).toMatchObject({ looked: 1, more: false, object_without_task: 3 });
    expect(await left()).toEqual(new Set([ids[0]]));
    expect((await sweep(settings)).task_objects).toMatchObject({ looked: 1, object_without_task: 1 });
    expect(await stored()).toEqual([]);
  });

  test("of a large round are walked in steps that come round within a day", async () => {
    const position = JSON.stringify({ after: null, looked: 0, lastRound: 60 });
    await DB.prepare("INSERT INTO sweeps VALUES ('task_objects', ?, 0)").bind(position).run();
    for (let number = 0; number < 5; number++) await MEDIA.put(`tasks/${crypto.randomUUID()}/a`, "x");
    const list = (options: R2ListOptions) => MEDIA.list({ ...options, limit: 1 });
    expect((await sweep({ MEDIA: { list }, SWEEP_OBJECTS: "1" })).task_objects).toMatchObject({
      looked: 3,
      more: true,
    });
  });
});

describe("uploads", () => {
  test("that are on no shelf go, after the grace period; those on one stay", async () => {
    const put = async (collection: "video_materials" | "musics" | "subtitles", listed: boolean) => {
      const id = crypto.randomUUID();
      const key = `${collection}/${id}/a.mp4`;
      await MEDIA.put(key, "x");
      const file = { collection, name: `${id}.mp4`, key, size: 1, sha256: "0", probe: videoProbe };
      if (listed) await new MediaLibrary(DB, DEFAULT_OWNER).add(id, file, Date.now());
      return key;
    };
    const kept = [await put("video_materials", true), await put("musics", true)];
    const lost = [await put("video_materials", false), await put("subtitles", false)];
    await sweep();
    expect(await stored()).toHaveLength(4);
    pass(2 * HOUR);
    expect((await sweep()).uploads).toMatchObject({ looked: 4, object_without_row: 2 });
    expect(new Set(await stored())).toEqual(new Set(kept));
    expect(lost).toHaveLength(2);
  });
});

describe("tasks that ended", () => {
  test("go with their objects when RETENTION_DAYS are over, and stay for ever without it", async () => {
    const [old, running] = [await endedTask(), await plannedTask(1)];
    pass(10 * DAY);
    const young = await endedTask();
    expect((await sweep()).ended_tasks).toMatchObject({ looked: 0 });
    expect((await sweep({ RETENTION_DAYS: "7" })).ended_tasks).toMatchObject({ looked: 1, expired: 1 });
    expect([await old.stub.get(), await row(old.id), await stored(`tasks/${old.id}/`)]).toEqual([null, null, []]);
    for (const task of [running, young]) expect(await row(task.id)).not.toBeNull();
    expect(await stored()).toHaveLength(1);
    expect(await call(`/api/v1/tasks/${old.id}`)).toMatchObject({ status: 404 });
  });

  test("stay when they were retried since, whatever D1 shows", async () => {
    const task = await endedTask();
    const shown = await DB.prepare("SELECT stage, summary FROM tasks").first<{ stage: string; summary: string }>();
    await task.stub.retry();
    await DB.prepare("UPDATE tasks SET stage = ?, summary = ?").bind(shown?.stage, shown?.summary).run();
    pass(10 * DAY);
    await sweep({ RETENTION_DAYS: "7" });
    expect(await task.stub.get()).toMatchObject({ stage: "queued" });
    expect(await row(task.id)).toMatchObject({ stage: "queued" });
  });

  test("are found by reading no more rows than are answered, however many tasks there are", async () => {
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
});

describe("rows that disagree with their task", () => {
  test("are written anew when D1 lost a write, and when it shows what never was", async () => {
    const [behind, ahead, other] = [await plannedTask(1), await plannedTask(1), await endedTask()];
    const queued = "UPDATE tasks SET stage = 'queued', revision = ? WHERE id = ?";
    await DB.prepare(queued).bind(0, behind.id).run();
    await DB.prepare(queued).bind(50, ahead.id).run();
    await DB.prepare("UPDATE tasks SET stage = 'succeeded' WHERE id = ?").bind(other.id).run();
    pass(10 * 60_000);
    const { unfinished_tasks, listed_tasks } = await sweep();
    expect(unfinished_tasks).toMatchObject({ looked: 2, row_rewritten: 2 });
    expect(listed_tasks).toMatchObject({ looked: 3, row_rewritten: 1 });
    for (const [task, stage] of [
      [behind, "rendering"],
      [ahead, "rendering"],
      [other, "cancelled"],
    ] as const) {
      expect(await row(task.id)).toMatchObject({ stage, revision: (await task.stub.get())?.revision });
    }
    const again = await sweep();
    expect(again.unfinished_tasks).not.toHaveProperty("row_rewritten");
    expect(again.listed_tasks).not.toHaveProperty("row_rewritten");
  });

  test("go where there is no such task, and the total with them", async () => {
    const task = await endedTask();
    const ghost = crypto.randomUUID();
    await DB.prepare(
      `INSERT INTO tasks (id, stage, progress, summary, created_at, revision)
       SELECT ?, 'rendering', progress, summary, 1, 9 FROM tasks`,
    )
      .bind(ghost)
      .run();
    const { unfinished_tasks } = await sweep();
    expect(unfinished_tasks).toMatchObject({ looked: 1, row_without_task: 1 });
    expect([await row(ghost), await row(task.id)]).toEqual([null, expect.anything()]);
    expect((await call<{ total: number }>("/api/v1/tasks")).data.total).toBe(1);
  });

  test("are compared a bounded number a run, from where the run before came to", async () => {
    for (let number = 0; number < 3; number++) await endedTask();
    const runs = [];
    for (let run = 0; run < 3; run++) runs.push((await sweep({ SWEEP_TASKS: "2" })).listed_tasks);
    expect(runs).toMatchObject([
      { looked: 2, more: true },
      { looked: 1, more: false },
      { looked: 2, more: true },
    ]);
  });
});

test("a task whose alarm was lost gets it again, and its overdue work is sent again", async () => {
  const task = await plannedTask(1);
  await runInDurableObject(task.stub, (_, { storage }) => storage.deleteAlarm());
  pass(HOUR);
  expect((await sweep()).unfinished_tasks).toMatchObject({ looked: 1, alarm_lost: 1 });
  expect(await alarmAt(task)).not.toBeNull();
  expect(task.takeSent()).toEqual(["segment-1-1"]);
  expect((await sweep()).unfinished_tasks).not.toHaveProperty("alarm_lost");
});

test("a sweep that fails is logged and counted, and stops none of the others", async () => {
  await MEDIA.put("musics/0/a.mp3", "x");
  const list = async (options: R2ListOptions) => {
    if (options.prefix === "tasks/") throw new Error("R2 is away");
    return MEDIA.list(options);
  };
  const lines = await sweep({
    MEDIA: { list, delete: (keys: string[]) => MEDIA.delete(keys) },
    SWEEP_GRACE_SECONDS: "0",
  });
  expect(Object.keys(lines)).not.toContain("task_objects");
  expect(lines.uploads).toMatchObject({ object_without_row: 1 });
  expect(await findings()).toEqual({ "task_objects:failed": 1, "uploads:object_without_row": 1 });
});

test("one run without a grace period leaves nothing without an owner", async () => {
  const task = await plannedTask(1);
  await MEDIA.put(`tasks/${task.id}/segments/1.mp4`, "x");
  const kept = await stored();
  const ghost = crypto.randomUUID();
  await DB.prepare(
    `INSERT INTO tasks (id, stage, progress, summary, created_at, revision)
     SELECT ?, 'succeeded', 100, summary, 1, 9 FROM tasks`,
  )
    .bind(ghost)
    .run();
  const orphans = [`tasks/${ghost}/final-1.mp4`, `tasks/${crypto.randomUUID()}/segments/x.mp4`, "fonts/1/a.ttf"];
  for (const key of orphans) await MEDIA.put(key, "x");
  await sweep({ SWEEP_GRACE_SECONDS: "0" });
  expect(await stored()).toEqual(kept);
});
