import { CodedError } from "../api/errors.ts";
import type { Env } from "../env.ts";
import { type JobMessage, jobMessageSchema } from "../protocol/task-jobs.ts";
import type { TaskObject } from "../tasks/object/task-object.ts";
import { HEARTBEAT_MS, RUN_LIMIT_MS, runFailureOf } from "../tasks/retry.ts";
import type { Ticket } from "../tasks/task-calls.ts";
import { inTime } from "../util/deadline.ts";
import { log, messageOf } from "../util/log.ts";
import { runJob } from "./run-job.ts";

/** Name of the queue that takes the messages which could not be handled. */
const DEAD_QUEUE = "edgereel-dead-jobs";

/** Longest that a job waits for the renderer to have the one before it, in milliseconds. */
const ORDER_PATIENCE = 1_000;

/**
 * Handles a batch of jobs, each on its own: a message is acknowledged when its TaskObject knows how
 * it ended, and left to the queue's own retries only where the TaskObject could not be told.
 *
 * A task's jobs go to the renderer in the queue's order, which is that of playback, whichever of them has
 * the largest inputs; what is rendered is then done side by side.
 */
export async function consume(batch: MessageBatch, env: Env): Promise<void> {
  const handle = batch.queue === DEAD_QUEUE ? giveUp : takeJob;
  const latest = new Map<string, Promise<unknown>>();
  await Promise.all(
    batch.messages.map(async (message) => {
      const begun = Promise.withResolvers<void>();
      try {
        const body = jobMessageSchema.parse(message.body);
        const before = latest.get(body.taskId) ?? Promise.resolve();
        latest.set(body.taskId, begun.promise);
        await handle(body, env, {
          before: inTime(before, ORDER_PATIENCE).catch(() => undefined),
          begun: begun.resolve,
        });
        message.ack();
      } catch (error) {
        log("message_failed", { queue: batch.queue, attempts: message.attempts, message: messageOf(error) });
        message.retry({ delaySeconds: Math.min(2 ** message.attempts, 60) });
      } finally {
        begun.resolve();
      }
    }),
  );
}

/** A job's place among its task's in a batch. */
interface Place {
  /** When the one before it is begun, or was waited for long enough. */
  before: Promise<unknown>;
  /** Says that this one is. */
  begun: () => void;
}

async function takeJob({ taskId, jobId }: JobMessage, env: Env, { before, begun }: Place): Promise<void> {
  const task = env.TASKS.getByName(taskId);
  const claim = await task.claim(jobId);
  if (claim.status !== "run") return;
  const { ticket, work } = claim;
  const heart = beat(task, jobId, ticket);
  try {
    await before;
    const run = runJob({ env, taskId, jobId, ticket, work, task, signal: heart.signal, accepted: begun });
    await Promise.race([run, heart.ended]);
  } catch (error) {
    if (heart.unwanted()) return;
    await task.failRun(jobId, ticket, runFailureOf(error));
  } finally {
    heart.stop();
  }
}

async function giveUp({ taskId, jobId, attempt }: JobMessage, env: Env): Promise<void> {
  await env.TASKS.getByName(taskId).abandon(jobId, attempt);
}

interface Heart {
  /** Aborts when nobody wants the result any more, or when the run takes too long. */
  signal: AbortSignal;
  /** Rejects when the signal aborts: what a run waits for may never settle, and its batch waits for it. */
  ended: Promise<never>;
  unwanted(): boolean;
  stop(): void;
}

/** Renews a run's lease until it is stopped. */
function beat(task: DurableObjectStub<TaskObject>, jobId: string, ticket: Ticket): Heart {
  const controller = new AbortController();
  const started = Date.now();
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  let unwanted = false;
  const timer = setInterval(() => {
    if (Date.now() - started > RUN_LIMIT_MS) {
      const error = new CodedError("timeout", `the run took longer than ${RUN_LIMIT_MS / 60_000} minutes`);
      clearInterval(timer);
      ended.reject(error);
      controller.abort(error);
      return;
    }
    Promise.resolve(task.heartbeat(jobId, ticket)).then(
      (answer) => {
        if (answer !== "gone") return;
        unwanted = true;
        const error = new Error("the task was deleted or has ended, or another run took this one's place");
        clearInterval(timer);
        ended.reject(error);
        controller.abort(error);
      },
      // A lease that could not be renewed in time makes the job run again: harmless.
      (error) => log("heartbeat_failed", { job: jobId, message: messageOf(error) }),
    );
  }, HEARTBEAT_MS);
  return {
    signal: controller.signal,
    ended: ended.promise,
    unwanted: () => unwanted,
    stop: () => clearInterval(timer),
  };
}
