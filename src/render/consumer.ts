import type { Env } from "../env.ts";
import { log, messageOf } from "../log.ts";
import { jobMessageSchema } from "../tasks/jobs.ts";
import { HEARTBEAT, type RunFailure } from "../tasks/state.ts";
import type { TaskObject, Ticket } from "../tasks/task-object.ts";
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
  const { ticket, work } = claim;
  const heart = beat(task, jobId, ticket);
  try {
    await runJob({ env, taskId, jobId, ticket, work, task, signal: heart.signal });
  } catch (error) {
    if (heart.signal.aborted) return;
    await task.failRun(jobId, ticket, describeFailure(error));
  } finally {
    heart.stop();
  }
}

async function giveUp(body: unknown, env: Env): Promise<void> {
  const { taskId, jobId } = jobMessageSchema.parse(body);
  await env.TASKS.getByName(taskId).abandon(jobId);
}

/** Renews a run's lease until `stop` is called; `signal` aborts when nobody wants the result any more. */
function beat(
  task: DurableObjectStub<TaskObject>,
  jobId: string,
  ticket: Ticket,
): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const timer = setInterval(() => {
    Promise.resolve(task.heartbeat(jobId, ticket)).then(
      (answer) => answer === "gone" && controller.abort(new Error("the task was deleted")),
      // A lease that could not be renewed in time makes the job run again: harmless.
      (error) => log("heartbeat_failed", { job: jobId, message: messageOf(error) }),
    );
  }, HEARTBEAT);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}

function describeFailure(error: unknown): RunFailure {
  const message = messageOf(error);
  if (error instanceof RenderError) return { code: error.code, message, kind: error.kind };
  if (error instanceof PlanError) return { code: error.code, message, kind: "fatal" };
  if (error instanceof JoinError) return { code: "join_failed", message, kind: "fatal" };
  if (error instanceof InputMissingError) return { code: "input_missing", message, kind: "fatal" };
  // Whatever else is a fault of the platform or ours: another run may do, and the reason is kept.
  return { code: "internal_error", message, kind: "fault" };
}
