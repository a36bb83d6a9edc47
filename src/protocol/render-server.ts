import { z } from "zod";
import { mediaProbeSchema, renderFailureSchema, renderJobSchema } from "./render-job.ts";

/**
 * The HTTP protocol between the API Worker and the render server (`container/`):
 *
 * - `HEAD /inputs/{sha256}`: 200 if the server has these bytes, else 404.
 * - `PUT /inputs/{sha256}` with the raw bytes: 204, or a failure (`bad_input` if the SHA-256 does not match,
 *   `input_too_large`, `busy` if the cache is full of inputs in use).
 * - `POST /render` with {@link renderRequestSchema}: 200 `video/mp4`, or `image/jpeg` for stills, with Content-Length
 *   and Content-Digest (RFC 9530, SHA-256), or a failure.
 * - `POST /probe` with {@link probeRequestSchema}: {@link probeAnswerSchema}, or a failure.
 * - `GET /health`: {@link healthSchema}. The only request that needs no token.
 *
 * A failure is {@link serverFailureSchema} with the status from {@link FAILURE_STATUS}. If the server has a token,
 * requests need `Authorization: Bearer <token>`.
 */
export const RENDER_SERVER_PATHS = {
  input: (sha256: string) => `/inputs/${sha256}`,
  render: "/render",
  probe: "/probe",
  health: "/health",
} as const;

/** The SHA-256 of an input's bytes in lower-case hexadecimal. It names the input on the server. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hexadecimal");

const inputReferenceSchema = z.strictObject({ sha256: sha256Schema });

export const renderRequestSchema = z.strictObject({
  job: renderJobSchema,
  /** The inputs that the job's indexes refer to, in order. */
  inputs: z.array(inputReferenceSchema).min(1).max(256),
  limits: z.strictObject({
    /** Max run time of ffmpeg in seconds. Waiting in the server's queue does not count. */
    seconds: z.number().positive().max(3600),
    /** Max bytes that ffmpeg may write. */
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

/** The reason why the server could not answer a request: a failure of ffmpeg or of the server. */
export const serverFailureSchema = z.discriminatedUnion("code", [
  renderFailureSchema,
  /** The client must PUT the missing inputs and retry. The server may also have evicted them since an earlier PUT. */
  z.strictObject({
    ok: z.literal(false),
    code: z.literal("input_missing"),
    message: z.string(),
    missing: z.array(sha256Schema).min(1),
  }),
  /** All slots and the queue are full, or the server is shutting down. The response has Retry-After, in seconds. */
  z.strictObject({ ok: z.literal(false), code: z.literal("busy"), message: z.string() }),
  z.strictObject({
    ok: z.literal(false),
    code: z.enum(["unauthorized", "bad_request", "not_found", "input_too_large", "internal_error"]),
    message: z.string(),
  }),
]);
export type ServerFailure = z.infer<typeof serverFailureSchema>;

/** The HTTP status for each failure code. */
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
  /** The version that ffmpeg prints. */
  ffmpeg: z.string(),
  /** Max parallel jobs. */
  slots: z.number().int().positive(),
  running: z.number().int().nonnegative(),
  queued: z.number().int().nonnegative(),
  /** True during shutdown: the server finishes its jobs and accepts no new ones. */
  draining: z.boolean(),
});
export type Health = z.infer<typeof healthSchema>;

/** Formats a Base64 SHA-256 as a Content-Digest header (RFC 9530). */
export function describeDigest(sha256: string): string {
  return `sha-256=:${sha256}:`;
}

/** Reads the Base64 SHA-256 from a Content-Digest header, or null if it has none. */
export function readDigest(header: string | null): string | null {
  return /(?:^|[,\s])sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header ?? "")?.[1] ?? null;
}
