import { DurableObject } from "cloudflare:workers";
import { taskErrors } from "../../api/errors.ts";
import { DEFAULT_OWNER } from "../../api/owner.ts";
import { canRetry, isFinal } from "../../api/task-state.ts";
import type { VideoRequest } from "../../api/video-request.ts";
import { readConfig } from "../../config/config.ts";
import { type Admission, TaskCatalog } from "../../db/task-catalog.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import type { TaskInput } from "../../protocol/task-input.ts";
import type { Authored, AuthoringJob, Plan } from "../../protocol/task-jobs.ts";
import { log, messageOf } from "../../util/log.ts";
import { DeliveryStore } from "../../webhooks/delivery-store.ts";
import type { RunFailure } from "../retry.ts";
import { canMove } from "../state.ts";
import type { StreamState } from "../stream-state.ts";
import type { Acknowledgement, Claim, Creation, PlanInput, Replay, Steering, Ticket } from "../task-calls.ts";
import { type LinkSigning, linkSigning } from "../view/task-links.ts";
import type { Audit, ListedState } from "./listing-audit.ts";
import { type Entry, ListingOutbox } from "./listing-outbox.ts";
import { PresenceGrants } from "./presence-grants.ts";
import { TaskLedger } from "./task-ledger.ts";
import { newRecord } from "./task-record.ts";
import { type JobRow, TaskStore } from "./task-store.ts";
import { type TaskObjectBindings, TaskUpkeep } from "./task-upkeep.ts";
import { Watchers } from "./watchers.ts";

/** Whether a job authors a part of the task and adds no other jobs. */
const isAuthored = ({ phase }: JobRow) => phase === "author" || phase === "narrate" || phase === "gather";

