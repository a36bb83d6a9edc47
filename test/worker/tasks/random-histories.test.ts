import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isFinal } from "../../../src/api/task-state.ts";
import type { TaskSummary } from "../../../src/db/task-summary.ts";
import type { RunFailure } from "../../../src/tasks/retry.ts";
import type { Ticket } from "../../../src/tasks/task-calls.ts";
import { bindings } from "../support/bindings.ts";
import { createTask, type HeldTask, heldClock, planOf } from "../support/tasks.ts";

const { pass } = heldClock();

const WINDOW = 8;
const job = fc.constantFrom("plan", "segment-1-1", "segment-1-2", "combined-1", "final-1");

// A run that was started, counted back from the newest, or a random one that may not exist.
const run = fc.record({
  given: fc.option(fc.nat(3), { freq: 3 }),
  generation: fc.nat(2),
  run: fc.integer({ min: 1, max: 4 }),
});
const call = <T extends string>(name: T) => fc.constant({ call: name });

/** A call that a task may get, in any order, any number of times and at any time. */
const step = fc.oneof(
  { weight: 16, arbitrary: fc.record({ call: fc.constant("work" as const), back: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ call: fc.constant("claim" as const), job }) },
  { weight: 3, arbitrary: fc.record({ call: fc.constant("complete" as const), job, run }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant("planned" as const), segments: fc.constantFrom(2, 3), run }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant("heartbeat" as const), job, run }) },
  {
    weight: 2,
    arbitrary: fc.record({
      call: fc.constant("fail" as const),
      job,
      run,
      rerun: fc.constantFrom("soon", "never", "renderer_away", "renderer_full"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ call: fc.constant("abandon" as const), job, attempt: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ call: fc.constant("alarm" as const), later: fc.constantFrom(2_000, 60_000, 3600_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      call: fc.constant("audit" as const),
      row: fc.option(fc.record({ stage: fc.constantFrom("queued", "succeeded"), revision: fc.nat(40) })),
    }),
  },
  { weight: 2, arbitrary: call("cancel") },
  { weight: 3, arbitrary: call("retry") },
  { weight: 1, arbitrary: call("remove") },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Every message succeeds, and some overtake earlier ones. */
const toSuccess: Step[] = [0, 0, 1, 0, 1].map((back) => ({ call: "work", back }));

const toFailure: Step[] = [
  { call: "claim", job: "plan" },
  { call: "fail", job: "plan", run: { given: 0, generation: 0, run: 1 }, rerun: "never" },
];

/** A task, all the messages that it has sent, and all the runs that it has started. */
class Driven {
  readonly task: HeldTask;
  readonly #messages: { jobId: string; attempt: number }[] = [];
  readonly #runs: Ticket[] = [];

  constructor(task: HeldTask) {
    this.task = task;
  }

  /** Collects the messages sent since the last call and returns their number. */
  collect(): number {
    const sent = this.task.sent.splice(0);
    this.#messages.push(...sent);
    return sent.length;
  }

  async take(step: Step): Promise<void> {
    const { stub, id } = this.task;
    switch (step.call) {
      case "work": {
        const message = this.#messages.at(-1 - step.back);
        const ticket = message && (await this.#claim(message.jobId));
        if (!ticket) return;
        if (message.jobId === "plan") await stub.planned(planOf(id, 2), ticket);
        else await stub.complete(message.jobId, ticket);
        return;
      }
      case "claim":
        await this.#claim(step.job);
        return;
      case "complete":
        await stub.complete(step.job, this.#ticket(step.run));
        return;
      case "planned":
        await stub.planned(planOf(id, step.segments), this.#ticket(step.run));
        return;
      case "heartbeat":
        await stub.heartbeat(step.job, this.#ticket(step.run));
        return;
      case "fail": {
        const failure: RunFailure = { code: "timeout", message: "too slow", rerun: step.rerun, retryable: true };
        await stub.failRun(step.job, this.#ticket(step.run), failure);
        return;
      }
      case "abandon":
        await stub.abandon(step.job, step.attempt);
        return;
      case "alarm":
        pass(step.later);
        await runDurableObjectAlarm(stub);
        return;
      case "audit":
        await stub.audit({ row: step.row && { ...step.row }, readAt: Date.now() + 1 });
        return;
      case "cancel":
      case "retry":
      case "remove":
        await stub[step.call]();
    }
  }

  async #claim(jobId: string): Promise<Ticket | null> {
    const claim = await this.task.stub.claim(jobId);
    if (claim.status !== "run") return null;
    const { generation, run } = claim.ticket;
    this.#runs.push({ generation, run });
    return { generation, run };
  }

  #ticket({ given, generation, run }: { given: number | null; generation: number; run: number }): Ticket {
    const real = given === null ? undefined : this.#runs.at(-1 - given);
    // A new object, because RPC does not accept an object without a prototype.
    return { generation: real?.generation ?? generation, run: real?.run ?? run };
  }
}

interface Seen {
  task: TaskSummary | null;
  alarm: number | null;
  inFlight: number;
  sent: number;
}

async function look(driven: Driven): Promise<Seen> {
  const { stub } = driven.task;
  const [alarm, inFlight] = await runInDurableObject(stub, async (_, { storage }) => {
    const there = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'job'").toArray().length > 0;
    const rows = there ? storage.sql.exec("SELECT 1 FROM job WHERE state IN ('queued', 'running')").toArray() : [];
    return [await storage.getAlarm(), rows.length] as const;
  });
  return { task: await stub.get(), alarm, inFlight, sent: driven.collect() };
}

/** Checks what must hold between two states of a task, whatever the call between them. */
function check({ call }: Step, before: Seen, now: Seen): void {
  expect(now.inFlight).toBeLessThanOrEqual(WINDOW);
  if (!before.task || !now.task) {
    // A deleted task never comes back, and has no jobs or messages.
    expect(now).toMatchObject({ task: null, inFlight: 0, sent: 0 });
    if (before.task) expect(call).toBe("remove");
    return;
  }
  const [was, is] = [before.task, now.task];
  expect(is.progress).toBeGreaterThanOrEqual(was.progress);
  expect(is.progress === 100).toBe(is.stage === "succeeded");
  expect(is.revision).toBeGreaterThanOrEqual(was.revision);
  expect(is.attempts).toBeGreaterThanOrEqual(was.attempts);
  // The same revision means the same task data.
  if (is.revision === was.revision) expect(is).toEqual(was);
  if (isFinal(was.stage) && is.stage !== was.stage) {
    expect([call, was.stage]).toEqual(["retry", expect.stringMatching(/^(failed|cancelled)$/)]);
  }
  if (isFinal(is.stage)) expect(now.inFlight).toBe(0);
  else expect(now.alarm).not.toBeNull();
  expect(is.failure !== null).toBe(is.stage === "failed" || is.stage === "cancelled");
  if (is.stage === "cancelled") expect(is.failure?.code).toBe("cancelled");
  if (is.stage === "failed") expect(is.failure?.message).not.toBe("");
  if (is.stage === "succeeded") expect(is.segments.finished).toBe(is.segments.total);
}

/** Runs the alarms until there are no more, as if the queue lost every message. */
async function leaveAlone({ task }: Driven): Promise<void> {
  for (let times = 0; times < 60; times++) {
    const alarm = await runInDurableObject(task.stub, (_, { storage }) => storage.getAlarm());
    if (alarm === null) return;
    pass(Math.max(1, alarm - Date.now() + 1));
    await runDurableObjectAlarm(task.stub);
  }
  throw new Error("the task never comes to rest");
}

test("a task under random calls never loses progress, leaves a final state only by retry, and always ends", async () => {
  const reached = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 50, size: "max" }), async (steps) => {
      const driven = new Driven(await createTask());
      let before = await look(driven);
      for (const next of steps) {
        await driven.take(next);
        const now = await look(driven);
        check(next, before, now);
        reached.add(now.task?.stage ?? "deleted");
        before = now;
      }
      await leaveAlone(driven);
      const rest = await driven.task.stub.get();
      const row = await bindings.DB.prepare("SELECT stage, revision FROM tasks WHERE id = ?")
        .bind(driven.task.id)
        .first();
      if (rest) expect(isFinal(rest.stage)).toBe(true);
      expect(row).toEqual(rest && { stage: rest.stage, revision: rest.revision });
    }),
    { numRuns: 20, examples: [[toSuccess], [toFailure]] },
  );
  // The random calls must reach every stage, or the test proves nothing.
  for (const stage of ["planning", "rendering", "assembling", "succeeded", "failed", "cancelled", "deleted"]) {
    expect(reached).toContain(stage);
  }
}, 240_000);
