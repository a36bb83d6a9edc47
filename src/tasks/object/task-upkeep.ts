import { type TaskErrorCode, taskErrors } from "../../api/errors.ts";
import type { TaskFailure } from "../../api/task-failure.ts";
import { isFinal, type RendererKind } from "../../api/task-state.ts";
import { readConfig } from "../../config/config.ts";
import type { MetricsBindings } from "../../metrics/count.ts";
import { deletePrefix } from "../../storage/delete-objects.ts";
import { isInputOf, keys } from "../../storage/keys.ts";
import { log, messageOf } from "../../util/log.ts";
import { WebhookCourier } from "../../webhooks/courier.ts";
import type { DeliveryStore } from "../../webhooks/delivery-store.ts";
import { jobQueues, type QueueBindings } from "../queues.ts";
import type { RunFailure } from "../retry.ts";
import { decideRetry, maxSetbacks, STORAGE_RETRY_MS, setbackOf } from "../retry.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Audit, ListedState } from "./listing-audit.ts";
import type { ListingOutbox } from "./listing-outbox.ts";
import type { TaskLedger } from "./task-ledger.ts";
import type { TaskRecord } from "./task-record.ts";
import type { JobRow, TaskStore } from "./task-store.ts";
import { bury } from "./tombstone.ts";

/** The Worker's bindings that a TaskObject uses. */
export interface TaskObjectBindings extends QueueBindings, MetricsBindings {
  DB: D1Database;
  MEDIA: R2Bucket;
}

/** What a speech provider fails with. Another one may still speak. */
const VOICE_FAILURES: readonly TaskErrorCode[] = [
  "voice_unavailable",
  "provider_failed",
  "provider_limit",
  "provider_refused",
];

/** Why a task fails: if no voice is left, what the last one failed with says more than that none is left. */
function reasonOf(record: TaskRecord, job: JobRow, failure: Omit<TaskFailure, "stage">): Omit<TaskFailure, "stage"> {
  const voice = record.avoidedVoices.at(-1);
  if (job.phase !== "write" || failure.code !== "voice_unavailable" || !voice) return failure;
  const { code, message, retryable } = voice;
  return { code, message, retryable };
}

/** The parts of a TaskObject that its upkeep works with. */
export interface TaskParts {
  store: TaskStore;
  ledger: TaskLedger;
  listing: ListingOutbox;
  webhooks: DeliveryStore;
}

/**
 * Does what follows from a task's changes and from the passing of time: sends jobs, writes the row in D1, sends
 * webhooks, and sets the alarm for the rest.
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

  /** The alarm. Never throws, because the platform drops an alarm that throws too often. */
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

  /** Does everything that is due: overdue jobs, new jobs, the row in D1, webhooks. Then sets the alarm for the rest. */
  async proceed(): Promise<void> {
    this.courier.start();
    const record = this.#ledger.live();
    if (record && !isFinal(record.stage)) {
      const config = readConfig(this.#env());
      const stalls = await this.dispatcher.sendOverdue(record, maxSetbacks(config).faults);
      for (const { jobId, code, message } of stalls) await this.giveUpJob(jobId, code, message);
      await this.dispatcher.fill(record.id, config.TASK_WINDOW);
    }
    await this.#listing.put(this.#ledger);
    await this.wakeInTime();
  }

  /**
   * Repairs a task whose alarm was dropped, or whose row in D1 is lost or wrong: rewrites the row, does what is due,
   * and sets the alarm. Called by sweeps.
   */
  async audit(listed: ListedState): Promise<Audit> {
    const record = this.#store.read();
    // Inside the alarm handler, getAlarm() is null too.
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

  /** Handles a failed run: the job runs again, or the task is planned for another renderer, or the task fails. */
  async handleFailure(record: TaskRecord, job: JobRow, failure: RunFailure): Promise<void> {
    const { code, message, retryable, retryAfterSeconds, part } = failure;
    const setback = setbackOf(failure);
    const counted = setback ? { ...job, [setback]: job[setback] + 1 } : job;
    const max = maxSetbacks(readConfig(this.#env()), code);
    const decision = decideRetry(setback, counted, max, Math.random(), retryAfterSeconds);
    log("run_failed", {
      task_id: record.id,
      stage: record.stage,
      job: job.id,
      run: job.runs,
      code,
      message,
      retry: decision.retry,
    });
    if (decision.retry) {
      this.#ledger.noteRetriedRun(code);
      await this.dispatcher.send(record.id, counted, { queue: "again", delaySeconds: decision.delaySeconds });
    } else if (job.phase === "stills") {
      this.#ledger.doWithout(record, job, code, message);
      await this.proceed();
    } else if (setback === "unreachable" && record.renderer)
      await this.giveUpRenderer(record, record.renderer, message);
    else if (this.#giveUpVoice(record, job, failure)) await this.proceed();
    else await this.end(record, "failed", reasonOf(record, job, { code, message, retryable, ...(part && { part }) }));
  }

  /**
   * Lets another voice speak the whole task if a speech provider fails for good. The write job fails the task if there
   * is no other voice.
   *
   * @returns false if the failure has nothing to do with a speech provider.
   */
  #giveUpVoice(record: TaskRecord, job: JobRow, { code, message, retryable }: RunFailure): boolean {
    const work = this.#store.work(job.id);
    if (work.kind !== "speak" || !VOICE_FAILURES.includes(code)) return false;
    const [provider = ""] = work.request.voice.split(":", 1);
    if (record.avoidedVoices.some((avoided) => avoided.provider === provider)) return false;
    this.#ledger.outlineAnew(record, { provider, code, message, retryable });
    return true;
  }

  /** Gives up a job: the task fails, or goes on without its stills. */
  async giveUpJob(id: string, code: TaskErrorCode, message: string): Promise<void> {
    const record = this.#ledger.live();
    const job = this.#store.job(id);
    // Since the job was found overdue, the task may have got another plan.
    if (!record || isFinal(record.stage) || (job?.state !== "queued" && job?.state !== "running")) return;
    if (job.phase === "stills") this.#ledger.doWithout(record, job, code, message);
    else await this.end(record, "failed", { code, message, retryable: taskErrors[code].retryable });
  }

  /** Ends the task before its work is done. */
  async end(record: TaskRecord, stage: "failed" | "cancelled", failure: Omit<TaskFailure, "stage">): Promise<void> {
    this.#ledger.end(record, stage, failure);
    this.courier.start();
    await this.#listing.put(this.#ledger);
    await this.wakeInTime();
  }

  /**
   * Plans the task again, for another renderer than the one that does not answer. Rendered segments are deleted,
   * because one video never mixes segments of two renderers. What was authored or fetched stays.
   */
  async giveUpRenderer(record: TaskRecord, renderer: RendererKind, reason: string): Promise<void> {
    this.#ledger.planAnew(record, renderer, reason);
    const keep = (key: string) => isInputOf(record.id, key);
    await deletePrefix(this.#env().MEDIA, keys.task(record.id), keep).catch((error: unknown) =>
      log("delete_failed", { task_id: record.id, message: messageOf(error) }),
    );
    await this.proceed();
  }

  /** Removes what a deleted task left in D1 and R2, also what late runs write, and finally its record. */
  async bury(): Promise<void> {
    const record = this.#store.read();
    if (!record || record.deletedAt === null) return;
    const next = await bury(record, record.deletedAt, this.#listing, this.#env().MEDIA);
    if (next === null) await this.#state.storage.deleteAll();
    else await this.#state.storage.setAlarm(next);
  }

  /** Sets the alarm for whatever becomes due first. */
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
