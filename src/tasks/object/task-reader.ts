import type { TaskSummary } from "../../db/task-summary.ts";
import type { TaskInput } from "../../protocol/task-input.ts";
import type { Destination } from "../../webhooks/courier.ts";
import type { DeliveryStore } from "../../webhooks/delivery-store.ts";
import { describeDelivery } from "../../webhooks/describe-delivery.ts";
import type { StreamState } from "../stream-state.ts";
import type { Creation, Steering, Ticket } from "../task-calls.ts";
import { summarize } from "../view/task-data.ts";
import type { TaskRecord } from "./task-record.ts";
import type { JobRow, TaskStore, WorkTotals } from "./task-store.ts";

/** The totals of a task without jobs. */
export const NO_WORK: WorkTotals = {
  total: 0,
  finished: 0,
  authoring: 0,
  authored: 0,
  authoringLeft: 0,
  segments: 0,
  finishedSegments: 0,
  rendersLeft: 0,
  finishingLeft: 0,
};

/** Reads what a TaskObject has stored, in the forms that its callers need. */
export class TaskReader {
  readonly #store: TaskStore;
  readonly #webhooks: DeliveryStore;

  constructor(store: TaskStore, webhooks: DeliveryStore) {
    this.#store = store;
    this.#webhooks = webhooks;
  }

  /**
   * The record; null if the task does not exist or was deleted.
   *
   * @param viewer the owner who looks, and sees only their own tasks; null sees any task.
   */
  live(viewer: string | null = null): TaskRecord | null {
    const record = this.#store.read();
    return record && record.deletedAt === null && (viewer === null || viewer === record.owner) ? record : null;
  }

  /** The record, if the task exists and the ticket belongs to its current plan. */
  wanted(ticket: Ticket): TaskRecord | null {
    const record = this.live();
    return record?.generation === ticket.generation ? record : null;
  }

  /** The job, if it exists and is not done. */
  unfinished(jobId: string): JobRow | null {
    const job = this.#store.job(jobId);
    return job && job.state !== "done" ? job : null;
  }

  /** Whether the task was created, and whether by a request with this fingerprint. */
  creation(fingerprint: string | null): Creation {
    const record = this.#store.read();
    if (!record) return "unknown";
    if (record.fingerprint !== fingerprint) return "other";
    return record.deletedAt === null ? "same" : "deleted";
  }

  /** Where the task's webhooks go; null without a `callback_url`, or without a task. */
  callback(): Destination | null {
    const record = this.live();
    const url = record && this.#store.input().request.callback_url;
    return record && url ? { taskId: record.id, url } : null;
  }

  /** The summary of the task with the log of its webhooks; null if there is no task. */
  shown(viewer: string | null = null): TaskSummary | null {
    const record = this.live(viewer);
    if (!record) return null;
    return { ...this.told(record), webhooks: this.#webhooks.all().map(describeDelivery) };
  }

  /** The summary of a record with the task's script, which lists leave out. */
  protected told(record: TaskRecord): TaskSummary {
    const summary = this.summary(record);
    const script = this.#store.authored()?.script ?? this.#store.input().request.video_script;
    const authored = summary.authored && { ...summary.authored, script };
    return { ...summary, script, authored };
  }

  /** The summary of a record. */
  summary(record: TaskRecord): TaskSummary {
    const input = this.#store.input();
    return summarize(record, this.#store.totals(), input, this.#store.playable(), this.#store.authored());
  }

  /** The result of a successful cancel, retry or replay. */
  steered(): Extract<Steering, { status: "done" | "gone" }> {
    const task = this.shown();
    return task ? { status: "done", task } : { status: "gone" };
  }

  /** How much of a video can be played; null if there is no such task. */
  stream(video: number, viewer: string | null): StreamState | null {
    const record = this.live(viewer);
    if (!record) return null;
    const { stage, progress, failure, width, height, updatedAt, generation } = record;
    const plan = this.#store.assembly(video);
    const ready = this.#store.playable().find((each) => each.video === video)?.segments ?? 0;
    const { video_count: videos, outputs } = this.#store.input().request;
    return { stage, progress, failure, width, height, updatedAt, generation, videos, outputs, plan, ready };
  }

  /** The summary of a record that is not stored yet. */
  firstSummary(record: TaskRecord, input: TaskInput): TaskSummary {
    return summarize(record, NO_WORK, input, [], null);
  }
}
