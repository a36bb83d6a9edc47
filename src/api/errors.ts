import type { FailedStage } from "./task-state.ts";

/**
 * Every error code of the service, in one place. The HTTP status of a response, the OpenAPI document,
 * docs/errors.md, a task's `failure` and the decision to run a failed job again all come from these tables.
 */

/** What to do with a job after a failed run. The delays and limits are in tasks/retry.ts. */
export type Rerun =
  /** Fail the task: the same job would fail again. */
  | "never"
  /** Run the job again after a short wait. */
  | "soon"
  /** The renderer did not answer. Run the job again. After a few attempts, plan the task for another renderer. */
  | "renderer_away"
  /** The renderer has no free slot. Run the job again, for about two hours. */
  | "renderer_full";

interface ErrorDefinition {
  /** One sentence for the documentation. */
  meaning: string;
  /** HTTP status of a response with this error; null if no response has it. */
  status: number | null;
  /** Whether the same request, or a retry of the task, may succeed without any change. */
  retryable: boolean;
}

interface TaskErrorDefinition extends ErrorDefinition {
  rerun: Rerun;
  /** MoneyPrinterTurbo's name for what failed; null if the name depends on the stage of the task. */
  failedStage: FailedStage | null;
}

/** Errors of a request. A task never fails with one of them. */
export const requestErrors = {
  invalid_request: {
    status: 400,
    retryable: false,
    meaning: "The request is invalid. The message names the field and says what is wrong with it.",
  },
  unauthenticated: { status: 401, retryable: false, meaning: "The API key is missing, unknown, expired or revoked." },
  forbidden: {
    status: 403,
    retryable: false,
    meaning:
      "The API key lacks the scope, the link has expired or is for another URL, or web pages of this origin may not use the service.",
  },
  not_found: { status: 404, retryable: false, meaning: "The task, file or path does not exist." },
  method_not_allowed: {
    status: 405,
    retryable: false,
    meaning: "The path does not support this HTTP method; `Allow` lists the methods that it supports.",
  },
  conflict: {
    status: 409,
    retryable: false,
    meaning: "The request conflicts with the current state; the message says why.",
  },
  precondition_failed: {
    status: 412,
    retryable: false,
    meaning: "A precondition header does not match the file, or the version in `Tus-Resumable` is not supported.",
  },
  too_large: { status: 413, retryable: false, meaning: "The body or file is larger than the limit." },
  url_too_long: { status: 414, retryable: false, meaning: "The URL is too long." },
  range_not_satisfiable: { status: 416, retryable: false, meaning: "The range lies outside the file." },
  quota_exceeded: {
    status: 429,
    retryable: true,
    meaning: "The owner has used up a quota; `Retry-After` says how many seconds to wait.",
  },
  headers_too_long: { status: 431, retryable: false, meaning: "The request's headers are too long." },
  checksum_mismatch: {
    status: 460,
    retryable: true,
    meaning: "The bytes of a resumable upload do not match `Upload-Checksum`. None of them were kept; send them again.",
  },
  invalid_configuration: {
    status: 500,
    retryable: false,
    meaning: "A setting of the service is invalid; the service log names it.",
  },
  not_configured: {
    status: 503,
    retryable: false,
    meaning: "The service lacks a setting or an API key; the message says which and how to add it.",
  },
  database_unavailable: {
    status: 503,
    retryable: true,
    meaning: "The database did not answer; nothing was changed.",
  },
} as const satisfies Record<string, ErrorDefinition>;

