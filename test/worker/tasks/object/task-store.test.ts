import { runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_OWNER } from "../../../../src/api/owner.ts";
import type { PlannedJob } from "../../../../src/protocol/task-jobs.ts";
import { newRecord } from "../../../../src/tasks/object/task-record.ts";
import { type JobState, TaskStore } from "../../../../src/tasks/object/task-store.ts";
import { bindings } from "../../support/bindings.ts";
import { planOf, taskInput } from "../../support/tasks.ts";

/** Calls `run` with the storage of a new object without a task. */
function withStorage<T>(run: (storage: DurableObjectStorage) => T): Promise<T> {
  const stub = bindings.TASKS.getByName(crypto.randomUUID());
  return runInDurableObject(stub, (_, { storage }) => run(storage));
}

/** The expected totals, playable segments and ready jobs, computed from the job rows. */
function sumsOf(sql: SqlStorage) {
  const totals = sql
    .exec(
      `SELECT COALESCE(SUM(weight), 0) AS total, COALESCE(SUM(weight * (state = 'done')), 0) AS finished,
         0 AS authoring, 0 AS authored, 0 AS authoringLeft,
         COALESCE(SUM(kind = 'segment'), 0) AS segments,
         COALESCE(SUM(kind = 'segment' AND state = 'done'), 0) AS finishedSegments,
         COALESCE(SUM(phase IN ('opening', 'render') AND state <> 'done'), 0) AS rendersLeft,
         COALESCE(SUM(phase IN ('assemble', 'stills') AND state <> 'done'), 0) AS finishingLeft FROM job`,
    )
    .one();
  const jobs = sql
    .exec<{ id: string; video: number; phase: string; kind: string; state: string }>(
      "SELECT id, video, phase, kind, state FROM job ORDER BY position",
    )
    .toArray();
  const videos = [...new Set(jobs.filter(({ kind }) => kind === "segment").map(({ video }) => video))].sort();
  const playable = videos.map((video) => {
    const own = jobs.filter((job) => job.video === video);
    const segments = own.filter(({ kind }) => kind === "segment");
    const missing = segments.findIndex(({ state }) => state !== "done");
    const silent = own.some(({ kind, state }) => kind === "soundtrack" && state !== "done");
    return { video, segments: silent ? 0 : missing < 0 ? segments.length : missing };
  });
  const isLeft = (phases: string[], video?: number) =>
    jobs.some((job) => phases.includes(job.phase) && job.state !== "done" && (video ?? job.video) === job.video);
  const ready = jobs
    .filter(({ phase, video, state }) => {
      if (state !== "waiting") return false;
      if (phase === "render") return !isLeft(["opening"]);
      if (phase === "assemble") return !isLeft(["opening", "render"], video);
      return phase !== "stills" || !isLeft(["opening", "render", "assemble"], video);
    })
    .map(({ id }) => id);
  return { totals, playable, ready };
}

/** Jobs of two videos, one with a soundtrack. The first segment of each video is an opening job. */
function jobsOf(taskId: string, segments: number): PlannedJob[] {
  const [first, second] = [1, 2].map((video) =>
    planOf(taskId, segments).jobs.map(
      (job, index): PlannedJob => ({
        ...job,
        id: `${video}-${job.id}`,
        video,
        phase: job.phase === "render" && index === 0 ? "opening" : job.phase,
      }),
    ),
  );
  const render = first?.[0]?.work;
  if (!first || !second || render?.kind !== "render") throw new Error("the plan has no segment");
  const soundtrack = { kind: "soundtrack" } as (typeof render)["job"];
  const stills: PlannedJob["work"] = {
    ...{ kind: "stills", renderer: "wasm", video: "", poster: "", storyboard: { image: "", vtt: "" } },
  };
  return [
    { id: "sound", video: 1, phase: "opening", weight: 2.5, work: { ...render, job: soundtrack } },
    ...first,
    { id: "stills", video: 1, phase: "stills", weight: 1, work: stills },
    ...second,
  ];
}

const state = fc.constantFrom<JobState>("waiting", "queued", "running", "done", "done", "cancelled");
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ job: fc.nat(), state }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("cancel" as const, "restore" as const, "plan" as const) }) },
);