/**
 * One task: the source of truth and the only writer, addressed by the task's id. Every change is stored before
 * anything follows from it. At most a window of jobs is in the queues at a time. The alarm finds lost jobs and
 * repeats failed writes.
 *
 * Methods with a `viewer` act as if the task did not exist if it belongs to another owner. A null viewer is the
 * service itself, or the holder of a link.
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
   * Creates the task, unless it exists or existed: among requests with the same idempotency key the first one wins,
   * with its files. Returns once the task is stored, and listed or certain to be listed soon.
   *
   * @param fingerprint identifies the request; null without an idempotency key.
   * @returns `same` if the task is this request's; `full` if the owner's quota is used up; `unavailable` if D1 did
   *   not answer and no task was created.
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
      // Another request with the key may have created the task in the meantime.
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

  /** Whether the task was created, and whether by a request with this fingerprint. */
  async madeFrom(fingerprint: string | null): Promise<Creation> {
    return this.#ledger.creation(fingerprint);
  }

  /** The task's summary; null if it does not exist. */
  async get(viewer: string | null = null): Promise<TaskSummary | null> {
    return this.#ledger.shown(viewer);
  }

  /**
   * Waits until the task differs from a revision, and returns its summary; null if it does not exist. Returns at
   * once if the task has ended.
   *
   * @param since the revision that the caller knows; null for the current one.
   * @param milliseconds the max time to wait.
   */
  async watch(since: number | null, milliseconds: number, viewer: string | null = null): Promise<TaskSummary | null> {
    const record = this.#ledger.live(viewer);
    if (!record) return null;
    const changed = since !== null && since !== record.revision;
    if (!changed && !isFinal(record.stage)) await this.#watchers.next(milliseconds);
    return this.get();
  }

  /** Stops the task's work, and keeps its record and its finished jobs. Does nothing for a cancelled task. */
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
   * Resumes a failed or cancelled task where it stopped. The plan stays, and so do the keys of finished results:
   * a run from before that ends late still counts.
   */
  async retry(viewer: string | null = null): Promise<Steering> {
    const record = this.#ledger.live(viewer);
    if (!record) return { status: "gone" };
    if (!canRetry(record.stage)) return { status: "refused", stage: record.stage };
    this.#ledger.restart(record);
    await this.#upkeep.proceed();
    return this.#ledger.steered();
  }

  /** Sends a finished webhook again, with the same id and with all attempts before it. */
  async replayWebhook(id: string, viewer: string | null = null): Promise<Replay> {
    if (!this.#ledger.live(viewer)) return { status: "gone" };
    const replay = this.#upkeep.courier.replay(id);
    if (replay !== "begun") return { status: replay };
    await this.#upkeep.wakeInTime();
    return this.#ledger.steered();
  }

  /**
   * Deletes the task: from now on it is not found. Its row and its objects are removed before this returns. The
   * alarm removes what cannot be removed now, or is written later.
   *
   * @returns false if there is no such task.
   */
  async remove(viewer: string | null = null): Promise<boolean> {
    const record = this.#ledger.live(viewer);
    if (!record) return false;
    this.#ledger.delete(record);
    await this.#upkeep.bury();
    // Workers with a presence grant may serve cached files until it runs out.
    await this.#grants.over();
    return true;
  }

  /**
   * Confirms that the task exists, and for how long the caller may rely on it, counted from the call. A delete
   * returns only after every such grant has run out, so no cached copy is served after it.
   *
   * @returns null if there is no such task.
   */
  async confirm(): Promise<{ owner: string; validMilliseconds: number } | null> {
    const record = this.#ledger.live();
    return record && { owner: record.owner, validMilliseconds: this.#grants.give() };
  }

  /** How much of a video can be played; null if there is no such task. */
  async stream(video: number, viewer: string | null = null): Promise<StreamState | null> {
    return this.#ledger.stream(video, viewer);
  }

  /** Starts a run of a job. The message that the consumer took may be one of several copies. */
  async claim(jobId: string): Promise<Claim> {
    const record = this.#ledger.live();
    if (!record) return { status: "gone" };
    const job = this.#store.job(jobId);
    if (job?.state !== "queued" || isFinal(record.stage)) return { status: "drop" };
    const ticket = this.#ledger.beginRun(record, job);
    this.#upkeep.courier.start();
    await this.#upkeep.wakeInTime();
    return { status: "run", work: this.#store.work(jobId), ticket, owner: record.owner };
  }

  /** What the write, gather and plan jobs need to know; null if there is no such task. */
  async planInput(): Promise<PlanInput | null> {
    const record = this.#ledger.live();
    if (!record) return null;
    const { owner, avoided, attempts } = record;
    const avoidedVoices = record.avoidedVoices.map(({ provider }) => provider);
    return { ...this.#store.input(), owner, avoided, avoidedVoices, attempts, authored: this.#store.authored() };
  }

  /** The request that created the task; null if there is no such task. */
  async request(viewer: string | null = null): Promise<VideoRequest | null> {
    return this.#ledger.live(viewer) && this.#store.input().request;
  }

  /** Takes what the write job decided. A second report is ignored, because the first one decided every key. */
  async outlined(authored: Authored, jobs: AuthoringJob[], ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record) return "gone";
    const job = this.#ledger.unfinished("write");
    if (!job || isFinal(record.stage)) return "ok";
    // A late report from before its voice was given up.
    if (record.avoidedVoices.some(({ provider }) => provider === authored.voice?.voice.provider)) return "ok";
    this.#ledger.outline(record, job, authored, jobs);
    await this.#upkeep.proceed();
    return "ok";
  }

  /** Renews the lease of a run. `gone`: the result is no longer wanted, and the consumer may stop. */
  async heartbeat(jobId: string, ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record || isFinal(record.stage)) return "gone";
    this.#ledger.renewRun(jobId, ticket);
    return "ok";
  }

  /** Takes the plan from the plan job. A second plan is ignored, because the first one decided every key. */
  async planned(plan: Plan, ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record) return "gone";
    const job = this.#ledger.unfinished("plan");
    if (!job || !canMove(record.stage, "rendering")) return "ok";
    this.#ledger.plan(record, job, plan);
    await this.#upkeep.proceed();
    return "ok";
  }

  /** Marks a job as done: its object is in R2. The first run of this plan to report counts. */
  async complete(jobId: string, ticket: Ticket): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record) return "gone";
    const job = this.#ledger.unfinished(jobId);
    const planned = record.stage === "rendering" || record.stage === "assembling";
    if (!job || isFinal(record.stage) || !(planned || isAuthored(job))) return "ok";
    this.#ledger.finishJob(
      record,
      job,
      job.phase === "stills" ? { illustrated: [...record.illustrated, job.video] } : {},
    );
    await this.#upkeep.proceed();
    return "ok";
  }

  /** Handles a failed run: the job runs again, or the task is planned for another renderer, or the task fails. */
  async failRun(jobId: string, ticket: Ticket, failure: RunFailure): Promise<Acknowledgement> {
    const record = this.#ledger.wanted(ticket);
    if (!record) return "gone";
    const job = this.#store.job(jobId);
    if (job?.state !== "running" || job.runs !== ticket.run || isFinal(record.stage)) return "ok";
    await this.#upkeep.handleFailure(record, job, failure);
    return "ok";
  }

  /**
   * Handles a message in the dead-letter queue: its consumer failed every time.
   *
   * @param attempt the number of the run that the message was for. Messages for earlier runs are ignored.
   */
  async abandon(jobId: string, attempt: number): Promise<void> {
    const record = this.#ledger.live();
    const job = this.#store.job(jobId);
    if (!record || isFinal(record.stage) || !job) return;
    const present = { queued: job.runs + 1, running: job.runs };
    if ((job.state !== "queued" && job.state !== "running") || attempt !== present[job.state]) return;
    await this.#upkeep.giveUpJob(jobId, "queue_failed", `job ${jobId} could not be delivered to a worker`);
    await this.#upkeep.proceed();
  }

  /** Repairs the task if its alarm or its row was lost: see {@link TaskUpkeep.audit}. */
  async audit(listed: ListedState): Promise<Audit> {
    return this.#upkeep.audit(listed);
  }

  /**
   * Deletes the task if it ended, and last changed, before a time.
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

  /** Invalid settings must not make a change of the task fail: its links are then not signed, and need a key. */
  #linkSigning(): LinkSigning | null {
    try {
      return linkSigning(readConfig(this.env), Date.now());
    } catch (error) {
      log("links_not_signed", { message: messageOf(error) });
      return null;
    }
  }
}
