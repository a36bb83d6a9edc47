import type { TaskObject } from "../tasks/object/task-object.ts";
import { runFailureOf } from "../tasks/retry.ts";
import type { Ticket } from "../tasks/task-calls.ts";
import { startHeartbeat } from "./heartbeat.ts";

/**
 * Does the work of a claimed run while its heartbeat renews the lease, and reports a failure to the TaskObject. A result
 * that is no longer wanted is no failure.
 *
 * @param work gets a signal that aborts when the result is no longer wanted, or the run takes too long.
 * @param options.finish whether the work goes on to its end although its result is no longer wanted.
 * @throws errors of the TaskObject.
 */
export async function runWithHeartbeat(
  task: DurableObjectStub<TaskObject>,
  jobId: string,
  ticket: Ticket,
  work: (signal: AbortSignal) => Promise<void>,
  options: { finish: boolean } = { finish: false },
): Promise<void> {
  const heartbeat = startHeartbeat(task, jobId, ticket, options);
  try {
    await Promise.race([work(heartbeat.signal), heartbeat.ended]);
  } catch (error) {
    if (heartbeat.unwanted()) return;
    await task.failRun(jobId, ticket, runFailureOf(error));
  } finally {
    heartbeat.stop();
  }
}
