import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { Env } from "../../src/env.ts";
import { MAX_SENDS, maxSetbacks, RUN_LEASE_MS, type RunFailure } from "../../src/tasks/retry.ts";
import type { Claim, Ticket } from "../../src/tasks/task-calls.ts";
import { bindings } from "./bindings.ts";
import { createTask, type HeldTask, heldClock, holdTask, plannedTask, planOf, taskInput, withQueues } from "./tasks.ts";

const { DB, MEDIA } = bindings;
const MOST = maxSetbacks(7);
const fault: RunFailure = { code: "timeout", message: "too slow", rerun: "soon", retryable: true };
const fatal: RunFailure = { ...fault, rerun: "never", retryable: false };
/** For calls where it does not matter which run of the first plan they come from. */
const ticket: Ticket = { generation: 0, run: 1 };
const { pass } = heldClock();

const row = (id: string) =>
  DB.prepare("SELECT stage, progress, revision FROM tasks WHERE id = ?")
    .bind(id)
    .first<{ stage: string; progress: number; revision: number }>();
const alarmAt = (task: HeldTask) => runInDurableObject(task.stub, (_, state) => state.storage.getAlarm());
const taken = (claim: Claim): Ticket => {
  if (claim.status !== "run") throw new Error(`the claim was answered with ${claim.status}`);
  return claim.ticket;
};
/** Lets every lease end, and wakes the object. */
async function wakeLater(task: HeldTask, milliseconds: number): Promise<void> {
  pass(milliseconds);
  expect(await runDurableObjectAlarm(task.stub)).toBe(true);
}

