import { z } from "zod";
import { CodedError } from "../api/errors.ts";
import { rendererKinds } from "../api/task-state.ts";
import { encoderSchema } from "../protocol/render-job.ts";
import { type AllowedHost, parseAllowedHost } from "./allowed-hosts.ts";
import { isWebhookSecret } from "./webhook-secret.ts";

const MiB = 1024 * 1024;
const number = (value: number) => z.coerce.number().positive().default(value);
/** Seconds of the longest segment: the planner cuts at whole ones. */
const segmentSeconds = (value: number) => number(value).pipe(z.number().min(1));
/** A whole number, 0 too. */
const count = (value: number) => z.coerce.number().int().nonnegative().default(value);
const integer = (value: number) => z.coerce.number().int().positive().default(value);

/** Words with spaces or commas between. */
const list = z.string().transform((text) => text.split(/[\s,]+/).filter((word) => word !== ""));

const allowedHost = z.string().transform((text, context): AllowedHost => {
  const host = parseAllowedHost(text);
  if (host) return host;
  context.addIssue({ code: "custom", message: `${JSON.stringify(text)} is no host or host:port` });
  return z.NEVER;
});

const webhookSecret = z
  .string()
  .refine(isWebhookSecret, { error: "must be whsec_ and 24 to 64 bytes in base64, or several of these" });

const origin = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

/** A page's origin as browsers send it (RFC 6454), or `*` for any. */
const pageOrigin = z.string().refine((text) => text === "*" || (URL.canParse(text) && new URL(text).origin === text), {
  error: "must be * or an origin such as https://example.com",
});

/** A quota; 0 for none. */
const quota = (value: number) => z.coerce.number().int().nonnegative().default(value);

/** Every setting, with its default. */
export const configSchema = z.object({
  PUBLIC_URL: origin.optional(),
  AUTH: z.enum(["on", "off"]).default("on"),
  LINK_SECRETS: z
    .string()
    .transform((list) => list.split(",").map((item) => item.trim()))
    .pipe(z.array(z.string().min(32)).max(2))
    .optional(),
  CORS_ORIGINS: list.pipe(z.array(pageOrigin).min(1).max(50)).default(["*"]),
  LINK_LIFE_SECONDS: integer(86_400),
  QUOTA_REQUESTS: quota(1200),
  QUOTA_TASKS: quota(1000),
  QUOTA_BYTES: quota(100 * 1024 * MiB),
  RENDERER: z.enum(["auto", ...rendererKinds]).default("auto"),
  RENDERER_URL: z
    .string()
    .transform((list) => list.split(",").map((item) => item.trim()))
    .pipe(z.array(origin))
    .optional(),
  RENDERER_TOKEN: z.string().min(16).optional(),
  RENDERER_TRIES: integer(7),
  CONTAINER_INSTANCES: integer(5),
  CONTAINER_SLEEP_SECONDS: integer(300),
  WEBHOOK_SECRET: list.pipe(z.array(webhookSecret).min(1)).optional(),
  WEBHOOK_RETRY_SECONDS: list
    .pipe(z.array(z.coerce.number<string>().positive().max(604_800)).min(1).max(20))
    .default([5, 300, 1800, 7200, 18_000, 36_000, 50_400]),
  OUTBOUND_ALLOW: list.pipe(z.array(allowedHost)).default([]),
  DNS_OVER_HTTPS_URL: z.url({ protocol: /^https?$/ }).default("https://cloudflare-dns.com/dns-query"),
  INPUT_FETCH_SECONDS: number(300).pipe(z.number().max(600)),
  UPLOAD_MAX_BYTES: integer(2048 * MiB),
  TASK_WINDOW: integer(8),
  RETENTION_DAYS: z.coerce.number().nonnegative().default(0),
  SWEEP_GRACE_SECONDS: count(3600),
  SWEEP_TASKS: integer(1000),
  SWEEP_OBJECTS: integer(10_000),
  NATIVE_SHORT_SIDE: integer(1080).pipe(z.number().min(64).max(2160).multipleOf(2)),
  NATIVE_SEGMENT_SECONDS: segmentSeconds(5),
  NATIVE_INPUT_BYTES: integer(2048 * MiB),
  NATIVE_TOTAL_SECONDS: number(7200),
  NATIVE_PRESET: encoderSchema.shape.preset.default("veryfast"),
  NATIVE_CRF: z.coerce.number().pipe(encoderSchema.shape.crf).default(23),
  NATIVE_JOB_SECONDS: number(600).pipe(z.number().max(3600)),
  NATIVE_OUTPUT_BYTES: integer(512 * MiB),
  WASM_SHORT_SIDE: integer(720).pipe(z.number().min(64).max(2160).multipleOf(2)),
  WASM_SEGMENT_SECONDS: segmentSeconds(2),
  WASM_SEGMENT_PIXEL_SECONDS: number(2_500_000),
  WASM_INPUT_BYTES: integer(32 * MiB),
  WASM_TOTAL_SECONDS: number(180),
  WASM_PRESET: encoderSchema.shape.preset.default("ultrafast"),
  WASM_CRF: z.coerce.number().pipe(encoderSchema.shape.crf).default(23),
});

/** The service's settings. Each is an environment variable (`[vars]`), described in docs/configuration.md. */
export type Config = z.infer<typeof configSchema>;

/** A setting with a value that makes no sense. The message names every one. */
export class ConfigError extends CodedError {
  override name = "ConfigError";

  constructor(message: string, options?: ErrorOptions) {
    super("invalid_configuration", message, options);
  }
}

/**
 * Reads the settings from a Worker's environment. An empty string counts as not set.
 *
 * @throws ConfigError
 */
export function readConfig(env: object): Config {
  const given = Object.fromEntries(
    Object.keys(configSchema.shape).map((name) => {
      const value = (env as Record<string, unknown>)[name];
      return [name, value === "" ? undefined : (value ?? undefined)];
    }),
  );
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new ConfigError(`invalid configuration: ${faults.join("; ")}`);
}
