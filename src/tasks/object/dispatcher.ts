import type { TaskErrorCode } from "../../api/errors.ts";
import { log, messageOf } from "../../util/log.ts";
import { type JobQueues, type QueueName, queueFor } from "../queues.ts";
import { fateOf, MAX_SENDS, sendLease, waitLease } from "../retry.ts";
import type { TaskRecord } from "./task-record.ts";
import type { JobRow, TaskStore } from "./task-store.ts";

/** A job that is given up, and why. */
export interface Stall {
  jobId: string;
  code: Extract<TaskErrorCode, "job_lost" | "queue_stalled">;
  message: string;
}

/** When the oldest message of a queue was sent; null if the queue is empty, `unknown` if it did not answer. */
type Head = number | null | "unknown";

/** Sends a task's jobs to the queues, and sends lost ones again. */
export class Dispatcher {
  readonly #store: TaskStore;
  readonly #queues: () => JobQueues;
  readonly #wakeInTime: () => Promise<void>;
  readonly #runLost: () => void;

  /**
   * @param wakeInTime sets the alarm for the earliest lease.
   * @param runLost is called for each run that never reported back and that another run follows.
   */
  constructor(store: TaskStore, queues: () => JobQueues, wakeInTime: () => Promise<void>, runLost: () => void) {
    this.#store = store;
    this.#queues = queues;
    this.#wakeInTime = wakeInTime;
    this.#runLost = runLost;
  }

  /**
   * Resends jobs whose lease has expired, unless their message still waits in a queue that moves on.
   *
   * @param maxFaults how many runs of a job may fail.
   * @returns the jobs that are given up instead.
   */
  async sendOverdue(task: Pick<TaskRecord, "id" | "stage">, maxFaults: number): Promise<Stall[]> {
    const now = Date.now();
    const stalls: Stall[] = [];
    const heads = new Map<QueueName, Promise<Head>>();
    for (const { id } of this.#store.inFlight()) {
      // Read again: the job may have changed while the previous one was sent.
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
      // A run that never reported back counts as failed.
      const counted = job.state === "running" ? { ...job, faults: job.faults + 1 } : job;
      if (counted.faults >= maxFaults) {
        const message = `job ${id} was started ${job.runs} times and never reported back`;
        stalls.push({ jobId: id, code: "job_lost", message });
      } else if (job.state === "queued" && job.sends >= MAX_SENDS) {
        const message = `job ${id} was in the queue for hours and no worker took it`;
        stalls.push({ jobId: id, code: "queue_stalled", message });
      } else {
        if (job.state === "running") this.#runLost();
        await this.send(task.id, counted, { queue, delaySeconds: 0 });
      }
    }
    return stalls;
  }

  /** Sends waiting jobs one by one until `window` jobs are in flight. */
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
    // Before the message goes out: if the object ends here, the alarm finds the job.
    await this.#wakeInTime();
    try {
      await this.#queues()[queue].send({ taskId, jobId: job.id, attempt: job.runs + 1 }, { delaySeconds });
    } catch (error) {
      // The lease is set, so the alarm sends the job again.
      log("send_failed", { task_id: taskId, job: job.id, message: messageOf(error) });
    }
  }

  /**
   * The queue for a copy of a message that no consumer took in time; null if no copy is needed, because the
   * message waits for its turn or was taken just now. If the message may still be in its queue, the copy goes to
   * the same queue: in another one it would overtake everything that waits with it.
   *
   * @param heads the head of each queue, once it was asked.
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
