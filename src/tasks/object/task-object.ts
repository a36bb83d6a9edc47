import { DurableObject } from "cloudflare:workers";
import { taskErrors } from "../../api/errors.ts";
import { DEFAULT_OWNER } from "../../api/owner.ts";
import { canRetry, isFinal } from "../../api/task-state.ts";
import { readConfig } from "../../config/config.ts";
import { type Admission, TaskCatalog } from "../../db/task-catalog.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import type { TaskInput } from "../../protocol/task-input.ts";
import type { Plan } from "../../protocol/task-jobs.ts";
import { log, messageOf } from "../../util/log.ts";
import { DeliveryStore } from "../../webhooks/delivery-store.ts";
import { decideRetry, maxSetbacks, type RunFailure, setbackOf } from "../retry.ts";
import { canMove } from "../state.ts";
import type { StreamState } from "../stream-state.ts";
import type { Acknowledgement, Claim, Creation, PlanInput, Replay, Steering, Ticket } from "../task-calls.ts";
import { type LinkSigning, linkSigning } from "../task-links.ts";
import type { Audit, ListedState } from "./listing-audit.ts";
import { type Entry, ListingOutbox } from "./listing-outbox.ts";
import { PresenceGrants } from "./presence-grants.ts";
import { TaskLedger } from "./task-ledger.ts";
import { newRecord } from "./task-record.ts";
import { TaskStore } from "./task-store.ts";
import { type TaskObjectBindings, TaskUpkeep } from "./task-upkeep.ts";
import { Watchers } from "./watchers.ts";

/**
 * The truth about one task, and the only writer of it; addressed by the task's id. Every change is
 * in storage before anything is done about it. Work goes out through the queue, at most a window of
 * jobs at a time. The alarm is a watchdog for work that was lost and an outbox for writes that failed.
 */
export class TaskObject extends DurableObject<TaskObjectBindings> {
  readonly #store: TaskStore;
  readonly #ledger: TaskLedger;
  readonly #listing: ListingOutbox;
  readonly #upkeep: TaskUpkeep;
  readonly #watchers = new Watchers();
  readonly #grants = new PresenceGrants();