test("the totals, playable segments and ready jobs match the jobs after any sequence of changes", async () => {
  await withStorage((storage) => {
    const store = new TaskStore(storage.sql);
    const task = crypto.randomUUID();
    store.create(newRecord(task, 0, null, DEFAULT_OWNER), taskInput());
    store.addAuthoringJobs([{ id: "plan", phase: "plan", weight: 0, work: { kind: "plan" } }]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), (segments, steps) => {
        let jobs = jobsOf(task, segments);
        store.dropJobs();
        store.addJobs(jobs);
        for (const next of steps) {
          if ("job" in next) {
            const job = store.job(jobs[next.job % jobs.length]?.id ?? "");
            if (job) store.update({ ...job, state: next.state });
          } else if (next.do === "cancel") store.cancelJobs();
          else if (next.do === "restore") store.restoreJobs();
          else {
            jobs = jobsOf(task, 2);
            store.dropJobs();
            store.addJobs(jobs);
          }
          const { totals, playable, ready } = sumsOf(storage.sql);
          expect(store.totals()).toEqual(totals);
          expect(store.playable()).toEqual(playable);
          expect(store.ready(100).map(({ id }) => id)).toEqual(ready);
        }
      }),
      { numRuns: 40 },
    );
  });
});

test("reading a task of 5,000 segments reads as few rows as reading a task of 5", async () => {
  const rowsRead = (segments: number) =>
    withStorage((storage) => {
      const task = crypto.randomUUID();
      const real = new TaskStore(storage.sql);
      storage.transactionSync(() => {
        real.create(newRecord(task, 0, null, DEFAULT_OWNER), taskInput());
        real.addJobs(planOf(task, segments).jobs);
        // All segments but the last are done, so the first unfinished one is at the end.
        storage.sql.exec("UPDATE job SET state = 'done' WHERE kind = 'segment' AND segment < ?", segments - 1);
      });
      let rows = 0;
      const counting = {
        exec: (query: string, ...bound: SqlStorageValue[]) => {
          const cursor = storage.sql.exec(query, ...bound);
          const found = cursor.toArray();
          rows += cursor.rowsRead;
          return { toArray: () => found, one: () => found[0] };
        },
      } as unknown as SqlStorage;
      // The reads of TaskObject.get().
      const store = new TaskStore(counting);
      store.read();
      store.input();
      expect(store.totals()).toMatchObject({ segments, finishedSegments: segments - 1 });
      expect(store.playable()).toEqual([{ video: 1, segments: segments - 1 }]);
      return rows;
    });
  const few = await rowsRead(5);
  const many = await rowsRead(5_000);
  expect(few).toBeGreaterThan(0);
  expect(many).toBe(few);
  expect(many).toBeLessThan(30);
});

test("a task stored by an earlier version can be read and updated", async () => {
  await withStorage(({ sql }) => {
    const task = crypto.randomUUID();
    const { counts: _, failure: __, ...rest } = newRecord(task, 0, null, DEFAULT_OWNER);
    const failure = { code: "timeout", stage: "rendering", message: "too slow" };
    const record = { ...rest, stage: "failed", error: failure };
    sql.exec("CREATE TABLE task (id INTEGER PRIMARY KEY CHECK (id = 1), record TEXT NOT NULL, input TEXT NOT NULL)");
    sql.exec(`CREATE TABLE job (
      id TEXT PRIMARY KEY, position INTEGER NOT NULL, video INTEGER NOT NULL, phase TEXT NOT NULL, kind TEXT NOT NULL,
      weight REAL NOT NULL, work TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
      sends INTEGER NOT NULL DEFAULT 0, runs INTEGER NOT NULL DEFAULT 0, lease INTEGER NOT NULL DEFAULT 0,
      faults INTEGER NOT NULL DEFAULT 0, unreachable INTEGER NOT NULL DEFAULT 0, busy INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID`);
    sql.exec("CREATE INDEX job_order ON job (state, position)");
    sql.exec("INSERT INTO task VALUES (1, ?, ?)", JSON.stringify(record), JSON.stringify(taskInput()));
    for (const [index, job] of planOf(task, 3).jobs.entries()) {
      const kind = job.phase === "render" ? "segment" : "assemble";
      sql.exec(
        "INSERT INTO job (id, position, video, phase, kind, weight, work, state) VALUES (?, ?, 1, ?, ?, ?, ?, ?)",
        ...[job.id, index + 1, job.phase, kind, job.weight, JSON.stringify(job.work), index < 2 ? "done" : "waiting"],
      );
    }
    const store = new TaskStore(sql);
    expect(store.read()).toMatchObject({ id: task, counts: {}, failure: { ...failure, retryable: true } });
    expect(store.totals()).toEqual(sumsOf(sql).totals);
    expect(store.playable()).toEqual([{ video: 1, segments: 2 }]);
    const last = store.job("segment-1-3");
    if (last) store.update({ ...last, state: "done" });
    expect(store.totals()).toMatchObject({ segments: 3, finishedSegments: 3, rendersLeft: 0 });
    expect(store.playable()).toEqual([{ video: 1, segments: 3 }]);
    expect(store.ready(1).map(({ id }) => id)).toEqual(["combined-1"]);
  });
});
