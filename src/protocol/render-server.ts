import { z } from "zod";
import { mediaProbeSchema, renderFailureSchema, renderJobSchema } from "./render-job.ts";

/**
 * What the Worker and the render server (`container/`) say to each other over HTTP:
 *
 * - `HEAD /inputs/{sha256}`: 200 when the server holds those bytes, else 404.
 * - `PUT /inputs/{sha256}`: the raw bytes; 204, or a failure (`bad_input` when they hash otherwise,
 *   `input_too_large`, `busy` when the cache is full of inputs in use).
 * - `POST /render` with {@link renderRequestSchema}: 200 `video/mp4`, or `image/jpeg`
 *   for stills, with its Content-Length and its SHA-256 as Content-Digest (RFC 9530), or a failure.
 * - `POST /probe` with {@link probeRequestSchema}: {@link probeAnswerSchema}, or a failure.
 * - `GET /health`: {@link healthSchema}; the only one that needs no token.
 *
 * A failure is {@link serverFailureSchema} with the status of {@link FAILURE_STATUS}. Where the server
 * has a token, requests carry `Authorization: Bearer <token>`.
 */
export const RENDER_SERVER_PATHS = {
  input: (sha256: string) => `/inputs/${sha256}`,
  render: "/render",
  probe: "/probe",
  health: "/health",
} as const;

/** SHA-256 of an input's bytes in lower-case hexadecimal: its name on the server. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hexadecimal");

const inputReferenceSchema = z.strictObject({ sha256: sha256Schema });

export const renderRequestSchema = z.strictObject({
  job: renderJobSchema,
  /** What the job's indexes refer to, in order. */
  inputs: z.array(inputReferenceSchema).min(1).max(256),
  limits: z.strictObject({
    /** Longest time that ffmpeg may run, in seconds; waiting in the queue does not count. */
    seconds: z.number().positive().max(3600),
    /** Most bytes that ffmpeg may write. */
    outputBytes: z
      .number()
      .int()
      .positive()
      .max(8 * 1024 ** 3),
  }),
});
export type RenderRequest = z.infer<typeof renderRequestSchema>;

export const probeRequestSchema = z.strictObject({ input: inputReferenceSchema });
export type ProbeRequest = z.infer<typeof probeRequestSchema>;

export const probeAnswerSchema = z.strictObject({ ok: z.literal(true), probe: mediaProbeSchema });
export type ProbeAnswer = z.infer<typeof probeAnswerSchema>;

/** Why the server did not do what it was asked: ffmpeg's failures, and the server's own. */
export const serverFailureSchema = z.discriminatedUnion("code", [
  renderFailureSchema,
  /** PUT these, then ask again. They may also have been dropped since they were PUT. */
  z.strictObject({
    ok: z.literal(false),
    code: z.literal("input_missing"),
    message: z.string(),
    missing: z.array(sha256Schema).min(1),
  }),
  /** Slots and queue are full, or the server is about to end. Comes with Retry-After, in seconds. */
  z.strictObject({ ok: z.literal(false), code: z.literal("busy"), message: z.string() }),
  z.strictObject({
    ok: z.literal(false),
    code: z.enum(["unauthorized", "bad_request", "not_found", "input_too_large", "internal_error"]),
    message: z.string(),
  }),
]);
export type ServerFailure = z.infer<typeof serverFailureSchema>;

/** The HTTP status of each failure. */
export const FAILURE_STATUS = {
  bad_request: 400,
  unauthorized: 401,
  not_found: 404,
  input_missing: 409,
  input_too_large: 413,
  bad_input: 422,
  ffmpeg_failed: 422,
  output_limit: 422,
  internal_error: 500,
  busy: 503,
  timeout: 504,
  out_of_memory: 507,
} as const satisfies Record<ServerFailure["code"], number>;

export const healthSchema = z.strictObject({
  ok: z.literal(true),
  /** Version of ffmpeg, as it prints it. */
  ffmpeg: z.string(),
  /** How many jobs run at once. */
  slots: z.number().int().positive(),
  running: z.number().int().nonnegative(),
  queued: z.number().int().nonnegative(),
  /** True once the server was told to end: it finishes what it has, and takes no more. */
  draining: z.boolean(),
});
export type Health = z.infer<typeof healthSchema>;

/** A SHA-256 in Base64 as the header Content-Digest (RFC 9530) has it. */
export function describeDigest(sha256: string): string {
  return `sha-256=:${sha256}:`;
}

/** The SHA-256 of a Content-Digest, in Base64; null where it has none. */
export function readDigest(header: string | null): string | null {
  return /(?:^|[,\s])sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header ?? "")?.[1] ?? null;
}