describe("a task's life", () => {
  test("goes from creation through plan, segments and assembly to success, and D1 follows", async () => {
    const task = await createTask({ video_subject: "Sea" });
    expect(task.takeSent()).toEqual(["plan"]);
    expect(await row(task.id)).toMatchObject({ stage: "queued", progress: 0 });
    expect(await task.stub.get()).toMatchObject({ stage: "queued", video_subject: "Sea", renderer: null });

    expect(await task.stub.claim("plan")).toEqual({ status: "run", ticket, work: { kind: "plan" } });
    expect(await task.stub.get()).toMatchObject({ stage: "planning" });
    expect(await task.stub.planned(planOf(task.id, 2), ticket)).toBe("ok");
    expect(task.takeSent()).toEqual(["segment-1-1", "segment-1-2"]);
    expect(await task.stub.get()).toMatchObject({
      ...{ stage: "rendering", renderer: "wasm", width: 64, height: 36, durations: [2] },
      segments: { total: 2, finished: 0 },
    });

    for (const job of ["segment-1-1", "segment-1-2"]) {
      expect((await task.stub.claim(job)).status).toBe("run");
      expect(await task.stub.complete(job, ticket)).toBe("ok");
    }
    expect(await task.stub.get()).toMatchObject({ stage: "assembling", segments: { total: 2, finished: 2 } });
    expect(task.takeSent()).toEqual(["combined-1", "final-1"]);
    for (const job of ["combined-1", "final-1"]) {
      await task.stub.claim(job);
      await task.stub.complete(job, ticket);
    }
    expect(await task.stub.get()).toMatchObject({ stage: "succeeded", progress: 100, failure: null });
    expect(await row(task.id)).toMatchObject({ stage: "succeeded", progress: 100 });
    expect(await alarmAt(task)).toBeNull();
  });

  test("assembly waits for every render, whatever order they end in", async () => {
    const task = await plannedTask(3);
    for (const job of ["segment-1-3", "segment-1-1"]) await task.stub.complete(job, ticket);
    expect(task.takeSent()).toEqual([]);
    await task.stub.complete("segment-1-2", ticket);
    expect(task.takeSent()).toEqual(["combined-1", "final-1"]);
  });

  test("at most a window of jobs is in flight, and each that ends makes room for one", async () => {
    const task = await createTask();
    await task.stub.claim("plan");
    task.takeSent();
    await task.stub.planned(planOf(task.id, 10), ticket);
    expect(task.takeSent()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((number) => `segment-1-${number}`));
    await task.stub.claim("segment-1-2");
    expect(task.takeSent()).toEqual([]);
    await task.stub.complete("segment-1-2", ticket);
    expect(task.takeSent()).toEqual(["segment-1-9"]);
  });

  test("what a video begins to be watched with is rendered before anything else of the task", async () => {
    const task = await createTask();
    await task.stub.claim("plan");
    task.takeSent();
    const plan = planOf(task.id, 4);
    const jobs = plan.jobs.map((job) => (/-1-[12]$/.test(job.id) ? { ...job, phase: "opening" as const } : job));
    await task.stub.planned({ ...plan, jobs }, ticket);
    expect(task.takeSent()).toEqual(["segment-1-1", "segment-1-2"]);
    await task.stub.complete("segment-1-2", ticket);
    expect(task.takeSent()).toEqual([]);
    await task.stub.complete("segment-1-1", ticket);
    expect(task.takeSent()).toEqual(["segment-1-3", "segment-1-4"]);
  });

  test("an object that was never a task knows none, and stores nothing for having been asked", async () => {
    const { stub } = await holdTask();
    expect(await stub.get()).toBeNull();
    expect(await stub.remove()).toBe(false);
    expect(await stub.claim("plan")).toEqual({ status: "gone" });
    expect(await stub.complete("plan", ticket)).toBe("gone");
    expect(await stub.planInput()).toBeNull();
    expect(
      await runInDurableObject(stub, (_, { storage }) =>
        storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'task'").toArray(),
      ),
    ).toEqual([]);
  });

  test("state outlives the object's memory", async () => {
    const task = await plannedTask(2);
    await task.stub.complete("segment-1-1", ticket);
    await evictDurableObject(task.stub);
    expect(await task.stub.get()).toMatchObject({ stage: "rendering", segments: { finished: 1 } });
  });

  test("there is an alarm before a message goes out, so that a crash in between loses nothing", async () => {
    const task = await holdTask();
    const alarms: (number | null)[] = [];
    await runInDurableObject(task.stub, async (instance, state) => {
      const send = async () => alarms.push(await state.storage.getAlarm());
      Object.assign(instance, { env: withQueues(() => ({ send })) });
      await instance.create(task.id, taskInput());
      await instance.claim("plan");
      await state.storage.deleteAlarm();
      await instance.planned(planOf(task.id, 1), ticket);
    });
    expect(alarms).toHaveLength(2);
    expect(alarms).not.toContain(null);
  });
});

