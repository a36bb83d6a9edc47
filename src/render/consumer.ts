import type { Env } from "../env.ts";
import { log, messageOf } from "../log.ts";
import { jobMessageSchema } from "../tasks/jobs.ts";
import { HEARTBEAT, type RunFailure } from "../tasks/state.ts";
import type { TaskObject } from "../tasks/task-object.ts";
import { PlanError } from "../timeline/plan.ts";
import { JoinError } from "./assemble.ts";
import { InputMissingError } from "./inputs.ts";
import { RenderError } from "./renderer.ts";
import { runJob } from "./run-job.ts";

/** Name of the queue that takes the messages which could not be handled. */
const DEAD_QUEUE = "edgereel-dead-jobs";

/**
 * Handles a batch of jobs, each on its own: a message is acknowledged when its TaskObject knows how
 * it ended, and left to the queue's own retries only where the TaskObject could not be told.
 */
export async function consume(batch: MessageBatch, env: Env): Promise<void> {
  const handle = batch.queue === DEAD_QUEUE ? giveUp : takeJob;
  await Promise.all(
    batch.messages.map(async (message) => {
      try {
        await handle(message.body, env);
        message.ack();
      } catch (error) {
        log("message_failed", { queue: batch.queue, attempts: message.attempts, message: messageOf(error) });
        message.retry({ delaySeconds: Math.min(2 ** message.attempts, 60) });
      }
    }),
  );
}

async function takeJob(body: unknown, env: Env): Promise<void> {
  const { taskId, jobId } = jobMessageSchema.parse(body);
  const task = env.TASKS.getByName(taskId);
  const claim = await task.claim(jobId);
  if (claim.status !== "run") return;
  const stopHeartbeat = keepAlive(task, jobId, claim.run);
  try {
    await runJob(env, taskId, jobId, claim.work, task);
  } catch (error) {
    await task.failRun(jobId, claim.run, describeFailure(error));
  } finally {
    stopHeartbeat();
  }
}

async function giveUp(body: unknown, env: Env): Promise<void> {
  const { taskId, jobId } = jobMessageSchema.parse(body);
  await env.TASKS.getByName(taskId).abandon(jobId);
}

/** Renews a run's lease until the returned function is called. */
function keepAlive(task: DurableObjectStub<TaskObject>, jobId: string, run: number): () => void {
  const timer = setInterval(() => {
    // A lease that could not be renewed in time makes the job run again: harmless.
    Promise.resolve(task.heartbeat(jobId, run)).catch((error) =>
      log("heartbeat_failed", { job: jobId, message: messageOf(error) }),
    );
  }, HEARTBEAT);
  return () => clearInterval(timer);
}

function describeFailure(error: unknown): RunFailure {
  const message = messageOf(error);
  if (error instanceof RenderError) return { code: error.code, message, retryable: error.retryable };
  if (error instanceof PlanError) return { code: error.code, message, retryable: false };
  if (error instanceof JoinError) return { code: "join_failed", message, retryable: false };
  if (error instanceof InputMissingError) return { code: "input_missing", message, retryable: false };
  // Whatever else is a fault of the platform or ours: another run may do, and the reason is kept.
  return { code: "internal_error", message, retryable: true };
}
