import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../config.ts";
import type { Env } from "../env.ts";
import { log, messageOf } from "../log.ts";
import { keys } from "../media/keys.ts";
import { deletePrefix } from "../media/store.ts";
import { TaskCatalog } from "./catalog.ts";
import type { Plan, RendererKind, Work } from "./jobs.ts";
import {
  canMove,
  decideRetry,
  isFinal,
  MAX_SENDS,
  mostSetbacks,
  progressOf,
  RUN_LEASE,
  type RunFailure,
  type Setbacks,
  type Stage,
  sendLease,
  setbackOf,
} from "./state.ts";
import type { StreamState } from "./stream-state.ts";
import { summarize, type TaskSummary } from "./summary.ts";
import {
  type AvoidedRenderer,
  type JobRow,
  newRecord,
  type TaskInput,
  type TaskRecord,
  TaskStore,
} from "./task-store.ts";

/** Names one run of a job, of one plan of its task. */
export interface Ticket {
  generation: number;
  run: number;
}

/** What a consumer that took a message has to do. `drop`: nothing, somebody else has or had the job. */
export type Claim = { status: "run"; work: Work; ticket: Ticket } | { status: "drop" } | { status: "gone" };

/** Whether the task is still there; work for one that is gone is dropped and its objects removed. */
export type Acknowledgement = "ok" | "gone";

/** What a plan is made from. */
export interface PlanInput extends TaskInput {
  /** Renderers that were tried and did not answer. */
  avoided: AvoidedRenderer[];
}

/** How long a Worker may serve cached files on the word that their task exists, in milliseconds. */
const SERVE_LEASE = 2_000;
/** A Worker's clock stands still while it computes: this much later it may still believe in its lease. */
const SERVE_LEASE_MARGIN = 250;

/** Least time between two writes of a task's progress to D1, in milliseconds. */
const LISTING_INTERVAL = 1_000;
/** How long a failed write to D1 waits before it is tried again. */
const LISTING_RETRY = 5_000;
/** How long a deleted task is remembered: longer than any work for it can be under way. */
const TOMBSTONE_LIFE = 24 * 3600_000;
/** How long after a delete to look again for objects that late work has written. */
const LATE_SWEEPS = [60_000, 20 * 60_000, TOMBSTONE_LIFE];

/**
 * The truth about one task, and the only writer of it; addressed by the task's id. Every change is
 * in storage before anything is done about it. Work goes out through the queue, at most a window of
 * jobs at a time. The alarm is a watchdog for work that was lost and an outbox for writes that failed.
 */