describe("copies, late and out-of-order calls", () => {
  test("a second copy of a message is dropped while the job runs and when it is done", async () => {
    const task = await plannedTask(1);
    expect((await task.stub.claim("segment-1-1")).status).toBe("run");
    expect(await task.stub.claim("segment-1-1")).toEqual({ status: "drop" });
    await task.stub.complete("segment-1-1", ticket);
    expect(await task.stub.claim("segment-1-1")).toEqual({ status: "drop" });
    expect(await task.stub.claim("no-such-job")).toEqual({ status: "drop" });
    expect(await task.stub.claim("final-1")).toMatchObject({ status: "run" });
  });

  test("the first plan counts", async () => {
    const task = await createTask();
    await task.stub.claim("plan");
    await task.stub.planned(planOf(task.id, 2), ticket);
    expect(await task.stub.planned(planOf(task.id, 5), ticket)).toBe("ok");
    expect(await task.stub.get()).toMatchObject({ segments: { total: 2 }, durations: [2] });
  });

  test("a job that is said to be done twice counts once", async () => {
    const task = await plannedTask(2);
    await task.stub.complete("segment-1-1", ticket);
    const before = await task.stub.get();
    expect(await task.stub.complete("segment-1-1", ticket)).toBe("ok");
    expect(await task.stub.get()).toEqual(before);
  });

  test("work that is said to be done before there is a plan changes nothing", async () => {
    const task = await createTask();
    await task.stub.claim("plan");
    for (const job of ["plan", "segment-1-1", "final-1"]) expect(await task.stub.complete(job, ticket)).toBe("ok");
    expect(await task.stub.get()).toMatchObject({ stage: "planning", progress: 0 });
    await task.stub.planned(planOf(task.id, 1), ticket);
    expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
  });

  test("a failure of a run that was given up is ignored", async () => {
    const task = await plannedTask(1);
    const first = taken(await task.stub.claim("segment-1-1"));
    await wakeLater(task, RUN_LEASE_MS + 1);
    const second = taken(await task.stub.claim("segment-1-1"));
    expect(second).toEqual({ ...first, run: first.run + 1 });
    await task.stub.failRun("segment-1-1", first, fatal);
    expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
    await task.stub.complete("segment-1-1", ticket);
    await task.stub.failRun("segment-1-1", second, fatal);
    expect(await task.stub.get()).toMatchObject({ stage: "assembling" });
  });

  test("nothing moves a task that has ended", async () => {
    const task = await plannedTask(1);
    await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), fatal);
    const ended = await task.stub.get();
    expect(ended).toMatchObject({
      stage: "failed",
      failure: { code: "timeout", stage: "rendering", message: "too slow" },
    });
    await task.stub.complete("segment-1-1", ticket);
    await task.stub.planned(planOf(task.id, 3), ticket);
    await task.stub.abandon("segment-1-1", 1);
    expect(await task.stub.claim("segment-1-1")).toEqual({ status: "drop" });
    expect(await task.stub.heartbeat("segment-1-1", ticket)).toBe("gone");
    expect(await task.stub.get()).toEqual(ended);
  });
});

describe("which queue", () => {
  const takeQueues = (task: HeldTask) => task.sent.splice(0).map(({ jobId, queue }) => [jobId, queue]);

  test("is that of a job's kind when its turn comes, so that what is begun does not wait for what is new", async () => {
    const task = await createTask();
    expect(takeQueues(task)).toEqual([["plan", "plan"]]);
    await task.stub.planned(planOf(task.id, 1), taken(await task.stub.claim("plan")));
    expect(takeQueues(task)).toEqual([["segment-1-1", "render"]]);
    await task.stub.complete("segment-1-1", taken(await task.stub.claim("segment-1-1")));
    expect(takeQueues(task)).toEqual([
      ["combined-1", "finish"],
      ["final-1", "finish"],
    ]);
  });

  test("is one of its own for a job that failed, was never heard of again, or whose message was lost", async () => {
    const task = await plannedTask(1);
    await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), fault);
    expect(takeQueues(task)).toEqual([["segment-1-1", "again"]]);
    taken(await task.stub.claim("segment-1-1"));
    await wakeLater(task, RUN_LEASE_MS + 1);
    expect(takeQueues(task)).toEqual([["segment-1-1", "again"]]);
    // Where no queue has any message.
    await wakeLater(task, 3600_000);
    expect(takeQueues(task)).toEqual([["segment-1-1", "again"]]);
  });

  test("is the same one for a copy of a message that may still be there", async () => {
    const task = await plannedTask(1);
    task.head = Date.now() - 1000;
    await wakeLater(task, 600_000);
    await wakeLater(task, 600_000);
    expect(takeQueues(task)).toEqual([["segment-1-1", "render"]]);
    await runInDurableObject(task.stub, (instance) => {
      const { env } = instance as unknown as { env: Env };
      const metrics = () => Promise.reject(new Error("away"));
      Object.assign(instance, { env: { ...env, RENDER_JOBS: { send: env.RENDER_JOBS.send, metrics } } });
    });
    await wakeLater(task, 600_000);
    expect(takeQueues(task)).toEqual([["segment-1-1", "render"]]);
  });
});