  constructor(state: DurableObjectState, env: TaskObjectBindings) {
    super(state, env);
    this.#store = new TaskStore(state.storage.sql);
    const webhooks = new DeliveryStore(state.storage.sql);
    this.#ledger = new TaskLedger(
      state.storage,
      this.#store,
      webhooks,
      env,
      () => this.#linkSigning(),
      () => this.#watchers.notify(),
    );
    this.#listing = new ListingOutbox(new TaskCatalog(env.DB));
    this.#upkeep = new TaskUpkeep(state, () => this.env, {
      store: this.#store,
      ledger: this.#ledger,
      listing: this.#listing,
      webhooks,
    });
  }

  /**
   * Starts a task, unless there is or was one already: of many requests with one key the first decides,
   * its files too. Returns when the task is durable and listed, or sure to be listed soon.
   *
   * @param fingerprint tells the request from others with its key; null for one without a key.
   * @returns `same` where the task is this request's; `full` where its owner has no room for it;
   * `unavailable` where D1 did not say whether there is, and no task was made.
   */
  async create(
    id: string,
    input: TaskInput,
    fingerprint: string | null = null,
    { owner, quota }: Admission = { owner: DEFAULT_OWNER, quota: null },
  ): Promise<Exclude<Creation, "unknown"> | Exclude<Entry, "listed">> {
    const known = this.#ledger.creation(fingerprint);
    if (known !== "unknown") return known;
    const record = newRecord(id, Date.now(), fingerprint, owner);
    if (quota !== null) {
      const entry = await this.#listing.enter(
        record,
        this.#ledger.firstSummary(record, input),
        { owner, quota },
        () => this.#ledger.live() === null,
      );
      // Another request with the key may have been first meanwhile.
      const meanwhile = this.#ledger.creation(fingerprint);
      if (meanwhile !== "unknown") return meanwhile;
      if (entry !== "listed") return entry;
    }
    this.#ledger.create(
      quota === null ? record : { ...record, listedRevision: record.revision, listedAt: record.createdAt },
      input,
    );
    await this.#upkeep.proceed();
    return "same";
  }

  /** Whether a request with this fingerprint, or another one, made a task here. */
  async madeFrom(fingerprint: string | null): Promise<Creation> {
    return this.#ledger.creation(fingerprint);
  }

  /**
   * The task as it is shown, or null where there is none. What callers are given of it here and below
   * is as if there were no task where it is not the viewer's.
   *
   * @param viewer an owner; null for the service itself, and for who has a link.
   */
  async get(viewer: string | null = null): Promise<TaskSummary | null> {
    return this.#ledger.shown(viewer);
  }

  /**
   * The task as soon as it differs from a revision, or as it is after a while; null where there is none,
   * or none any more. One that has ended is answered at once.
   *
   * @param since the revision that the caller knows; null for the present one.
   * @param milliseconds how long to wait at most.
   */
  async watch(since: number | null, milliseconds: number, viewer: string | null = null): Promise<TaskSummary | null> {
    const record = this.#ledger.live(viewer);
    if (!record) return null;
    const changed = since !== null && since !== record.revision;
    if (!changed && !isFinal(record.stage)) await this.#watchers.next(milliseconds);
    return this.get();
  }

  /** Stops the task's work and keeps its record and what was finished. Again for one that was cancelled: nothing. */
  async cancel(viewer: string | null = null): Promise<Steering> {
    const record = this.#ledger.live(viewer);
    if (!record) return { status: "gone" };
    if (record.stage !== "cancelled") {
      if (isFinal(record.stage)) return { status: "refused", stage: record.stage };
      const { retryable } = taskErrors.cancelled;
      const message = "the task was cancelled on request";
      await this.#upkeep.end(record, "cancelled", { code: "cancelled", message, retryable });
    }
    return this.#ledger.steered();
  }

  /**
   * Takes up a failed or cancelled task where it stopped. Its plan stays, and with it the keys of what
   * was finished: a run from before that ends late has still done its job.
   */
  async retry(viewer: string | null = null): Promise<Steering> {
    const record = this.#ledger.live(viewer);
    if (!record) return { status: "gone" };
    if (!canRetry(record.stage)) return { status: "refused", stage: record.stage };
    this.#ledger.restart(record);
    await this.#upkeep.proceed();
    return this.#ledger.steered();
  }

  /** Sends a webhook again that is over: with its id, and all its attempts before it. */
  async replayWebhook(id: string, viewer: string | null = null): Promise<Replay> {
    if (!this.#ledger.live(viewer)) return { status: "gone" };
    const replay = this.#upkeep.courier.replay(id);
    if (replay !== "begun") return { status: replay };
    await this.#upkeep.wakeInTime();
    return this.#ledger.steered();
  }

  /**
   * Deletes the task: from this moment it is not found. Its listing and objects are removed before
   * this returns; what cannot be removed now, or is written late, is removed by the alarm.
   *
   * @returns false where there is no such task.
   */
  async remove(viewer: string | null = null): Promise<boolean> {
    const record = this.#ledger.live(viewer);
    if (!record) return false;
    this.#ledger.delete(record);
    await this.#upkeep.bury();
    // Whoever was told that the task exists may serve its files from a cache until the lease is over.
    await this.#grants.over();
    return true;
  }

  /**
   * Says whose the task is, and for how long the caller may take it for granted that it exists: a delete
   * answers only when every such lease is over, so that no cached copy is served after it.
   *
   * @returns milliseconds from when the caller asked; null where there is no such task.
   */
  async confirm(): Promise<{ owner: string; validMilliseconds: number } | null> {
    const record = this.#ledger.live();
    return record && { owner: record.owner, validMilliseconds: this.#grants.give() };
  }

  /** How far a video can be played; null where there is no such task. */
  async stream(video: number, viewer: string | null = null): Promise<StreamState | null> {
    return this.#ledger.stream(video, viewer);
  }

  /** Takes a job for a run; the message may be one of several copies. */
  async claim(jobId: string): Promise<Claim> {
    const record = this.#ledger.live();
    if (!record) return { status: "gone" };
    const job = this.#store.job(jobId);
    if (job?.state !== "queued" || isFinal(record.stage)) return { status: "drop" };
    const ticket = this.#ledger.beginRun(record, job);
    this.#upkeep.courier.start();
    await this.#upkeep.wakeInTime();
    return { status: "run", work: this.#store.work(jobId), ticket };
  }

  /** What the plan job plans. */
  async planInput(): Promise<PlanInput | null> {
    const record = this.#ledger.live();
    return record && { ...this.#store.input(), avoided: record.avoided };
  }

  /** A consumer's word that it is still at work on a run. `gone`: it may stop, nobody wants the result. */
  async heartbeat(jobId: string, ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record || isFinal(record.stage)) return "gone";
    this.#ledger.renewRun(jobId, ticket);
    return "ok";
  }

  /** The plan, from the plan job. A second one is ignored: the first decided every key. */
  async planned(plan: Plan, ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record) return "gone";
    const job = this.#ledger.unfinished("plan");
    if (!job || !canMove(record.stage, "rendering")) return "ok";
    this.#ledger.plan(record, job, plan);
    await this.#upkeep.proceed();
    return "ok";
  }

  /** A finished job: its object is in R2. Whichever run of this plan says so first counts. */
  async complete(jobId: string, ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record) return "gone";
    const planned = record.stage === "rendering" || record.stage === "assembling";
    const job = this.#ledger.unfinished(jobId);
    if (!job || !planned) return "ok";
    this.#ledger.finishJob(
      record,
      job,
      job.phase === "stills" ? { illustrated: [...record.illustrated, job.video] } : {},
    );
    await this.#upkeep.proceed();
    return "ok";
  }

  /** A failed run: the job is tried again, or with another renderer, or the task fails with this reason. */
  async failRun(jobId: string, ticket: Ticket, failure: RunFailure): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record) return "gone";
    const job = this.#store.job(jobId);
    if (job?.state !== "running" || job.runs !== ticket.run || isFinal(record.stage)) return "ok";
    const { code, message, retryable } = failure;
    const setback = setbackOf(failure);
    const counted = setback ? { ...job, [setback]: job[setback] + 1 } : job;
    const decision = decideRetry(setback, counted, maxSetbacks(readConfig(this.env).RENDERER_TRIES), Math.random());
    log("run_failed", {
      task_id: record.id,
      stage: record.stage,
      job: jobId,
      run: ticket.run,
      code,
      message,
      retry: decision.retry,
    });
    if (decision.retry) {
      this.#ledger.noteRetriedRun(code);
      await this.#upkeep.dispatcher.send(record.id, counted, { queue: "again", delaySeconds: decision.delaySeconds });
    } else if (job.phase === "stills") {
      this.#ledger.doWithout(record, job, code, message);
      await this.#upkeep.proceed();
    } else if (setback === "unreachable" && record.renderer)
      await this.#upkeep.giveUpRenderer(record, record.renderer, message);
    else await this.#upkeep.end(record, "failed", { code, message, retryable });
    return "ok";
  }

  /**
   * The queue gave a message up (dead-letter queue): its consumer failed every time.
   *
   * @param attempt the message's; one for an earlier run than the next, or the present one, says nothing.
   */
  async abandon(jobId: string, attempt: number): Promise<void> {
    const record = this.#ledger.live();
    const job = this.#store.job(jobId);
    if (!record || isFinal(record.stage) || !job) return;
    const present = { queued: job.runs + 1, running: job.runs };
    if ((job.state !== "queued" && job.state !== "running") || attempt !== present[job.state]) return;
    await this.#upkeep.giveUpJob(jobId, "queue_failed", `the job ${jobId} could not be delivered to a worker`);
    await this.#upkeep.proceed();
  }

  /** Looks after the task from outside: see {@link TaskUpkeep.audit}. */
  async audit(listed: ListedState): Promise<Audit> {
    return this.#upkeep.audit(listed);
  }

  /**
   * Deletes the task where it ended, and was last changed, before a time.
   *
   * @param before Unix milliseconds.
   */
  async expire(before: number): Promise<"removed" | "kept" | "gone"> {
    const record = this.#ledger.live();
    if (!record) return "gone";
    if (!isFinal(record.stage) || record.updatedAt >= before) return "kept";
    await this.remove();
    return "removed";
  }

  override async alarm(): Promise<void> {
    await this.#upkeep.alarm();
  }

  /** A change of the task does not fail for settings that make no sense: its links then want a key. */
  #linkSigning(): LinkSigning | null {
    try {
      return linkSigning(readConfig(this.env), Date.now());
    } catch (error) {
      log("links_not_signed", { message: messageOf(error) });
      return null;
    }
  }
}
