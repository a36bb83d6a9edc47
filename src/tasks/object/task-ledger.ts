import type { TaskFailure } from "../../api/task-failure.ts";
import type { RendererKind, Stage } from "../../api/task-state.ts";
import type { WebhookPayload } from "../../api/webhook-payload.ts";
import type { Counts } from "../../db/schema.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import { type MetricsBindings, writeDataPoint } from "../../metrics/count.ts";
import { addCount, type LabelsOf, type StoredCounter } from "../../metrics/definitions.ts";
import type { TaskInput } from "../../protocol/task-input.ts";
import type { Plan } from "../../protocol/task-jobs.ts";
import { log } from "../../util/log.ts";
import type { Destination } from "../../webhooks/courier.ts";
import type { DeliveryStore } from "../../webhooks/delivery-store.ts";
import { describeDelivery } from "../../webhooks/describe-delivery.ts";
import { webhookTypeOf } from "../../webhooks/events.ts";
import { RUN_LEASE_MS } from "../retry.ts";
import { canMove, progressOf, stageAfterRetry } from "../state.ts";
import type { StreamState } from "../stream-state.ts";
import type { Creation, Steering, Ticket } from "../task-calls.ts";
import { summarize, taskData } from "../task-data.ts";
import { type LinkSigning, TaskLinks } from "../task-links.ts";
import { compareListing, type ListedState } from "./listing-audit.ts";
import type { TaskRecord } from "./task-record.ts";
import type { JobRow, TaskStore, WorkTotals } from "./task-store.ts";

const NO_WORK: WorkTotals = {
  total: 0,
  finished: 0,
  segments: 0,
  finishedSegments: 0,
  rendersLeft: 0,
  finishingLeft: 0,
};

/**
 * What is known of a task, and each change of it as a whole: all of a change is in storage, or
 * nothing of it. What follows from a change, such as sending jobs, is the TaskObject's.
 */
export class TaskLedger {
  readonly #storage: Pick<DurableObjectStorage, "transactionSync">;
  readonly #store: TaskStore;
  readonly #webhooks: DeliveryStore;
  readonly #metrics: MetricsBindings;
  readonly #signing: () => LinkSigning | null;
  readonly #changed: () => void;

  /**
   * @param webhooks gets what is to be told of the task.
   * @param signing how links are signed that are told now.
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
    this.#storage = storage;
    this.#store = store;
    this.#webhooks = webhooks;
    this.#metrics = metrics;
    this.#signing = signing;
    this.#changed = changed;
  }

  /**
   * The record, or null where there is no task, or none any more.
   *
   * @param viewer sees his own only; null sees any.
   */
  live(viewer: string | null = null): TaskRecord | null {
    const record = this.#store.read();
    return record && record.deletedAt === null && (viewer === null || viewer === record.owner) ? record : null;
  }

  /** The record, where the task is there and the ticket is one of its present plan. */
  wanted(ticket: Ticket): TaskRecord | null {
    const record = this.live();
    return record?.generation === ticket.generation ? record : null;
  }

  /** The job, where it is there and not done. */
  unfinished(jobId: string): JobRow | null {
    const job = this.#store.job(jobId);
    return job && job.state !== "done" ? job : null;
  }

  /** Whether a request with this fingerprint, or another one, made the task. */
  creation(fingerprint: string | null): Creation {
    const record = this.#store.read();
    if (!record) return "unknown";
    if (record.fingerprint !== fingerprint) return "other";
    return record.deletedAt === null ? "same" : "deleted";
  }

  /** Where the task is told of; null where it is not, or there is no task. */
  callback(): Destination | null {
    const record = this.live();
    const url = record && this.#store.input().request.callback_url;
    return record && url ? { taskId: record.id, url } : null;
  }

