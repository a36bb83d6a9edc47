import { log, messageOf } from "../../util/log.ts";
import { type JobQueues, type QueueName, queueFor } from "../queues.ts";
import { fateOf, MAX_SENDS, sendLease, waitLease } from "../retry.ts";
import type { TaskRecord } from "./task-record.ts";
import type { JobRow, TaskStore } from "./task-store.ts";

/** Why a job is given up. */
export interface Stall {
  jobId: string;
  code: "job_lost" | "queue_stalled";
  message: string;
}

/** When the oldest message was sent that a queue has; null where it has none, `unknown` where it does not say. */
type Head = number | null | "unknown";

/** Hands a task's jobs out to the queues, and again those that were lost on the way. */
export class Dispatcher {
  readonly #store: TaskStore;
  readonly #queues: () => JobQueues;
  readonly #wakeInTime: () => Promise<void>;
  readonly #runLost: () => void;

  /**
   * @param wakeInTime sets the alarm for the earliest lease.
   * @param runLost is told of each run that was never heard of again and that another follows.
   */
  constructor(store: TaskStore, queues: () => JobQueues, wakeInTime: () => Promise<void>, runLost: () => void) {
    this.#store = store;
    this.#queues = queues;
    this.#wakeInTime = wakeInTime;
    this.#runLost = runLost;
  }

  /**
   * Sends jobs again whose lease has ended, but for those whose message waits in a queue that gets on.
   *
   * @param mostFaults how many runs of a job may come to nothing.
   * @returns the jobs that are not sent again.
   */
  async sendOverdue(task: Pick<TaskRecord, "id" | "stage">, mostFaults: number): Promise<Stall[]> {
    const now = Date.now();
    const stalls: Stall[] = [];
    const heads = new Map<QueueName, Promise<Head>>();
    for (const { id } of this.#store.inFlight()) {
      // As it is now: much may have happened while the one before it was sent.
      const job = this.#store.job(id);
      if (!job || (job.state !== "queued" && job.state !== "running") || job.lease > now) continue;
      const queue = job.state === "running" ? "again" : await this.#queueForCopy(job, now, heads);
      if (queue === null) continue;
      log("job_overdue", {
        task_id: task.id,
        stage: task.stage,
        job: id,
        state: job.state,
        sends: job.sends,
        runs: job.runs,
      });
      // A run that was never heard of again is one that failed.
      const counted = job.state === "running" ? { ...job, faults: job.faults + 1 } : job;
      if (counted.faults >= mostFaults) {
        const message = `the job ${id} was begun ${job.runs} times and never heard of again`;
        stalls.push({ jobId: id, code: "job_lost", message });
      } else if (job.state === "queued" && job.sends >= MAX_SENDS) {
        const message = `the job ${id} was on the queue for hours and no worker took it`;
        stalls.push({ jobId: id, code: "queue_stalled", message });
      } else {
        if (job.state === "running") this.#runLost();
        await this.send(task.id, counted, { queue, delaySeconds: 0 });
      }
    }
    return stalls;
  }

  /** Sends waiting jobs, one after the other, until so many are in flight. */
  async fill(taskId: string, window: number): Promise<void> {
    while (this.#store.inFlight().length < window) {
      const [next] = this.#store.ready(1);
      if (!next) return;
      await this.send(taskId, next, { queue: queueFor(next.phase), delaySeconds: 0 });
    }
  }

  /** Puts a job on a queue. */
  async send(
    taskId: string,
    job: JobRow,
    { queue, delaySeconds }: { queue: QueueName; delaySeconds: number },
  ): Promise<void> {
    const sends = job.sends + 1;
    const sentAt = Date.now() + delaySeconds * 1000;
    this.#store.update({ ...job, state: "queued", sends, lease: sentAt + sendLease(sends) });
    const before = this.#store.message(job.id);
    this.#store.noteMessage(job.id, { queue, sentAt, head: before?.queue === queue ? before.head : null });
    // Before the message goes out: should the object end here, the alarm finds the job.
    await this.#wakeInTime();
    try {
      await this.#queues()[queue].send({ taskId, jobId: job.id, attempt: job.runs + 1 }, { delaySeconds });
    } catch (error) {
      // The lease is set: the alarm sends it again.
      log("send_failed", { task_id: taskId, job: job.id, message: messageOf(error) });
    }
  }

  /**
   * The queue for a copy of a message that was not taken in time; null for none, where it waits for its turn
   * or was taken just now. One that may still be on its queue is copied there: elsewhere the copy would
   * overtake all that waits with it.
   *
   * @param heads what each queue was found to have.
   */
  async #queueForCopy(job: JobRow, now: number, heads: Map<QueueName, Promise<Head>>): Promise<QueueName | null> {
    const message = this.#store.message(job.id) ?? { queue: queueFor(job.phase), sentAt: now, head: null };
    const asked = heads.get(message.queue) ?? this.#head(message.queue);
    heads.set(message.queue, asked);
    const head = await asked;
    if (this.#store.job(job.id)?.lease !== job.lease) return null;
    if (head === "unknown") return message.queue;
    this.#store.noteMessage(job.id, { ...message, head });
    switch (fateOf(message, head)) {
      case "waits":
        this.#store.update({ ...job, lease: now + waitLease(message, now) });
        return null;
      case "stands":
        return message.queue;
      case "lost":
        return "again";
    }
  }

  async #head(queue: QueueName): Promise<Head> {
    try {
      return (await this.#queues()[queue].metrics()).oldestMessageTimestamp?.getTime() || null;
    } catch (error) {
      log("queue_metrics_failed", { queue, message: messageOf(error) });
      return "unknown";
    }
  }
}
