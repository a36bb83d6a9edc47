import type { TaskFailure } from "../../api/task-failure.ts";
import type { RendererKind, Stage } from "../../api/task-state.ts";
import type { WebhookPayload } from "../../api/webhooks/webhook-payload.ts";
import type { Counts } from "../../db/schema.ts";
import { type MetricsBindings, writeDataPoint } from "../../metrics/count.ts";
import { addCount, type LabelsOf, type StoredCounter } from "../../metrics/definitions.ts";
import type { TaskInput } from "../../protocol/task-input.ts";
import { type Authored, type AuthoringJob, PLAN_JOB, type Plan } from "../../protocol/task-jobs.ts";
import { log } from "../../util/log.ts";
import type { DeliveryStore } from "../../webhooks/delivery-store.ts";
import { webhookTypeOf } from "../../webhooks/events.ts";
import { RUN_LEASE_MS } from "../retry.ts";
import { canMove, progressOf, stageAfterRetry } from "../state.ts";
import type { Ticket } from "../task-calls.ts";
import { taskData } from "../view/task-data.ts";
import { type LinkSigning, TaskLinks } from "../view/task-links.ts";
import { compareListing, type ListedState } from "./listing-audit.ts";
import { TaskReader } from "./task-reader.ts";
import type { TaskRecord } from "./task-record.ts";
import type { JobRow, TaskStore } from "./task-store.ts";

/** The job that plans a task without authoring. Its progress is that of its rendering. */
const FIRST_PLAN_JOB: AuthoringJob = { ...PLAN_JOB, weight: 0 };
const WRITE_JOB: AuthoringJob = { id: "write", phase: "write", weight: 1, work: { kind: "write" } };

/**
 * Makes each change of a task as one transaction. What follows from a change, such as sending jobs, is the business
 * of TaskUpkeep.
 */
export class TaskLedger extends TaskReader {
  readonly #storage: Pick<DurableObjectStorage, "transactionSync">;
  readonly #store: TaskStore;
  readonly #webhooks: DeliveryStore;
  readonly #metrics: MetricsBindings;
  readonly #signing: () => LinkSigning | null;
  readonly #changed: () => void;

  /**
   * @param webhooks receives the task's events.
   * @param signing how links in webhooks are signed now.
   * @param changed is called after every change.
   */
  constructor(
    storage: Pick<DurableObjectStorage, "transactionSync">,
    store: TaskStore,
    webhooks: DeliveryStore,
    metrics: MetricsBindings,
    signing: () => LinkSigning | null,
    changed: () => void,
  ) {
    super(store, webhooks);
    this.#storage = storage;
    this.#store = store;
    this.#webhooks = webhooks;
    this.#metrics = metrics;
    this.#signing = signing;
    this.#changed = changed;
  }