  /** The task as it is shown alone; null where there is none. */
  shown(viewer: string | null = null): TaskSummary | null {
    const record = this.live(viewer);
    return record && { ...this.summary(record), webhooks: this.#webhooks.all().map(describeDelivery) };
  }

  /** The shown form of a record. */
  summary(record: TaskRecord): TaskSummary {
    return summarize(record, this.#store.totals(), this.#store.input().request, this.#store.playable());
  }

  /** The answer to a wish that was granted. */
  steered(): Extract<Steering, { status: "done" | "gone" }> {
    const task = this.shown();
    return task ? { status: "done", task } : { status: "gone" };
  }

  /** How far a video can be played; null where there is no such task. */
  stream(video: number, viewer: string | null): StreamState | null {
    const record = this.live(viewer);
    if (!record) return null;
    const { stage, progress, failure, width, height, updatedAt, generation } = record;
    const plan = this.#store.finalAssembly(video);
    const ready = this.#store.playable().find((each) => each.video === video)?.segments ?? 0;
    const videos = this.#store.input().request.video_count;
    return { stage, progress, failure, width, height, updatedAt, generation, videos, plan, ready };
  }

  /** The shown form of a record that is not stored yet. */
  firstSummary(record: TaskRecord, { request }: TaskInput): TaskSummary {
    return summarize(record, NO_WORK, request, []);
  }

  create(record: TaskRecord, input: TaskInput): void {
    this.#storage.transactionSync(() => {
      this.#store.create(record, input);
      this.#store.addPlanJob();
      if (input.request.callback_url !== null) this.#webhooks.create();
    });
    writeDataPoint(this.#metrics, "tasks_created", {});
    log("task_created", { task_id: record.id, stage: record.stage });
  }

  /** Gives a job out for a run. */
  beginRun(record: TaskRecord, job: JobRow): Ticket {
    const run = job.runs + 1;
    this.#store.update({ ...job, state: "running", sends: 0, runs: run, lease: Date.now() + RUN_LEASE_MS });
    if (job.phase === "plan") this.change(record, { stage: "planning" });
    return { generation: record.generation, run };
  }

  /** Gives a run more time, unless it is over. */
  renewRun(jobId: string, { run }: Ticket): void {
    const job = this.#store.job(jobId);
    if (job?.state === "running" && job.runs === run) this.#store.update({ ...job, lease: Date.now() + RUN_LEASE_MS });
  }

  /** Takes a plan as the task's. */
  plan(record: TaskRecord, job: JobRow, plan: Plan): void {
    this.#storage.transactionSync(() => {
      this.#store.update({ ...job, state: "done" });
      this.#store.addJobs(plan.jobs);
      const { renderer, width, height, durations, captioned } = plan;
      const pace = { since: Date.now(), before: 0 };
      this.change(record, { stage: "rendering", renderer, width, height, durations, captioned, pace });
    });
    log("task_planned", { task_id: record.id, stage: "rendering", renderer: plan.renderer, jobs: plan.jobs.length });
  }

  /** Drops the plan, so that another is made for a renderer other than the one that does not answer. */
  planAnew(record: TaskRecord, renderer: RendererKind, reason: string): void {
    log("renderer_given_up", { task_id: record.id, stage: record.stage, renderer, reason });
    this.#storage.transactionSync(() => {
      this.#store.dropJobs();
      this.#store.addPlanJob();
      const avoided = [...record.avoided, { renderer, reason }];
      const { generation, attempts } = record;
      const anew = { avoided, generation: generation + 1, attempts: attempts + 1, pace: null, illustrated: [] };
      this.change(record, { ...anew, stage: "planning" });
    });
  }

  /** Takes a job as done, and the task with the last one. */
  finishJob(record: TaskRecord, job: JobRow, also: Partial<Pick<TaskRecord, "illustrated">>): void {
    this.#storage.transactionSync(() => {
      this.#store.update({ ...job, state: "done" });
      const change = { ...also, counts: this.#countSegment(record.counts, job.id) };
      const totals = this.#store.totals();
      if (totals.finishingLeft === 0 && totals.rendersLeft === 0) {
        this.change(record, { ...change, stage: "succeeded" });
      } else if (totals.rendersLeft === 0 && record.stage === "rendering") {
        this.change(record, { ...change, stage: "assembling" });
      } else {
        this.change(record, change);
      }
    });
  }

  /** Goes on without a job's result: a video that is there is not lost for want of its poster. */
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

  /** Takes up a failed or cancelled task where it stopped. */
  restart(record: TaskRecord): void {
    this.#storage.transactionSync(() => {
      this.#store.restoreJobs();
      const totals = this.#store.isPlanned() ? this.#store.totals() : null;
      const pace = totals && { since: Date.now(), before: totals.finished };
      const counts = this.#counted(record.counts, "tasks_retried", {});
      const again = { attempts: record.attempts + 1, avoided: [], failure: null, pace, counts };
      this.#save(record, { ...again, stage: stageAfterRetry(totals) });
    });
  }

  /** Makes the task one that was deleted. */
  delete(record: TaskRecord): void {
    this.#storage.transactionSync(() => {
      this.#store.write({ ...record, deletedAt: Date.now(), listedRevision: 0 });
      this.#store.dropJobs();
      this.#webhooks.clear();
    });
    this.#changed();
    log("task_deleted", { task_id: record.id, stage: record.stage });
  }

  /** Notes which revision D1 shows, and since when. */
  noteListed(listedRevision: number, listedAt: number): void {
    const current = this.live();
    if (current) this.#store.write({ ...current, listedRevision, listedAt });
  }

  /** Counts a run that another one follows. D1 hears of it with the next change. */
  noteRetriedRun(code: string): void {
    const current = this.live();
    if (current) this.#store.write({ ...current, counts: this.#counted(current.counts, "runs_retried", { code }) });
  }

  /** Has the task listed again where D1 does not show it as it is. Returns whether that was so. */
  relist(record: TaskRecord, listed: ListedState): boolean {
    const found = compareListing(record, listed);
    if (found === "agrees") return false;
    log("listing_differs", { task_id: record.id, stage: record.stage, shown: listed.row?.stage ?? null, found });
    if (found === "behind") this.#store.write({ ...record, listedRevision: 0, listedAt: 0 });
    else {
      // Past the revision that D1 has, since it takes no older one.
      const revision = Math.max(record.revision, listed.row?.revision ?? 0);
      this.#save({ ...record, revision, listedRevision: 0, listedAt: 0 }, { stage: record.stage });
    }
    return true;
  }

  /** Writes a change that the task's work made, to a stage that it may go to. */
  change(record: TaskRecord, change: Partial<TaskRecord>): void {
    const stage: Stage = change.stage && canMove(record.stage, change.stage) ? change.stage : record.stage;
    this.#save(record, { ...change, stage });
  }

  /** Writes a change of the record, with the progress that follows from the jobs, and tells who waits for it. */
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
    this.#tell(record.stage, saved);
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

  /** Has a change of stage told. In the same turn as the change, so that there is not one without the other. */
  #tell(from: Stage, record: TaskRecord): void {
    const type = webhookTypeOf(from, record.stage);
    if (type === null || this.callback() === null) return;
    const links = new TaskLinks(this.#store.input().origin, this.#signing());
    const timestamp = new Date(record.updatedAt).toISOString();
    const payload: WebhookPayload = { type, timestamp, data: taskData(this.summary(record), links) };
    this.#webhooks.add(type, JSON.stringify(payload), record.updatedAt);
  }
}