describe("the watchdog", () => {
  test("a message that nobody takes is sent again, and the task fails with a reason in the end", async () => {
    const task = await plannedTask(1);
    for (let sends = 1; sends < MAX_SENDS; sends++) {
      await wakeLater(task, 3600_000);
      expect(task.takeSent()).toEqual(["segment-1-1"]);
    }
    await wakeLater(task, 3600_000);
    expect(await task.stub.get()).toMatchObject({
      stage: "failed",
      failure: { code: "queue_stalled", stage: "rendering" },
    });
    expect(await row(task.id)).toMatchObject({ stage: "failed" });
    expect(await runDurableObjectAlarm(task.stub)).toBe(false);
  });

  test("a message that waits in a queue that gets on is not sent again, however long it is", async () => {
    const task = await plannedTask(1);
    const sent = Date.now();
    for (let looks = 1; looks <= 2 * MAX_SENDS; looks++) {
      task.head = sent - 100_000 + looks;
      await wakeLater(task, 600_000);
    }
    expect(task.takeSent()).toEqual([]);
    expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
    // The queue comes to newer ones: it was lost.
    task.head = Date.now();
    await wakeLater(task, 600_000);
    expect(task.takeSent()).toEqual(["segment-1-1"]);
    expect((await task.stub.claim("segment-1-1")).status).toBe("run");
  });

  test("a message in a queue that stands still is sent again, and the task fails with a reason in the end", async () => {
    const task = await plannedTask(1);
    task.head = Date.now() - 1000;
    await wakeLater(task, 600_000);
    expect(task.takeSent()).toEqual([]);
    for (let sends = 1; sends < MAX_SENDS; sends++) {
      await wakeLater(task, 600_000);
      expect(task.takeSent()).toEqual(["segment-1-1"]);
    }
    await wakeLater(task, 600_000);
    expect(await task.stub.get()).toMatchObject({ stage: "failed", failure: { code: "queue_stalled" } });
  });

  test("a job whose consumer was never heard of again is sent again, and the task fails in the end", async () => {
    const task = await plannedTask(1);
    for (let runs = 1; runs <= MOST.faults; runs++) {
      expect(taken(await task.stub.claim("segment-1-1")).run).toBe(runs);
      await wakeLater(task, RUN_LEASE_MS + 1);
    }
    expect(await task.stub.get()).toMatchObject({ stage: "failed", failure: { code: "job_lost" } });
  });

  test("a heartbeat keeps a run, and one of an older run does not", async () => {
    const task = await plannedTask(1);
    const first = taken(await task.stub.claim("segment-1-1"));
    pass(RUN_LEASE_MS - 1000);
    expect(await task.stub.heartbeat("segment-1-1", first)).toBe("ok");
    await wakeLater(task, 2000);
    expect(task.takeSent()).toEqual([]);
    await wakeLater(task, RUN_LEASE_MS);
    expect(task.takeSent()).toEqual(["segment-1-1"]);
    taken(await task.stub.claim("segment-1-1"));
    pass(RUN_LEASE_MS - 1000);
    await task.stub.heartbeat("segment-1-1", first);
    await wakeLater(task, 2000);
    expect(task.takeSent()).toEqual(["segment-1-1"]);
  });

  test("a run that failed is tried again after a growing while, and the last reason is the task's", async () => {
    const task = await plannedTask(1);
    for (let runs = 1; runs <= MOST.faults; runs++) {
      await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), {
        ...fault,
        message: `failed ${runs}`,
      });
    }
    expect(task.sent.map(({ delaySeconds }) => delaySeconds >= 1)).toEqual(Array(MOST.faults - 1).fill(true));
    expect(task.sent.at(-1)?.delaySeconds).toBeGreaterThanOrEqual(60);
    expect(await task.stub.get()).toMatchObject({
      stage: "failed",
      failure: { code: "timeout", message: `failed ${MOST.faults}` },
    });
  });

  test("a renderer that is never reached is given up: the task is planned anew, and older runs count no more", async () => {
    const task = await plannedTask(2);
    await MEDIA.put(`tasks/${task.id}/segments/1.mp4`, "x");
    await task.stub.complete("segment-1-1", ticket);
    const { progress = 0 } = (await task.stub.get()) ?? {};
    let last = ticket;
    for (let count = 1; count <= MOST.unreachable; count++) {
      last = taken(await task.stub.claim("segment-1-2"));
      await task.stub.failRun("segment-1-2", last, { ...fault, rerun: "renderer_away", retryable: true });
    }
    expect(await task.stub.get()).toMatchObject({ stage: "planning", progress });
    expect((await MEDIA.list({ prefix: `tasks/${task.id}/` })).objects).toEqual([]);
    expect(await task.stub.complete("segment-1-2", last)).toBe("gone");
    const again = taken(await task.stub.claim("plan"));
    expect(await task.stub.planInput()).toMatchObject({ avoided: [{ renderer: "wasm", reason: "too slow" }] });
    expect(await task.stub.planned(planOf(task.id, 1), ticket)).toBe("gone");
    expect(await task.stub.planned(planOf(task.id, 1), again)).toBe("ok");
    expect(await task.stub.get()).toMatchObject({ stage: "rendering", progress, segments: { total: 1 } });
  });

  test("a message that the queue gave up fails the task, unless its job is done", async () => {
    const task = await plannedTask(2);
    await task.stub.complete("segment-1-1", ticket);
    await task.stub.abandon("segment-1-1", 1);
    expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
    await task.stub.abandon("segment-1-2", 1);
    expect(await task.stub.get()).toMatchObject({ stage: "failed", failure: { code: "queue_failed" } });
  });

  test.each<[string, RunFailure]>([
    ["fails", fatal],
    ["finds no renderer", { ...fault, code: "renderer_unavailable", rerun: "renderer_away", retryable: true }],
  ])("a job of stills that %s for good leaves a task that succeeded without them", async (_, failure) => {
    const task = await createTask();
    await task.stub.claim("plan");
    const plan = planOf(task.id, 1);
    const key = (name: string) => `tasks/${task.id}/${name}`;
    const storyboard = { image: key("final-1-storyboard.jpg"), vtt: key("final-1-storyboard.vtt") };
    plan.jobs.push({
      ...{ id: "stills-1", video: 1, phase: "stills", weight: 1 },
      work: { kind: "stills", renderer: "wasm", video: key("combined-1.mp4"), poster: key("final-1.jpg"), storyboard },
    });
    await task.stub.planned(plan, ticket);
    for (const job of ["segment-1-1", "combined-1", "final-1"]) {
      expect(await task.stub.claim("stills-1")).toEqual({ status: "drop" });
      await task.stub.claim(job);
      await task.stub.complete(job, ticket);
    }
    expect(await task.stub.get()).toMatchObject({ stage: "assembling" });
    for (let run = 0; run < MOST.unreachable && (await task.stub.get())?.stage === "assembling"; run++) {
      await task.stub.failRun("stills-1", taken(await task.stub.claim("stills-1")), failure);
    }
    expect(await task.stub.get()).toMatchObject({ stage: "succeeded", progress: 100, failure: null, illustrated: [] });
  });

  test("a queue that does not take a message is asked again", async () => {
    const task = await plannedTask(1);
    await runInDurableObject(task.stub, (instance) => {
      const send = () => Promise.reject(new Error("queue is down"));
      Object.assign(instance, { env: withQueues(() => ({ send })) });
    });
    await wakeLater(task, 3600_000);
    expect(await alarmAt(task)).not.toBeNull();
    expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
  });
});

