import { CodedError } from "../api/errors.ts";
import type { TaskObject } from "../tasks/object/task-object.ts";
import { HEARTBEAT_MS, RUN_LIMIT_MS } from "../tasks/retry.ts";
import type { Ticket } from "../tasks/task-calls.ts";
import { log, messageOf } from "../util/log.ts";

/** The heartbeat of a run. */
export interface Heartbeat {
  /** Aborts when the run takes too long, or the result is no longer wanted and the run need not finish. */
  signal: AbortSignal;
  /** Rejects when the signal aborts. A run may await something that never settles, and its batch awaits the run. */
  ended: Promise<never>;
  /** Whether the task no longer wants the result. */
  unwanted(): boolean;
  stop(): void;
}

/**
 * Renews a run's lease every few seconds until it is stopped, and learns whether the task still wants the result.
 *
 * @param options.finish whether the run goes on although its result is no longer wanted.
 */
export function startHeartbeat(
  task: DurableObjectStub<TaskObject>,
  jobId: string,
  ticket: Ticket,
  { finish }: { finish: boolean },
): Heartbeat {
  const controller = new AbortController();
  const started = Date.now();
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  let unwanted = false;
  const end = (error: Error) => {
    clearInterval(timer);
    ended.reject(error);
    controller.abort(error);
  };
  const timer = setInterval(() => {
    if (Date.now() - started > RUN_LIMIT_MS) {
      end(new CodedError("timeout", `the run took longer than ${RUN_LIMIT_MS / 60_000} minutes`));
      return;
    }
    if (unwanted) return;
    Promise.resolve(task.heartbeat(jobId, ticket)).then(
      (answer) => {
        if (answer !== "gone") return;
        unwanted = true;
        if (finish) return;
        end(new Error("the task was deleted or has ended, or another run replaced this one"));
      },
      // If the lease is not renewed in time, the job runs again, which is harmless.
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
