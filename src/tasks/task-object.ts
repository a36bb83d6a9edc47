import { DurableObject } from "cloudflare:workers";
import { DEFAULT_OWNER } from "../auth/owner.ts";
import { readConfig } from "../config.ts";
import type { Env } from "../env.ts";
import { log, messageOf } from "../log.ts";
import { keys } from "../media/keys.ts";
import { deletePrefix } from "../media/store.ts";
import { WebhookCourier } from "../webhooks/courier.ts";
import { DeliveryStore } from "../webhooks/delivery-store.ts";
import { TaskCatalog } from "./catalog.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Plan, RendererKind } from "./jobs.ts";
import { LISTING_RETRY, ListingOutbox } from "./listing.ts";
import type { Audit, ListedState } from "./listing-audit.ts";
import { ServeLeases } from "./serve-lease.ts";
import {
  canMove,
  canRetry,
  decideRetry,
  isFinal,
  isRetryable,
  mostSetbacks,
  type RunFailure,
  type Setbacks,
  setbackOf,
  type TaskError,
} from "./state.ts";
import type { StreamState } from "./stream-state.ts";
import type { TaskSummary } from "./summary.ts";
import type { Acknowledgement, Admission, Claim, Creation, PlanInput, Replay, Steering, Ticket } from "./task-calls.ts";
import { TaskLedger } from "./task-ledger.ts";
import { type LinkSigning, linkSigning } from "./task-links.ts";
import { newRecord, type TaskInput, type TaskRecord, TaskStore } from "./task-store.ts";
import { bury } from "./tombstone.ts";
import { Watchers } from "./watchers.ts";

/**
 * The truth about one task, and the only writer of it; addressed by the task's id. Every change is
 * in storage before anything is done about it. Work goes out through the queue, at most a window of
 * jobs at a time. The alarm is a watchdog for work that was lost and an outbox for writes that failed.
 */
export class TaskObject extends DurableObject<Env> {
  readonly #store: TaskStore;
  readonly #ledger: TaskLedger;
  readonly #listing: ListingOutbox;
  readonly #dispatcher: Dispatcher;
  readonly #courier: WebhookCourier;
  readonly #watchers = new Watchers();
  readonly #leases = new ServeLeases();
  #inAlarm = false;