/** Errors that a task can fail with. Those with a status also answer requests, such as an upload or a dry run. */
export const taskErrors = {
  renderer_limit: {
    status: 400,
    retryable: false,
    rerun: "never",
    failedStage: "preflight",
    meaning: "The request exceeds a limit of the renderer; the message says what to change.",
  },
  material_missing: {
    status: 400,
    retryable: false,
    rerun: "never",
    failedStage: "materials",
    meaning: "A material that the request names is missing.",
  },
  bad_input: {
    status: 415,
    retryable: false,
    rerun: "never",
    failedStage: "materials",
    meaning: "ffmpeg cannot read or decode a file.",
  },
  unsupported_file: {
    status: 415,
    retryable: false,
    rerun: "never",
    failedStage: "materials",
    meaning: "The format of a file is not supported.",
  },
  input_missing: {
    status: 409,
    retryable: false,
    rerun: "never",
    failedStage: "materials",
    meaning: "An uploaded file is no longer stored: it was deleted, or replaced more than a day ago.",
  },
  input_refused: {
    status: 400,
    retryable: false,
    rerun: "never",
    failedStage: "materials",
    meaning:
      "A linked file may not be fetched, is too large, is a web page or a playlist, or is not a file of the expected kind.",
  },
  // The run of the job has fetched the file again already.
  input_unreachable: {
    status: null,
    retryable: true,
    rerun: "never",
    failedStage: "materials",
    meaning: "The host of a linked file did not answer or does not have the file.",
  },
  ffmpeg_failed: {
    status: null,
    retryable: false,
    rerun: "never",
    failedStage: null,
    meaning: "ffmpeg failed; the message holds the last lines that it printed.",
  },
  output_limit: {
    status: null,
    retryable: false,
    rerun: "never",
    failedStage: null,
    meaning: "A rendered segment is larger than the limit.",
  },
  join_failed: {
    status: null,
    retryable: false,
    rerun: "never",
    failedStage: null,
    meaning:
      "The rendered segments do not fit together, for example because the picture size of a clip changes in the middle.",
  },
  timeout: {
    status: null,
    retryable: true,
    rerun: "soon",
    failedStage: null,
    meaning: "A job took too long, and so did its retries.",
  },
  out_of_memory: {
    status: null,
    retryable: true,
    rerun: "soon",
    failedStage: null,
    meaning: "A job needed too much memory, and so did its retries.",
  },
  renderer_unavailable: {
    status: 503,
    retryable: true,
    rerun: "renderer_away",
    failedStage: null,
    meaning: "The renderer did not answer, not even after retries.",
  },
  renderer_busy: {
    status: 503,
    retryable: true,
    rerun: "renderer_full",
    failedStage: null,
    meaning: "The renderer had no free slot for about two hours.",
  },
  model_unavailable: {
    status: 503,
    retryable: true,
    rerun: "soon",
    failedStage: null,
    meaning: "The language model did not answer, or its answer could not be used.",
  },
  voice_unavailable: {
    status: 503,
    retryable: true,
    rerun: "soon",
    failedStage: "audio",
    meaning: "No voice can speak the text: the provider did not answer, or no voice speaks the language.",
  },
  footage_unavailable: {
    status: null,
    retryable: true,
    rerun: "soon",
    failedStage: "materials",
    meaning: "The footage providers did not answer.",
  },
  footage_not_found: {
    status: null,
    retryable: false,
    rerun: "never",
    failedStage: "materials",
    meaning: "No footage was found for any search term.",
  },
  picture_unavailable: {
    status: null,
    retryable: true,
    rerun: "soon",
    failedStage: "materials",
    meaning: "The picture provider did not make a picture.",
  },
  provider_limit: {
    status: 503,
    retryable: true,
    rerun: "soon",
    failedStage: null,
    meaning: "A provider's limit or credit is used up. `Retry-After` says how long to wait, if the provider said so.",
  },
  provider_refused: {
    status: 503,
    retryable: false,
    rerun: "never",
    failedStage: null,
    meaning: "A provider refused the request, for example because its API key is wrong.",
  },
  provider_failed: {
    status: 503,
    retryable: true,
    rerun: "soon",
    failedStage: null,
    meaning: "A provider failed, or its answer could not be used.",
  },
  author_unavailable: {
    status: 503,
    retryable: true,
    rerun: "soon",
    failedStage: null,
    meaning: "The author Worker, which calls language models, voices and footage providers, did not answer.",
  },
  job_lost: {
    status: null,
    retryable: true,
    rerun: "never",
    failedStage: "pipeline",
    meaning: "A worker took a job and never reported back, and retries of the job ended the same way.",
  },
  queue_stalled: {
    status: null,
    retryable: true,
    rerun: "never",
    failedStage: "pipeline",
    meaning: "No worker took a job from the queue for hours.",
  },
  queue_failed: {
    status: null,
    retryable: true,
    rerun: "never",
    failedStage: "pipeline",
    meaning: "The queue could not deliver a job to a worker.",
  },
  cancelled: {
    status: null,
    retryable: true,
    rerun: "never",
    failedStage: null,
    meaning: "The task was cancelled on request.",
  },
  internal_error: {
    status: 500,
    retryable: true,
    rerun: "soon",
    failedStage: "pipeline",
    meaning: "Any other error; a task's message says which.",
  },
} as const satisfies Record<string, TaskErrorDefinition>;

/** All error codes with their definitions. */
export const errorTable = { ...requestErrors, ...taskErrors };

export type TaskErrorCode = keyof typeof taskErrors;
export type ErrorCode = keyof typeof errorTable;

/** The codes of {@link taskErrors}, in its order. */
export const taskErrorCodes = Object.keys(taskErrors) as [TaskErrorCode, ...TaskErrorCode[]];

/** Whether a task can fail with this code. */
export function isTaskErrorCode(code: string): code is TaskErrorCode {
  return Object.hasOwn(taskErrors, code);
}

/** Properties of a single error that differ from its code's row in the table. */
export interface ErrorOverrides extends ErrorOptions {
  retryable?: boolean;
  rerun?: Rerun;
  /** The shortest wait before another run, in seconds, as a provider's `Retry-After` says; null if unknown. */
  retryAfterSeconds?: number | null;
  /** HTTP headers that belong to a response with this error, such as `Retry-After`. */
  headers?: Readonly<Record<string, string>>;
}

/**
 * An error with a code from the table. Every error that the service reports to a client is one of these. Any other
 * exception counts as `internal_error`. Clients see the message, so it must not contain storage keys or secrets.
 */
export class CodedError extends Error {
  override name = "CodedError";
  readonly code: ErrorCode;
  /** Whether the same request, or a retry of the task, may succeed without any change. */
  readonly retryable: boolean;
  /** What to do with a job whose run ended with this error. */
  readonly rerun: Rerun;
  readonly retryAfterSeconds: number | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    message: string,
    { retryable, rerun, retryAfterSeconds, headers, ...options }: ErrorOverrides = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryable = retryable ?? errorTable[code].retryable;
    this.rerun = rerun ?? (isTaskErrorCode(code) ? taskErrors[code].rerun : "never");
    this.retryAfterSeconds = retryAfterSeconds ?? null;
    const retryAfter = retryAfterSeconds ? { "retry-after": String(Math.ceil(retryAfterSeconds)) } : {};
    this.headers = headers ?? retryAfter;
  }
}

/** Copies an error and puts the name of a request field in front of its message. */
export function inField(field: string, error: CodedError): CodedError {
  const { code, message, retryable, rerun, retryAfterSeconds, headers, cause } = error;
  return new CodedError(code, `${field}: ${message}`, { retryable, rerun, retryAfterSeconds, headers, cause });
}

/**
 * Runs a check, and puts the name of a request field in front of the message of a {@link CodedError}.
 *
 * @throws CodedError
 */
export function checkField<T>(field: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof CodedError ? inField(field, error) : error;
  }
}
