import { messageOf } from "./log.ts";

/** workerd's error for a service binding whose Worker does not run on this machine. */
const NOT_RUNNING = /not found\. Make sure it is running locally/;

/** Whether a call failed because the Worker behind a service binding does not run on this machine. */
export function isWorkerNotRunning(error: unknown): boolean {
  return NOT_RUNNING.test(messageOf(error));
}