  constructor(state: DurableObjectState, env: Env) {
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
    this.#dispatcher = new Dispatcher(
      this.#store,
      () => this.env.JOBS,
      () => this.#wakeInTime(),
      () => this.#ledger.noteRetriedRun("job_lost"),
    );
    this.#courier = new WebhookCourier(webhooks, {
      settings: () => readConfig(this.env),
      destination: () => this.#ledger.callback(),
      keepAlive: (work) => state.waitUntil(work),
      wakeInTime: () => this.#wakeInTime(),
    });
  }

  /**
   * Starts a task, unless there is or was one already: of many requests with one key the first decides,
   * its files too. Returns when the task is durable and listed, or sure to be listed soon.
   *
   * @param fingerprint tells the request from others with its key; null for one without a key.
   * @returns `same` where the task is this request's; `full` where its owner has no room for it.
   */
  async create(
    id: string,
    input: TaskInput,
    fingerprint: string | null = null,
    { owner, quota }: Admission = { owner: DEFAULT_OWNER, quota: null },
  ): Promise<Exclude<Creation, "unknown"> | "full"> {
    const known = this.#ledger.creation(fingerprint);
    if (known !== "unknown") return known;
    const record = newRecord(id, Date.now(), fingerprint, owner);
    if (quota !== null) {
      const summary = this.#ledger.firstSummary(record, input);
      if (!(await new TaskCatalog(this.env.DB).admit(summary, record.revision, { owner, quota }, record.counts)))
        return "full";
      // Another request with the key may have been first meanwhile.
      const meanwhile = this.#ledger.creation(fingerprint);
      if (meanwhile !== "unknown") return meanwhile;
    }
    this.#ledger.create(
      quota === null ? record : { ...record, listedRevision: record.revision, listedAt: record.createdAt },
      input,
    );
    await this.#proceed();
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
      const message = "the task was cancelled on request";
      await this.#end(record, "cancelled", { code: "cancelled", message, retryable: true });
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
    await this.#proceed();
    return this.#ledger.steered();
  }

  /** Sends a webhook again that is over: with its id, and all its attempts before it. */
  async replayWebhook(id: string, viewer: string | null = null): Promise<Replay> {
    if (!this.#ledger.live(viewer)) return { status: "gone" };
    const replay = this.#courier.replay(id);
    if (replay !== "begun") return { status: replay };
    await this.#wakeInTime();
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
    await this.#bury();
    // Whoever was told that the task exists may serve its files from a cache until the lease is over.
    await this.#leases.over();
    return true;
  }

  /**
   * Says whose the task is, and for how long the caller may take it for granted that it exists: a delete
   * answers only when every such lease is over, so that no cached copy is served after it.
   *
   * @returns milliseconds from when the caller asked; null where there is no such task.
   */
  async lease(): Promise<{ owner: string; milliseconds: number } | null> {
    const record = this.#ledger.live();
    return record && { owner: record.owner, milliseconds: this.#leases.give() };
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
    this.#courier.start();
    await this.#wakeInTime();
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
    await this.#proceed();
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
    await this.#proceed();
    return "ok";
  }

  /** A failed run: the job is tried again, or with another renderer, or the task fails with this reason. */
  async failRun(jobId: string, ticket: Ticket, failure: RunFailure): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record) return "gone";
    const job = this.#store.job(jobId);
    if (job?.state !== "running" || job.runs !== ticket.run || isFinal(record.stage)) return "ok";
    const { code, message, kind } = failure;
    const setback = setbackOf(failure);
    const counted = setback ? { ...job, [setback]: job[setback] + 1 } : job;
    const decision = decideRetry(setback, counted, this.#mostSetbacks(), Math.random());
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
      await this.#dispatcher.send(record.id, counted, decision.delaySeconds);
    } else if (job.phase === "stills") {
      this.#ledger.doWithout(record, job, code, message);
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
    const record = this.#ledger.live();
    const job = this.#store.job(jobId);
    if (!record || isFinal(record.stage) || !job) return;
    const present = { queued: job.runs + 1, running: job.runs };
    if ((job.state !== "queued" && job.state !== "running") || attempt !== present[job.state]) return;
    await this.#giveUpJob(jobId, "queue_failed", `the job ${jobId} could not be delivered to a worker`);
    await this.#proceed();
  }

  /**
   * Looks after a task from outside, in case its alarm was dropped or D1 lost its row: has it listed
   * again where D1 does not show it as it is, does what is due, and sets the alarm.
   */
  async audit(listed: ListedState): Promise<Audit> {
    const record = this.#store.read();
    // In the alarm's own handler there is none either.
    const unattended = !this.#inAlarm && (await this.ctx.storage.getAlarm()) === null;
    if (!record || record.deletedAt !== null) {
      if (record && unattended) await this.#bury();
      return "gone";
    }
    const rewritten = this.#ledger.relist(record, listed);
    const woken = unattended && !isFinal(record.stage);
    if (woken) log("alarm_lost", { task_id: record.id, stage: record.stage });
    await this.#proceed();
    return { rewritten, woken };
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

  /** The watchdog and the outbox. Never throws: an alarm that throws too often is dropped for good. */
  override async alarm(): Promise<void> {
    this.#inAlarm = true;
    try {
      const record = this.#store.read();
      if (!record) return;
      if (record.deletedAt !== null) await this.#bury();
      else await this.#proceed();
    } catch (error) {
      log("alarm_failed", { message: messageOf(error) });
      await this.ctx.storage.setAlarm(Date.now() + LISTING_RETRY);
    } finally {
      this.#inAlarm = false;
    }
  }

  /** Does whatever is due: overdue jobs, new jobs, the listing; and sets the alarm for the rest. */
  async #proceed(): Promise<void> {
    this.#courier.start();
    const record = this.#ledger.live();
    if (record && !isFinal(record.stage)) {
      const stalls = await this.#dispatcher.sendOverdue(record, this.#mostSetbacks().faults);
      for (const { jobId, code, message } of stalls) await this.#giveUpJob(jobId, code, message);
      await this.#dispatcher.fill(record.id, readConfig(this.env).TASK_WINDOW);
    }
    await this.#listing.put(this.#ledger);
    await this.#wakeInTime();
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

  #mostSetbacks(): Setbacks {
    return mostSetbacks(readConfig(this.env).RENDERER_TRIES);
  }

  /** Ends a job that no other run will be given. */
  async #giveUpJob(id: string, code: string, message: string): Promise<void> {
    const record = this.#ledger.live();
    const job = this.#store.job(id);
    // Much may have happened since it was found wanting, such as another plan.
    if (!record || isFinal(record.stage) || (job?.state !== "queued" && job?.state !== "running")) return;
    if (job.phase === "stills") this.#ledger.doWithout(record, job, code, message);
    else await this.#end(record, "failed", { code, message, retryable: true });
  }

  async #end(record: TaskRecord, stage: "failed" | "cancelled", error: Omit<TaskError, "stage">): Promise<void> {
    this.#ledger.end(record, stage, error);
    this.#courier.start();
    await this.#listing.put(this.#ledger);
    await this.#wakeInTime();
  }

  /**
   * Plans the task anew for a renderer other than the one that does not answer. What was rendered is
   * dropped: one video is never made of two renderers' segments.
   */
  async #giveUpRenderer(record: TaskRecord, renderer: RendererKind, reason: string): Promise<void> {
    this.#ledger.planAnew(record, renderer, reason);
    await deletePrefix(this.env.MEDIA, keys.task(record.id)).catch((error: unknown) =>
      log("delete_failed", { task_id: record.id, message: messageOf(error) }),
    );
    await this.#proceed();
  }

  /** Removes what a deleted task left in D1 and R2, again for late writers, and at last its record. */
  async #bury(): Promise<void> {
    const record = this.#store.read();
    if (!record || record.deletedAt === null) return;
    const next = await bury(record, record.deletedAt, this.#listing, this.env.MEDIA);
    if (next === null) await this.ctx.storage.deleteAll();
    else await this.ctx.storage.setAlarm(next);
  }

  /** Sets the alarm for the earliest thing that may become due. */
  async #wakeInTime(): Promise<void> {
    const record = this.#ledger.live();
    if (!record) return;
    const due = isFinal(record.stage) ? [] : this.#store.inFlight().map((job) => job.lease);
    const listing = this.#listing.dueAt(record);
    if (listing !== null) due.push(listing);
    const webhook = this.#courier.dueAt();
    if (webhook !== null) due.push(webhook);
    if (due.length === 0) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(Math.min(...due));
  }
}
