import type { Env } from "../env.ts";
import { type JobMessage, jobMessageSchema, type Work } from "../protocol/task-jobs.ts";
import { messageRetrySeconds } from "../tasks/retry.ts";
import { log, messageOf } from "../util/log.ts";
import { withTimeout } from "../util/timeout.ts";
import { runJob } from "./run-job.ts";
import { runWithHeartbeat } from "./run-with-heartbeat.ts";

/** The queue that receives messages which no consumer could handle. */
const DEAD_LETTER_QUEUE = "edgereel-dead-jobs";

/** Work that pays providers. A retry of a cancelled task uses what was paid for. */
const PAID_WORK: ReadonlySet<Work["kind"]> = new Set(["write", "speak", "search", "picture"]);

/** How long a job waits for the renderer to accept the job before it, in milliseconds. */
const MAX_WAIT_FOR_ORDER_MS = 1_000;

/**
 * Handles a batch of job messages, each on its own. A message is acknowledged once its TaskObject knows how the
 * run ended. Only if the TaskObject cannot be told does the queue deliver the message again.
 *
 * A task's jobs are sent to the renderer in the order of the queue, which is the order of playback, whichever has
 * the largest inputs. They then run in parallel.
 */
export async function consume(batch: MessageBatch, env: Env): Promise<void> {
  const handle = batch.queue === DEAD_LETTER_QUEUE ? abandonJob : takeJob;
  const latest = new Map<string, Promise<unknown>>();
  await Promise.all(
    batch.messages.map(async (message) => {
      const accepted = Promise.withResolvers<void>();
      try {
        const body = jobMessageSchema.parse(message.body);
        const before = latest.get(body.taskId) ?? Promise.resolve();
        latest.set(body.taskId, accepted.promise);
        await handle(body, env, {
          previous: withTimeout(before, MAX_WAIT_FOR_ORDER_MS).catch(() => undefined),
          accepted: accepted.resolve,
        });
        message.ack();
      } catch (error) {
        log("message_failed", { queue: batch.queue, attempts: message.attempts, message: messageOf(error) });
        message.retry({ delaySeconds: messageRetrySeconds(message.attempts) });
      } finally {
        accepted.resolve();
      }
    }),
  );
}

/** A job's place among the jobs of its task in a batch. */
interface Order {
  /** Resolves when the previous job was accepted, or after {@link MAX_WAIT_FOR_ORDER_MS}. */
  previous: Promise<unknown>;
  /** Says that this job was accepted. */
  accepted: () => void;
}

async function takeJob({ taskId, jobId }: JobMessage, env: Env, { previous, accepted }: Order): Promise<void> {
  const task = env.TASKS.getByName(taskId);
  const claim = await task.claim(jobId);
  if (claim.status !== "run") return;
  const { ticket, work, owner } = claim;
  const run = async (signal: AbortSignal) => {
    await previous;
    await runJob({ env, taskId, owner, jobId, ticket, work, task, signal, accepted });
  };
  await runWithHeartbeat(task, jobId, ticket, run, { finish: PAID_WORK.has(work.kind) });
}

/** Tells the TaskObject that the queue gave up on a message. */
async function abandonJob({ taskId, jobId, attempt }: JobMessage, env: Env): Promise<void> {
  await env.TASKS.getByName(taskId).abandon(jobId, attempt);
}
