import type { ErrorCode, Task } from "./types.ts";

/** What is known about an error. */
export interface ErrorDetails {
  /** HTTP status of the response. */
  status?: number | undefined;
  /** Seconds that the service asks the client to wait. */
  retryAfter?: number | undefined;
  /** Overrides what is usual for the code. */
  retryable?: boolean | undefined;
  /** The task that failed. */
  task?: Task | undefined;
  cause?: unknown;
}

/** The fields that begin a message, such as `video_materials[0].url: `. */
const FIELD = /^([A-Za-z_][\w.\-[\]]*): /;

/**
 * Any error of the service. Each code of the service has a class of its own, such as `NotFoundError`: use `instanceof`, or
 * compare `code`.
 */
export class EdgereelError extends Error {
  /** The code of this class; null for a response whose code this version of the client does not know. */
  static readonly code: string | null = null;
  /** Whether the same request usually may succeed later without any change. */
  static readonly retryable: boolean = false;

  readonly code: ErrorCode | null;
  /** HTTP status of the response; null if a task failed, or if there was no response. */
  readonly status: number | null;
  /** Whether the same request, or a retry of the task, may succeed without any change. */
  readonly retryable: boolean;
  /** Seconds to wait before the next attempt; null if the service did not say. */
  readonly retryAfter: number | null;
  /** The field or header that the message is about, such as `video_clip_duration`; null if it names none. */
  readonly field: string | null;
  /** The task that failed; null if a request failed. */
  readonly task: Task | null;

  constructor(message: string, { status, retryAfter, retryable, task, cause }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    const { code, retryable: usually } = new.target;
    this.code = code as ErrorCode | null;
    this.name = code === null ? "EdgereelError" : `EdgereelError [${code}]`;
    this.status = status ?? null;
    this.retryable = retryable ?? usually;
    this.retryAfter = retryAfter ?? null;
    this.field = FIELD.exec(message)?.[1] ?? null;
    this.task = task ?? null;
  }
}

/** The service did not answer, not even after retries, or its answer could not be read. */
export class ConnectionError extends EdgereelError {
  static override readonly retryable: boolean = true;
}

/** A webhook whose signature is wrong, or whose time is too far from now. */
export class WebhookVerificationError extends EdgereelError {}