describe("D1 that does not answer", () => {
  const hide = () => DB.exec("ALTER TABLE tasks RENAME TO tasks_hidden");
  const show = () => DB.exec("ALTER TABLE tasks_hidden RENAME TO tasks");

  test("does not hold up a task, and is caught up by the alarm", async () => {
    await hide();
    let task: HeldTask;
    try {
      task = await plannedTask(1);
      await task.stub.complete("segment-1-1", ticket);
      expect(await task.stub.get()).toMatchObject({ stage: "assembling" });
      await wakeLater(task, 6000);
      expect(await alarmAt(task)).not.toBeNull();
    } finally {
      await show();
    }
    expect(await row(task.id)).toBeNull();
    await wakeLater(task, 6000);
    expect(await row(task.id)).toMatchObject({ stage: "assembling" });
  });

  test("a task that ended meanwhile is listed as ended afterwards", async () => {
    const task = await plannedTask(1);
    await hide();
    try {
      await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), fatal);
    } finally {
      await show();
    }
    expect((await row(task.id))?.stage).not.toBe("failed");
    await wakeLater(task, 6000);
    expect(await row(task.id)).toMatchObject({ stage: "failed" });
    expect(await alarmAt(task)).toBeNull();
  });

  test("a task deleted meanwhile is removed from it afterwards", async () => {
    const task = await plannedTask(1);
    await hide();
    try {
      expect(await task.stub.remove()).toBe(true);
      expect(await task.stub.get()).toBeNull();
    } finally {
      await show();
    }
    expect(await row(task.id)).not.toBeNull();
    await wakeLater(task, 6000);
    expect(await row(task.id)).toBeNull();
  });
});