  /** Stores a new task with its first job: the write job if something has to be authored, else the plan job. */
  create(record: TaskRecord, input: TaskInput): void {
    this.#storage.transactionSync(() => {
      this.#store.create(record, input);
      this.#store.addAuthoringJobs([input.authoring === null ? FIRST_PLAN_JOB : WRITE_JOB]);
      if (input.request.callback_url !== null) this.#webhooks.create();
    });
    writeDataPoint(this.#metrics, "tasks_created", {});
    log("task_created", { task_id: record.id, stage: record.stage });
  }

  /** Starts a run of a job. */
  beginRun(record: TaskRecord, job: JobRow): Ticket {
    const run = job.runs + 1;
    this.#store.update({ ...job, state: "running", sends: 0, runs: run, lease: Date.now() + RUN_LEASE_MS });
    const stage = this.#stageOf(job);
    if (stage !== null) this.change(record, { stage });
    return { generation: record.generation, run };
  }

  /** The stage that a task enters when a job begins; null if it stays in its stage. */
  #stageOf({ phase }: JobRow): Stage | null {
    switch (phase) {
      case "write":
        return "writing";
      case "author":
        return this.#store.hasUnfinished("speak") ? "speaking" : "gathering";
      case "narrate":
        return "speaking";
      case "gather":
        return "gathering";
      case "plan":
        return "planning";
      default:
        return null;
    }
  }

  /** Renews the lease of a run, unless the run is over. */
  renewRun(jobId: string, { run }: Ticket): void {
    const job = this.#store.job(jobId);
    if (job?.state === "running" && job.runs === run) this.#store.update({ ...job, lease: Date.now() + RUN_LEASE_MS });
  }

  /** Stores what the write job decided, and adds the other authoring jobs. Without any, the task has succeeded. */
  outline(record: TaskRecord, job: JobRow, authored: Authored, jobs: readonly AuthoringJob[]): void {
    this.#storage.transactionSync(() => {
      this.#store.update({ ...job, state: "done" });
      this.#store.setAuthored(authored);
      this.#store.addAuthoringJobs(jobs);
      this.change(record, this.#store.totals().authoringLeft === 0 ? { stage: "succeeded" } : {});
    });
    log("task_outlined", { task_id: record.id, stage: record.stage, jobs: jobs.length });
  }

  /** Stores the plan and its jobs. A plan without jobs ends the task. */
  plan(record: TaskRecord, job: JobRow, plan: Plan): void {
    this.#storage.transactionSync(() => {
      this.#store.update({ ...job, state: "done" });
      this.#store.addJobs(plan.jobs);
      const { renderer, width, height, durations, captioned, captionTiming = null, authored } = plan;
      const pace = { since: Date.now(), before: 0 };
      const stage = plan.jobs.length === 0 ? "succeeded" : "rendering";
      this.change(record, { stage, renderer, width, height, durations, captioned, captionTiming, authored, pace });
    });
    log("task_planned", { task_id: record.id, stage: "rendering", renderer: plan.renderer, jobs: plan.jobs.length });
  }

  /** Drops the plan, and adds a job that plans the task for another renderer. */
  planAnew(record: TaskRecord, renderer: RendererKind, reason: string): void {
    log("renderer_given_up", { task_id: record.id, stage: record.stage, renderer, reason });
    this.#storage.transactionSync(() => {
      this.#store.dropJobs("planned");
      this.#store.addAuthoringJobs([FIRST_PLAN_JOB]);
      const avoided = [...record.avoided, { renderer, reason }];
      const { generation, attempts } = record;
      const anew = { avoided, generation: generation + 1, attempts: attempts + 1, pace: null, illustrated: [] };
      this.change(record, { ...anew, stage: "planning" });
    });
  }

  /**
   * Drops the jobs that depend on the voice, and adds a job that chooses another one. The texts, searches and pictures
   * stay, also those that are being made, because providers were paid for them.
   */
  outlineAnew(record: TaskRecord, failed: TaskRecord["avoidedVoices"][number]): void {
    log("voice_given_up", {
      task_id: record.id,
      stage: record.stage,
      provider: failed.provider,
      reason: failed.message,
    });
    this.#storage.transactionSync(() => {
      this.#store.dropJobs("voiced");
      this.#store.addAuthoringJobs([WRITE_JOB]);
      const avoidedVoices = [...record.avoidedVoices, failed];
      this.change(record, { avoidedVoices, attempts: record.attempts + 1, pace: null });
    });
  }

  /** Marks a job as done; with the last job the task succeeds. */
  finishJob(record: TaskRecord, job: JobRow, also: Partial<Pick<TaskRecord, "illustrated">>): void {
    this.#storage.transactionSync(() => {
      this.#store.update({ ...job, state: "done" });
      const change = { ...also, counts: this.#countSegment(record.counts, job.id) };
      const totals = this.#store.totals();
      if (totals.finishingLeft === 0 && totals.rendersLeft === 0 && totals.authoringLeft === 0) {
        this.change(record, { ...change, stage: "succeeded" });
      } else if (totals.authoringLeft > 0) {
        this.change(record, change);
      } else if (totals.rendersLeft === 0 && record.stage === "rendering") {
        this.change(record, { ...change, stage: "assembling" });
      } else {
        this.change(record, change);
      }
    });
  }

  /** Goes on without the result of a job: a task does not fail because a poster is missing. */
  doWithout(record: TaskRecord, job: JobRow, code: string, message: string): void {
    log("job_given_up", { task_id: record.id, stage: record.stage, job: job.id, code, message });
    this.finishJob(record, job, {});
  }

  /** Ends the task before its work is done. */
  end(record: TaskRecord, stage: "failed" | "cancelled", failure: Omit<TaskFailure, "stage">): void {
    this.#storage.transactionSync(() => {
      this.#store.cancelJobs();
      this.change(record, { stage, failure: { ...failure, stage: record.stage } });
    });
  }

  /** Resumes a failed or cancelled task where it stopped. Voices that were given up may be chosen again. */
  restart(record: TaskRecord): void {
    this.#storage.transactionSync(() => {
      this.#store.restoreJobs();
      const totals = this.#store.isPlanned() ? this.#store.totals() : null;
      const pace = totals && { since: Date.now(), before: totals.finished };
      const counts = this.#counted(record.counts, "tasks_retried", {});
      const again = { attempts: record.attempts + 1, avoided: [], avoidedVoices: [], failure: null, pace, counts };
      this.#save(record, { ...again, stage: stageAfterRetry(totals) });
    });
  }

  /** Marks the task as deleted. */
  delete(record: TaskRecord): void {
    this.#storage.transactionSync(() => {
      this.#store.write({ ...record, deletedAt: Date.now(), listedRevision: 0 });
      this.#store.dropJobs();
      this.#webhooks.clear();
    });
    this.#changed();
    log("task_deleted", { task_id: record.id, stage: record.stage });
  }

  /** Notes which revision D1 has, and since when. */
  noteListed(listedRevision: number, listedAt: number): void {
    const current = this.live();
    if (current) this.#store.write({ ...current, listedRevision, listedAt });
  }

  /** Counts a run that another run follows. The next write to D1 includes the count. */
  noteRetriedRun(code: string): void {
    const current = this.live();
    if (current) this.#store.write({ ...current, counts: this.#counted(current.counts, "runs_retried", { code }) });
  }

  /** Makes the outbox rewrite the row if D1 differs from the record. Returns whether it differs. */
  relist(record: TaskRecord, listed: ListedState): boolean {
    const found = compareListing(record, listed);
    if (found === "agrees") return false;
    log("listing_differs", { task_id: record.id, stage: record.stage, shown: listed.row?.stage ?? null, found });
    if (found === "behind") this.#store.write({ ...record, listedRevision: 0, listedAt: 0 });
    else {
      // A newer revision than D1 has, because D1 ignores older ones.
      const revision = Math.max(record.revision, listed.row?.revision ?? 0);
      this.#save({ ...record, revision, listedRevision: 0, listedAt: 0 }, { stage: record.stage });
    }
    return true;
  }

  /** Writes a change that comes from the task's work. A stage that the task may not move to is ignored. */
  change(record: TaskRecord, change: Partial<TaskRecord>): void {
    const stage: Stage = change.stage && canMove(record.stage, change.stage) ? change.stage : record.stage;
    this.#save(record, { ...change, stage });
  }

  /** Writes a change of the record with its new progress, and wakes the callers that wait for it. */
  #save(record: TaskRecord, change: Partial<TaskRecord> & { stage: Stage }): void {
    const progress = progressOf(change.stage, this.#store.totals(), record.progress);
    const { code, message } = change.failure ?? {};
    const counts = change.counts ?? record.counts;
    const saved = {
      ...record,
      ...change,
      counts: change.stage === record.stage ? counts : this.#countStage(counts, change.stage, code),
      progress,
      updatedAt: Date.now(),
      revision: record.revision + 1,
    };
    this.#store.write(saved);
    this.#addWebhook(record.stage, saved);
    this.#changed();
    if (change.stage !== record.stage) {
      log("task_stage", { task_id: record.id, stage: change.stage, code, message });
    }
  }

  #countStage(counts: Counts, stage: Stage, code = "unknown"): Counts {
    switch (stage) {
      case "succeeded":
        return this.#counted(counts, "tasks_succeeded", {});
      case "failed":
        return this.#counted(counts, "tasks_failed", { code });
      case "cancelled":
        return this.#counted(counts, "tasks_cancelled", {});
      default:
        return counts;
    }
  }

  #countSegment(counts: Counts, jobId: string): Counts {
    const seconds = this.#store.segmentSeconds(jobId);
    if (seconds === null) return counts;
    return this.#counted(this.#counted(counts, "segments_rendered", {}), "video_seconds_rendered", {}, seconds);
  }

  #counted<N extends StoredCounter>(counts: Counts, name: N, labels: LabelsOf<N>, more = 1): Counts {
    writeDataPoint(this.#metrics, name, labels, more);
    return addCount(counts, name, labels, more);
  }

  /** Stores the webhook of a change of stage: in the same transaction as the change, so that neither exists without the other. */
  #addWebhook(from: Stage, record: TaskRecord): void {
    const type = webhookTypeOf(from, record.stage);
    if (type === null || this.callback() === null) return;
    const links = new TaskLinks(this.#store.input().origin, this.#signing());
    const timestamp = new Date(record.updatedAt).toISOString();
    const payload: WebhookPayload = { type, timestamp, data: taskData(this.told(record), links) };
    this.#webhooks.add(type, JSON.stringify(payload), record.updatedAt);
  }
}