export class TaskObject extends DurableObject<Env> {
  readonly #store: TaskStore;
  readonly #catalog: TaskCatalog;
  /** The writes to D1, one after the other, so that a delete cannot be overtaken. */
  #listing: Promise<void> = Promise.resolve();
  /** Until when a file may be served from a cache on this object's word. */
  #leasedUntil = 0;
  /** Not before this is a failed write to D1 tried again. */
  #listingPausedUntil = 0;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#store = new TaskStore(state.storage.sql);
    this.#catalog = new TaskCatalog(env.DB);
  }

  /** Starts a task. Returns when it is durable and listed, or sure to be listed soon. */
  async create(id: string, input: TaskInput): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      this.#store.create(newRecord(id, Date.now()), input);
      this.#store.addPlanJob();
    });
    log("task_created", { task_id: id });
    await this.#proceed();
  }

  /** The task as it is shown, or null where there is none. */
  async get(): Promise<TaskSummary | null> {
    const record = this.#live();
    return record ? this.#summary(record) : null;
  }

  /**
   * Deletes the task: from this moment it is not found. Its listing and objects are removed before
   * this returns; what cannot be removed now, or is written late, is removed by the alarm.
   *
   * @returns false where there is no such task.
   */
  async remove(): Promise<boolean> {
    const record = this.#live();
    if (!record) return false;
    const now = Date.now();
    this.ctx.storage.transactionSync(() => {
      this.#store.write({ ...record, deletedAt: now, listedRevision: 0 });
      this.#store.dropJobs();
    });
    log("task_deleted", { task_id: record.id, stage: record.stage });
    await this.#bury();
    // Whoever was told that the task exists may serve its files from a cache until the lease is over.
    const left = this.#leasedUntil - Date.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    return true;
  }

  /**
   * Says that the task exists, and for how long the caller may take that for granted: a delete
   * answers only when every such lease is over, so that no cached copy is served after it.
   *
   * @returns milliseconds from when the caller asked; null where there is no such task.
   */
  async lease(): Promise<number | null> {
    if (!this.#live()) return null;
    this.#leasedUntil = Date.now() + SERVE_LEASE + SERVE_LEASE_MARGIN;
    return SERVE_LEASE;
  }

  /** How far a video can be played; null where there is no such task. */
  async stream(video: number): Promise<StreamState | null> {
    const record = this.#live();
    if (!record) return null;
    const { stage, progress, error, width, height, updatedAt } = record;
    const plan = this.#store.finalAssembly(video);
    const ready = this.#store.playable().find((each) => each.video === video)?.segments ?? 0;
    const videos = this.#store.input().request.video_count;
    return { stage, progress, error, width, height, updatedAt, videos, plan, ready };
  }

  /** Takes a job for a run; the message may be one of several copies. */
  async claim(jobId: string): Promise<Claim> {
    const record = this.#live();
    if (!record) return { status: "gone" };
    const job = this.#store.job(jobId);
    if (job?.state !== "queued" || isFinal(record.stage)) return { status: "drop" };
    const run = job.runs + 1;
    this.#store.update({ ...job, state: "running", sends: 0, runs: run, lease: Date.now() + RUN_LEASE });
    if (jobId === "plan") this.#change(record, { stage: "planning" });
    await this.#wakeInTime();
    return { status: "run", work: this.#store.work(jobId), ticket: { generation: record.generation, run } };
  }

  /** What the plan job plans. */
  async planInput(): Promise<PlanInput | null> {
    const record = this.#live();
    return record && { ...this.#store.input(), avoided: record.avoided };
  }

  /** A consumer's word that it is still at work on a run. `gone`: it may stop, nobody wants the result. */
  async heartbeat(jobId: string, ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#wanted(ticket);
    if (!record || isFinal(record.stage)) return "gone";
    const job = this.#store.job(jobId);
    if (job?.state === "running" && job.runs === ticket.run) {
      this.#store.update({ ...job, lease: Date.now() + RUN_LEASE });
    }
    return "ok";
  }

  /** The plan, from the plan job. A second one is ignored: the first decided every key. */
  async planned(plan: Plan, ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#wanted(ticket);
    if (!record) return "gone";
    const job = this.#unfinished("plan");
    if (!job || !canMove(record.stage, "rendering")) return "ok";
    this.ctx.storage.transactionSync(() => {
      this.#store.update({ ...job, state: "done" });
      this.#store.addJobs(plan.jobs);
      const { renderer, width, height, durations, captioned } = plan;
      this.#change(record, { stage: "rendering", renderer, width, height, durations, captioned });
    });
    log("task_planned", { task_id: record.id, renderer: plan.renderer, jobs: plan.jobs.length });
    await this.#proceed();
    return "ok";
  }

  /** A finished job: its object is in R2. Whichever run of this plan says so first counts. */
  async complete(jobId: string, ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#wanted(ticket);
    if (!record) return "gone";
    const planned = record.stage === "rendering" || record.stage === "assembling";
    const job = this.#unfinished(jobId);
    if (!job || !planned) return "ok";
    this.#finishJob(record, job, job.phase === "stills" ? { illustrated: [...record.illustrated, job.video] } : {});
    await this.#proceed();
    return "ok";
  }

  /** A failed run: the job is tried again, or with another renderer, or the task fails with this reason. */
  async failRun(jobId: string, ticket: Ticket, failure: RunFailure): Promise<Acknowledgement> {
    const record = this.#wanted(ticket);
    if (!record) return "gone";
    const job = this.#store.job(jobId);
    if (job?.state !== "running" || job.runs !== ticket.run || isFinal(record.stage)) return "ok";
    const { code, message, kind } = failure;
    const setback = setbackOf(failure);
    const counted = setback ? { ...job, [setback]: job[setback] + 1 } : job;
    const decision = decideRetry(setback, counted, this.#mostSetbacks(), Math.random());
    log("run_failed", { task_id: record.id, job: jobId, run: ticket.run, code, message, retry: decision.retry });
    if (decision.retry) await this.#send(record, counted, decision.delaySeconds);
    else if (job.phase === "stills") await this.#doWithout(record, job, code, message);
    else if (kind === "unreachable" && record.renderer) await this.#giveUpRenderer(record, record.renderer, message);
    else await this.#fail(record, code, message);
    await this.#wakeInTime();
    return "ok";
  }

  /** The queue gave a message up (dead-letter queue): its consumer failed every time. */
  async abandon(jobId: string): Promise<void> {
    const record = this.#live();
    const job = this.#unfinished(jobId);
    if (!record || isFinal(record.stage) || !job) return;
    await this.#giveUpJob(record, job, "queue_failed", `the job ${jobId} could not be delivered to a worker`);
  }

  /** The watchdog and the outbox. Never throws: an alarm that throws too often is dropped for good. */
  override async alarm(): Promise<void> {
    try {
      const record = this.#store.read();
      if (!record) return;
      if (record.deletedAt !== null) await this.#bury();
      else await this.#proceed();
    } catch (error) {
      log("alarm_failed", { message: messageOf(error) });
      await this.ctx.storage.setAlarm(Date.now() + LISTING_RETRY);
    }
  }

  /** Does whatever is due: overdue jobs, new jobs, the listing; and sets the alarm for the rest. */
  async #proceed(): Promise<void> {
    await this.#chaseOverdueJobs();
    await this.#handOut();
    await this.#list();
    await this.#wakeInTime();
  }

  async #chaseOverdueJobs(): Promise<void> {
    const now = Date.now();
    for (const job of this.#store.inFlight()) {
      const record = this.#live();
      if (!record || isFinal(record.stage)) return;
      if (job.lease > now) continue;
      log("job_overdue", { task_id: record.id, job: job.id, state: job.state, sends: job.sends, runs: job.runs });
      // A run that was never heard of again is one that failed.
      const counted = job.state === "running" ? { ...job, faults: job.faults + 1 } : job;
      if (counted.faults >= this.#mostSetbacks().faults) {
        const message = `the job ${job.id} was begun ${job.runs} times and never heard of again`;
        await this.#giveUpJob(record, job, "job_lost", message);
      } else if (job.state === "queued" && job.sends >= MAX_SENDS) {
        const message = `the job ${job.id} was on the queue for hours and no worker took it`;
        await this.#giveUpJob(record, job, "queue_stalled", message);
      } else {
        await this.#send(record, counted, 0);
      }
    }
  }

  #mostSetbacks(): Setbacks {
    return mostSetbacks(readConfig(this.env).RENDERER_TRIES);
  }

  /** Sends waiting jobs until the window is full. */
  async #handOut(): Promise<void> {
    const record = this.#live();
    if (!record || isFinal(record.stage)) return;
    const room = readConfig(this.env).TASK_WINDOW - this.#store.inFlight().length;
    if (room <= 0) return;
    for (const job of this.#store.ready(room)) await this.#send(record, job, 0);
  }

  async #send(record: TaskRecord, job: JobRow, delaySeconds: number): Promise<void> {
    const sends = job.sends + 1;
    const lease = Date.now() + delaySeconds * 1000 + sendLease(sends);
    this.#store.update({ ...job, state: "queued", sends, lease });
    // Before the message goes out: should this object end here, the alarm finds the job.
    await this.#wakeInTime();
    try {
      await this.env.JOBS.send({ taskId: record.id, jobId: job.id, attempt: job.runs + 1 }, { delaySeconds });
    } catch (error) {
      // The lease is set: the alarm sends it again.
      log("send_failed", { task_id: record.id, job: job.id, message: messageOf(error) });
    }
  }

  /** Takes a job as done, and the task with the last one. */
  #finishJob(record: TaskRecord, job: JobRow, change: Partial<Pick<TaskRecord, "illustrated">>): void {
    this.ctx.storage.transactionSync(() => {
      this.#store.update({ ...job, state: "done" });
      const totals = this.#store.totals();
      if (totals.finishingLeft === 0 && totals.rendersLeft === 0) {
        this.#change(record, { ...change, stage: "succeeded" });
      } else if (totals.rendersLeft === 0 && record.stage === "rendering") {
        this.#change(record, { ...change, stage: "assembling" });
      } else {
        this.#change(record, change);
      }
    });
  }

  /** Ends a job that no other run will be given. */
  async #giveUpJob(record: TaskRecord, job: JobRow, code: string, message: string): Promise<void> {
    if (job.phase === "stills") await this.#doWithout(record, job, code, message);
    else await this.#fail(record, code, message);
  }

  /** Goes on without a job's result: a video that is there is not lost for want of its poster. */
  async #doWithout(record: TaskRecord, job: JobRow, code: string, message: string): Promise<void> {
    log("job_given_up", { task_id: record.id, job: job.id, code, message });
    this.#finishJob(record, job, {});
    await this.#handOut();
    await this.#list();
    await this.#wakeInTime();
  }

  async #fail(record: TaskRecord, code: string, message: string): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      this.#store.cancelJobs();
      this.#change(record, { stage: "failed", error: { code, stage: record.stage, message } });
    });
    await this.#list();
    await this.#wakeInTime();
  }

  /**
   * Plans the task anew for a renderer other than the one that does not answer. What was rendered is
   * dropped: one video is never made of two renderers' segments.
   */
  async #giveUpRenderer(record: TaskRecord, renderer: RendererKind, reason: string): Promise<void> {
    log("renderer_given_up", { task_id: record.id, renderer, reason });
    this.ctx.storage.transactionSync(() => {
      this.#store.dropJobs();
      this.#store.addPlanJob();
      const avoided = [...record.avoided, { renderer, reason }];
      const fresh = { ...record, avoided, generation: record.generation + 1, illustrated: [] };
      this.#change(fresh, { stage: "planning" });
    });
    await deletePrefix(this.env.MEDIA, keys.task(record.id)).catch((error: unknown) =>
      log("delete_failed", { task_id: record.id, message: messageOf(error) }),
    );
    await this.#proceed();
  }

  /** The job, where it is there and not done. */
  #unfinished(jobId: string): JobRow | null {
    const job = this.#store.job(jobId);
    return job && job.state !== "done" ? job : null;
  }

  /** The record, where the task is there and the ticket is one of its present plan. */
  #wanted(ticket: Ticket): TaskRecord | null {
    const record = this.#live();
    return record?.generation === ticket.generation ? record : null;
  }

  /** Writes a change of the record, with the progress that follows from the jobs. */
  #change(
    record: TaskRecord,
    change: Partial<
      Pick<TaskRecord, "stage" | "renderer" | "width" | "height" | "durations" | "captioned" | "illustrated" | "error">
    >,
  ): void {
    const stage: Stage = change.stage && canMove(record.stage, change.stage) ? change.stage : record.stage;
    const progress = progressOf(stage, this.#store.totals(), record.progress);
    this.#store.write({ ...record, ...change, stage, progress, updatedAt: Date.now(), revision: record.revision + 1 });
    if (stage !== record.stage) {
      log("task_stage", {
        task_id: record.id,
        stage,
        ...(change.error ? { code: change.error.code, message: change.error.message } : {}),
      });
    }
  }

  /** Brings D1 up to date, at most once a second while only progress changes. */
  async #list(): Promise<void> {
    this.#listing = this.#listing.then(async () => {
      const record = this.#live();
      if (!record || record.listedRevision >= record.revision) return;
      const summary = this.#summary(record);
      const urgent = isFinal(record.stage) || record.listedRevision === 0;
      if (Date.now() < this.#listingPausedUntil) return;
      if (!urgent && Date.now() - record.listedAt < LISTING_INTERVAL) return;
      try {
        await this.#catalog.put(summary, record.revision);
        const current = this.#live();
        if (current) this.#store.write({ ...current, listedRevision: record.revision, listedAt: Date.now() });
      } catch (error) {
        this.#listingPausedUntil = Date.now() + LISTING_RETRY;
        log("listing_failed", { task_id: record.id, message: messageOf(error) });
      }
    });
    await this.#listing;
  }

  /** Removes what a deleted task left in D1 and R2, again for late writers, and at last its record. */
  async #bury(): Promise<void> {
    const record = this.#store.read();
    if (!record || record.deletedAt === null) return;
    const deletedAt = record.deletedAt;
    this.#listing = this.#listing.then(() => this.#catalog.remove(record.id));
    const done = await Promise.allSettled([this.#listing, deletePrefix(this.env.MEDIA, keys.task(record.id))]);
    this.#listing = Promise.resolve();
    const failures = done.filter((result) => result.status === "rejected");
    for (const failure of failures) log("delete_failed", { task_id: record.id, message: messageOf(failure.reason) });
    const age = Date.now() - deletedAt;
    const next = LATE_SWEEPS.find((delay) => delay > age);
    if (failures.length > 0) await this.ctx.storage.setAlarm(Date.now() + LISTING_RETRY);
    else if (next !== undefined) await this.ctx.storage.setAlarm(deletedAt + next);
    else await this.ctx.storage.deleteAll();
  }

  /** Sets the alarm for the earliest thing that may become due. */
  async #wakeInTime(): Promise<void> {
    const record = this.#live();
    if (!record) return;
    const due = isFinal(record.stage) ? [] : this.#store.inFlight().map((job) => job.lease);
    if (record.listedRevision < record.revision) {
      due.push(Math.max(this.#listingPausedUntil, record.listedAt + LISTING_INTERVAL));
    }
    if (due.length === 0) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(Math.min(...due));
  }

  #live(): TaskRecord | null {
    const record = this.#store.read();
    return record && record.deletedAt === null ? record : null;
  }

  #summary(record: TaskRecord): TaskSummary {
    return summarize(record, this.#store.totals(), this.#store.input().request, this.#store.playable());
  }
}
