import { ConnectionError, EdgereelError } from "../edgereel-error.ts";

/** The exit codes of the command line, which the package's README documents. */
export const EXIT = {
  ok: 0,
  /** An unexpected error, or a file of this machine that cannot be read or written. */
  error: 1,
  /** A wrong command, argument or option. */
  usage: 2,
  /** The service refused the request: the message names the field. */
  refused: 3,
  /** The task failed or was cancelled. */
  failed: 4,
  /** The service did not answer, or cannot work now. */
  unavailable: 5,
  /** The API key is missing, wrong, or lacks the scope. */
  unauthorized: 6,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** A wrong argument, with what to do instead. */
export class UsageError extends Error {}

/** The exit code of an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (!(error instanceof EdgereelError)) return EXIT.error;
  if (error.task) return EXIT.failed;
  if (error instanceof ConnectionError) return EXIT.unavailable;
  if (error.status === 401 || error.status === 403) return EXIT.unauthorized;
  return error.status !== null && error.status < 500 && error.status !== 429 ? EXIT.refused : EXIT.unavailable;
}
