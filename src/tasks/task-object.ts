import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../config.ts";
import type { Env } from "../env.ts";
import { log, messageOf } from "../log.ts";
import { keys } from "../media/keys.ts";
import { deletePrefix } from "../media/store.ts";
import { TaskCatalog } from "./catalog.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Plan, RendererKind } from "./jobs.ts";
import { LISTING_RETRY, ListingOutbox } from "./listing.ts";
import {
  canMove,
  canRetry,
  decideRetry,
  isFinal,
  isRetryable,
  mostSetbacks,
  progressOf,
  RUN_LEASE,
  type RunFailure,
  type Setbacks,
  type Stage,
  setbackOf,
  stageAfterRetry,
  type TaskError,
} from "./state.ts";
import type { StreamState } from "./stream-state.ts";
import { summarize, type TaskSummary } from "./summary.ts";
import type { Acknowledgement, Claim, Creation, PlanInput, Steering, Ticket } from "./task-calls.ts";
import { type JobRow, newRecord, type TaskInput, type TaskRecord, TaskStore } from "./task-store.ts";
import { Watchers } from "./watchers.ts";

/** How long a Worker may serve cached files on the word that their task exists, in milliseconds. */
const SERVE_LEASE = 2_000;
/** A Worker's clock stands still while it computes: this much later it may still believe in its lease. */
const SERVE_LEASE_MARGIN = 250;

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
  readonly #listing: ListingOutbox;
  readonly #dispatcher: Dispatcher;
  readonly #watchers = new Watchers();
  /** Until when a file may be served from a cache on this object's word. */
  #leasedUntil = 0;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#store = new TaskStore(state.storage.sql);
    this.#listing = new ListingOutbox(new TaskCatalog(env.DB));
    this.#dispatcher = new Dispatcher(
      this.#store,
      () => this.env.JOBS,
      () => this.#wakeInTime(),
    );
  }

  /**
   * Starts a task, unless there is or was one already: of many requests with one key the first decides,
   * its files too. Returns when the task is durable and listed, or sure to be listed soon.
   *
   * @param fingerprint tells the request from others with its key; null for one without a key.
   * @returns `same` where the task is this request's.
   */
  async create(id: string, input: TaskInput, fingerprint: string | null = null): Promise<Exclude<Creation, "unknown">> {
    const known = this.#creation(fingerprint);
    if (known !== "unknown") return known;
    this.ctx.storage.transactionSync(() => {
      this.#store.create(newRecord(id, Date.now(), fingerprint), input);
      this.#store.addPlanJob();
    });
    log("task_created", { task_id: id });
    await this.#proceed();
    return "same";
  }

  /** Whether a request with this fingerprint, or another one, made a task here. */
  async madeFrom(fingerprint: string | null): Promise<Creation> {
    return this.#creation(fingerprint);
  }

  #creation(fingerprint: string | null): Creation {
    const record = this.#store.read();
    if (!record) return "unknown";
    if (record.fingerprint !== fingerprint) return "other";
    return record.deletedAt === null ? "same" : "deleted";
  }

  /** The task as it is shown, or null where there is none. */
  async get(): Promise<TaskSummary | null> {
    const record = this.#live();
    return record ? this.#summary(record) : null;
  }

  /**
   * The task as soon as it differs from a revision, or as it is after a while; null where there is none,
   * or none any more. One that has ended is answered at once.
   *
   * @param since the revision that the caller knows; null for the present one.
   * @param milliseconds how long to wait at most.
   */
  async watch(since: number | null, milliseconds: number): Promise<TaskSummary | null> {
    const record = this.#live();
    if (!record) return null;
    const changed = since !== null && since !== record.revision;
    if (!changed && !isFinal(record.stage)) await this.#watchers.next(milliseconds);
    return this.get();
  }

  /** Stops the task's work and keeps its record and what was finished. Again for one that was cancelled: nothing. */
  async cancel(): Promise<Steering> {
    const record = this.#live();
    if (!record) return { status: "gone" };
    if (record.stage !== "cancelled") {
      if (isFinal(record.stage)) return { status: "refused", stage: record.stage };
      const message = "the task was cancelled on request";
      await this.#end(record, "cancelled", { code: "cancelled", message, retryable: true });
    }
    return this.#steered();
  }

  /**
   * Takes up a failed or cancelled task where it stopped. Its plan stays, and with it the keys of what
   * was finished: a run from before that ends late has still done its job.
   */
  async retry(): Promise<Steering> {
    const record = this.#live();
    if (!record) return { status: "gone" };
    if (!canRetry(record.stage)) return { status: "refused", stage: record.stage };
    this.ctx.storage.transactionSync(() => {
      this.#store.restoreJobs();
      const totals = this.#store.isPlanned() ? this.#store.totals() : null;
      const pace = totals && { since: Date.now(), before: totals.finished };
      const again = { attempts: record.attempts + 1, avoided: [], error: null, pace };
      this.#save(record, { ...again, stage: stageAfterRetry(totals) });
    });
    await this.#proceed();
    return this.#steered();
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
    this.#watchers.notify();
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
      const pace = { since: Date.now(), before: 0 };
      this.#change(record, { stage: "rendering", renderer, width, height, durations, captioned, pace });
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
    if (decision.retry) await this.#dispatcher.send(record.id, counted, decision.delaySeconds);
    else if (job.phase === "stills") {
      this.#doWithout(record, job, code, message);
      await this.#proceed();
    } else if (kind === "unreachable" && record.renderer) await this.#giveUpRenderer(record, record.renderer, message);
    else await this.#end(record, "failed", { code, message, retryable: isRetryable(failure) });
    return "ok";
  }

  /**
   * The queue gave a message up (dead-letter queue): its consumer failed every time.
   *
   * @param attempt the message's; one for an earlier run than the next, or the present one, says nothing.
   */
  async abandon(jobId: string, attempt: number): Promise<void> {
    const record = this.#live();
    const job = this.#store.job(jobId);
    if (!record || isFinal(record.stage) || !job) return;
    const present = { queued: job.runs + 1, running: job.runs };
    if ((job.state !== "queued" && job.state !== "running") || attempt !== present[job.state]) return;
    await this.#giveUpJob(jobId, "queue_failed", `the job ${jobId} could not be delivered to a worker`);
    await this.#proceed();
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
    const record = this.#live();
    if (record && !isFinal(record.stage)) {
      const stalls = await this.#dispatcher.sendOverdue(record.id, this.#mostSetbacks().faults);
      for (const { jobId, code, message } of stalls) await this.#giveUpJob(jobId, code, message);
      await this.#dispatcher.fill(record.id, readConfig(this.env).TASK_WINDOW);
    }
    await this.#list();
    await this.#wakeInTime();
  }

  #mostSetbacks(): Setbacks {
    return mostSetbacks(readConfig(this.env).RENDERER_TRIES);
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
  async #giveUpJob(id: string, code: string, message: string): Promise<void> {
    const record = this.#live();
    const job = this.#store.job(id);
    // Much may have happened since it was found wanting, such as another plan.
    if (!record || isFinal(record.stage) || (job?.state !== "queued" && job?.state !== "running")) return;
    if (job.phase === "stills") this.#doWithout(record, job, code, message);
    else await this.#end(record, "failed", { code, message, retryable: true });
  }

  /** Goes on without a job's result: a video that is there is not lost for want of its poster. */
  #doWithout(record: TaskRecord, job: JobRow, code: string, message: string): void {
    log("job_given_up", { task_id: record.id, job: job.id, code, message });
    this.#finishJob(record, job, {});
  }

  async #end(record: TaskRecord, stage: "failed" | "cancelled", error: Omit<TaskError, "stage">): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      this.#store.cancelJobs();
      this.#change(record, { stage, error: { ...error, stage: record.stage } });
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
      const { generation, attempts } = record;
      const anew = { avoided, generation: generation + 1, attempts: attempts + 1, pace: null, illustrated: [] };
      this.#change(record, { ...anew, stage: "planning" });
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

  /** Writes a change that the task's work made, to a stage that it may go to. */
  #change(record: TaskRecord, change: Partial<TaskRecord>): void {
    const stage: Stage = change.stage && canMove(record.stage, change.stage) ? change.stage : record.stage;
    this.#save(record, { ...change, stage });
  }

  /** Writes a change of the record, with the progress that follows from the jobs, and tells who waits for it. */
  #save(record: TaskRecord, change: Partial<TaskRecord> & { stage: Stage }): void {
    const progress = progressOf(change.stage, this.#store.totals(), record.progress);
    this.#store.write({ ...record, ...change, progress, updatedAt: Date.now(), revision: record.revision + 1 });
    this.#watchers.notify();
    if (change.stage !== record.stage) {
      const { code, message } = change.error ?? {};
      log("task_stage", { task_id: record.id, stage: change.stage, code, message });
    }
  }

  async #list(): Promise<void> {
    await this.#listing.put(
      () => this.#live(),
      (record) => this.#summary(record),
      (listedRevision, listedAt) => {
        const current = this.#live();
        if (current) this.#store.write({ ...current, listedRevision, listedAt });
      },
    );
  }

  /** Removes what a deleted task left in D1 and R2, again for late writers, and at last its record. */
  async #bury(): Promise<void> {
    const record = this.#store.read();
    if (!record || record.deletedAt === null) return;
    const deletedAt = record.deletedAt;
    const done = await Promise.allSettled([
      this.#listing.remove(record.id),
      deletePrefix(this.env.MEDIA, keys.task(record.id)),
    ]);
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
    const listing = this.#listing.dueAt(record);
    if (listing !== null) due.push(listing);
    if (due.length === 0) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(Math.min(...due));
  }

  #live(): TaskRecord | null {
    const record = this.#store.read();
    return record && record.deletedAt === null ? record : null;
  }

  #steered(): Steering {
    const record = this.#live();
    return record ? { status: "done", task: this.#summary(record) } : { status: "gone" };
  }

  #summary(record: TaskRecord): TaskSummary {
    return summarize(record, this.#store.totals(), this.#store.input().request, this.#store.playable());
  }
}