describe("delete", () => {
  test("of a task that is being rendered removes its row and objects, and late work finds it gone", async () => {
    const task = await plannedTask(2);
    await MEDIA.put(`tasks/${task.id}/segments/1.mp4`, "x");
    const number = taken(await task.stub.claim("segment-1-1"));
    expect(await task.stub.remove()).toBe(true);
    expect(await row(task.id)).toBeNull();
    expect((await MEDIA.list({ prefix: `tasks/${task.id}/` })).objects).toEqual([]);
    expect(await task.stub.get()).toBeNull();
    expect(await task.stub.remove()).toBe(false);
    expect(await task.stub.claim("segment-1-2")).toEqual({ status: "gone" });
    expect(await task.stub.heartbeat("segment-1-1", number)).toBe("gone");
    expect(await task.stub.complete("segment-1-1", ticket)).toBe("gone");
    expect(await task.stub.failRun("segment-1-1", number, fault)).toBe("gone");
    expect(await task.stub.planned(planOf(task.id, 2), ticket)).toBe("gone");
    await task.stub.abandon("segment-1-1", 1);
    expect(task.takeSent()).toEqual([]);
    expect(await row(task.id)).toBeNull();
  });

  test("looks again for what late work wrote, and forgets the task in the end", async () => {
    const task = await plannedTask(1);
    await task.stub.remove();
    for (const later of [60_000, 20 * 60_000]) {
      await MEDIA.put(`tasks/${task.id}/segments/late.mp4`, "x");
      await wakeLater(task, later);
      expect((await MEDIA.list({ prefix: `tasks/${task.id}/` })).objects).toEqual([]);
    }
    await wakeLater(task, 24 * 3600_000);
    expect(await alarmAt(task)).toBeNull();
    expect(
      await runInDurableObject(task.stub, (_, { storage }) =>
        storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'task'").toArray(),
      ),
    ).toEqual([]);
  });

  test("leaves another task alone", async () => {
    const [task, other] = [await plannedTask(1), await plannedTask(1)];
    await MEDIA.put(`tasks/${other.id}/segments/1.mp4`, "x");
    await task.stub.remove();
    expect(await row(other.id)).not.toBeNull();
    expect(await MEDIA.head(`tasks/${other.id}/segments/1.mp4`)).not.toBeNull();
  });
});

test("the alarm never throws, and comes again where it could not do its work", async () => {
  const task = await plannedTask(1);
  await runInDurableObject(task.stub, (instance) => {
    Object.assign(instance, { env: { ...(Reflect.get(instance, "env") as object), TASK_WINDOW: "none" } });
  });
  await wakeLater(task, 3600_000);
  expect(await alarmAt(task)).not.toBeNull();
});
