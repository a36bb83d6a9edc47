import { type TaskErrorCode, taskErrors } from "../../api/errors.ts";
import type { TaskFailure } from "../../api/task-failure.ts";
import { isFinal, type RendererKind } from "../../api/task-state.ts";
import { readConfig } from "../../config/config.ts";
import type { MetricsBindings } from "../../metrics/count.ts";
import { deletePrefix } from "../../storage/delete-objects.ts";
import { keys } from "../../storage/keys.ts";
import { log, messageOf } from "../../util/log.ts";
import { WebhookCourier } from "../../webhooks/courier.ts";
import type { DeliveryStore } from "../../webhooks/delivery-store.ts";
import { jobQueues, type QueueBindings } from "../queues.ts";
import { maxSetbacks, STORAGE_RETRY_MS } from "../retry.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Audit, ListedState } from "./listing-audit.ts";
import type { ListingOutbox } from "./listing-outbox.ts";
import type { TaskLedger } from "./task-ledger.ts";
import type { TaskRecord } from "./task-record.ts";
import type { TaskStore } from "./task-store.ts";
import { bury } from "./tombstone.ts";

/** The Worker's bindings that a TaskObject uses. */
export interface TaskObjectBindings extends QueueBindings, MetricsBindings {
  DB: D1Database;
  MEDIA: R2Bucket;
}

/** What a task's object knows and writes. */
export interface TaskParts {
  store: TaskStore;
  ledger: TaskLedger;
  listing: ListingOutbox;
  webhooks: DeliveryStore;
}

/**
 * What follows from a task's changes, and from time: its jobs are sent, its row is written, its
 * webhooks are told, and the alarm is set for the rest.
 */
export class TaskUpkeep {
  readonly dispatcher: Dispatcher;
  readonly courier: WebhookCourier;
  readonly #state: DurableObjectState;
  readonly #env: () => TaskObjectBindings;
  readonly #store: TaskStore;
  readonly #ledger: TaskLedger;
  readonly #listing: ListingOutbox;
  #inAlarm = false;

  constructor(
    state: DurableObjectState,
    env: () => TaskObjectBindings,
    { store, ledger, listing, webhooks }: TaskParts,
  ) {
    this.#state = state;
    this.#env = env;
    this.#store = store;
    this.#ledger = ledger;
    this.#listing = listing;
    this.dispatcher = new Dispatcher(
      store,
      () => jobQueues(env()),
      () => this.wakeInTime(),
      () => ledger.noteRetriedRun("job_lost"),
    );
    this.courier = new WebhookCourier(webhooks, {
      settings: () => readConfig(env()),
      destination: () => ledger.callback(),
      keepAlive: (work) => state.waitUntil(work),
      wakeInTime: () => this.wakeInTime(),
    });
  }

  /** The watchdog and the outbox. Never throws: an alarm that throws too often is dropped for good. */
  async alarm(): Promise<void> {
    this.#inAlarm = true;
    try {
      const record = this.#store.read();
      if (!record) return;
      if (record.deletedAt !== null) await this.bury();
      else await this.proceed();
    } catch (error) {
      log("alarm_failed", { message: messageOf(error) });
      await this.#state.storage.setAlarm(Date.now() + STORAGE_RETRY_MS);
    } finally {
      this.#inAlarm = false;
    }
  }

  /** Does whatever is due: overdue jobs, new jobs, the listing; and sets the alarm for the rest. */
  async proceed(): Promise<void> {
    this.courier.start();
    const record = this.#ledger.live();
    if (record && !isFinal(record.stage)) {
      const { RENDERER_TRIES, TASK_WINDOW } = readConfig(this.#env());
      const stalls = await this.dispatcher.sendOverdue(record, maxSetbacks(RENDERER_TRIES).faults);
      for (const { jobId, code, message } of stalls) await this.giveUpJob(jobId, code, message);
      await this.dispatcher.fill(record.id, TASK_WINDOW);
    }
    await this.#listing.put(this.#ledger);
    await this.wakeInTime();
  }

  /**
   * Looks after a task from outside, in case its alarm was dropped or D1 lost its row: has it listed
   * again where D1 does not show it as it is, does what is due, and sets the alarm.
   */
  async audit(listed: ListedState): Promise<Audit> {
    const record = this.#store.read();
    // In the alarm's own handler there is none either.
    const unattended = !this.#inAlarm && (await this.#state.storage.getAlarm()) === null;
    if (!record || record.deletedAt !== null) {
      if (record && unattended) await this.bury();
      return "gone";
    }
    const rewritten = this.#ledger.relist(record, listed);
    const woken = unattended && !isFinal(record.stage);
    if (woken) log("alarm_lost", { task_id: record.id, stage: record.stage });
    await this.proceed();
    return { rewritten, woken };
  }

  /** Ends a job that no other run will be given. */
  async giveUpJob(id: string, code: TaskErrorCode, message: string): Promise<void> {
    const record = this.#ledger.live();
    const job = this.#store.job(id);
    // Much may have happened since it was found wanting, such as another plan.
    if (!record || isFinal(record.stage) || (job?.state !== "queued" && job?.state !== "running")) return;
    if (job.phase === "stills") this.#ledger.doWithout(record, job, code, message);
    else await this.end(record, "failed", { code, message, retryable: taskErrors[code].retryable });
  }

  async end(record: TaskRecord, stage: "failed" | "cancelled", failure: Omit<TaskFailure, "stage">): Promise<void> {
    this.#ledger.end(record, stage, failure);
    this.courier.start();
    await this.#listing.put(this.#ledger);
    await this.wakeInTime();
  }

  /**
   * Plans the task anew for a renderer other than the one that does not answer. What was rendered is
   * dropped: one video is never made of two renderers' segments.
   */
  async giveUpRenderer(record: TaskRecord, renderer: RendererKind, reason: string): Promise<void> {
    this.#ledger.planAnew(record, renderer, reason);
    await deletePrefix(this.#env().MEDIA, keys.task(record.id)).catch((error: unknown) =>
      log("delete_failed", { task_id: record.id, message: messageOf(error) }),
    );
    await this.proceed();
  }

  /** Removes what a deleted task left in D1 and R2, again for late writers, and at last its record. */
  async bury(): Promise<void> {
    const record = this.#store.read();
    if (!record || record.deletedAt === null) return;
    const next = await bury(record, record.deletedAt, this.#listing, this.#env().MEDIA);
    if (next === null) await this.#state.storage.deleteAll();
    else await this.#state.storage.setAlarm(next);
  }

  /** Sets the alarm for the earliest thing that may become due. */
  async wakeInTime(): Promise<void> {
    const record = this.#ledger.live();
    if (!record) return;
    const due = isFinal(record.stage) ? [] : this.#store.inFlight().map((job) => job.lease);
    const listing = this.#listing.dueAt(record);
    if (listing !== null) due.push(listing);
    const webhook = this.courier.dueAt();
    if (webhook !== null) due.push(webhook);
    if (due.length === 0) await this.#state.storage.deleteAlarm();
    else await this.#state.storage.setAlarm(Math.min(...due));
  }
}
