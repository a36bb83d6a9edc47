import { z } from "zod";
import { CodedError } from "../api/errors.ts";
import { rendererKinds } from "../api/task-state.ts";
import { encoderSchema } from "../protocol/render-job.ts";
import { type AllowedHost, parseAllowedHost } from "./allowed-hosts.ts";
import { isWebhookSecret } from "./webhook-secret.ts";

const MiB = 1024 * 1024;
/** A positive number, with its default. */
const number = (value: number) => z.coerce.number().positive().default(value);
/** Max seconds of a segment. At least 1, because the planner cuts at whole seconds. */
const segmentSeconds = (value: number) => number(value).pipe(z.number().min(1));
/** A whole number from 0, with its default. */
const count = (value: number) => z.coerce.number().int().nonnegative().default(value);
/** A whole number from 1, with its default. */
const integer = (value: number) => z.coerce.number().int().positive().default(value);

/** Words that are separated by spaces or commas. */
const list = z.string().transform((text) => text.split(/[\s,]+/).filter((word) => word !== ""));

const allowedHost = z.string().transform((text, context): AllowedHost => {
  const host = parseAllowedHost(text);
  if (host) return host;
  context.addIssue({ code: "custom", message: `${JSON.stringify(text)} is not a host or host:port` });
  return z.NEVER;
});

const webhookSecret = z
  .string()
  .refine(isWebhookSecret, { error: "must be whsec_ followed by 24 to 64 bytes in base64, or several of these" });

const origin = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

/** The origin of a web page as browsers send it (RFC 6454), or `*` for any origin. */
const pageOrigin = z.string().refine((text) => text === "*" || (URL.canParse(text) && new URL(text).origin === text), {
  error: "must be * or an origin such as https://example.com",
});

/** All settings, with their defaults. docs/configuration.md describes them. */
export const configSchema = z.object({
  PUBLIC_URL: origin.optional(),
  AUTH: z.enum(["on", "off"]).default("on"),
  STRICT_FIELDS: z.enum(["on", "off"]).default("on"),
  LINK_SECRETS: z
    .string()
    .transform((list) => list.split(",").map((item) => item.trim()))
    .pipe(z.array(z.string().min(32)).max(2))
    .optional(),
  CORS_ORIGINS: list.pipe(z.array(pageOrigin).min(1).max(50)).default(["*"]),
  LINK_LIFE_SECONDS: integer(86_400),
  // 0 means no quota.
  QUOTA_REQUESTS: count(1200),
  QUOTA_TASKS: count(1000),
  QUOTA_CHARACTERS: count(500_000),
  QUOTA_TOKENS: count(1_000_000),
  QUOTA_BYTES: count(100 * 1024 * MiB),
  RENDERER: z.enum(["auto", ...rendererKinds]).default("auto"),
  RENDERER_URL: z
    .string()
    .transform((list) => list.split(",").map((item) => item.trim()))
    .pipe(z.array(origin))
    .optional(),
  RENDERER_TOKEN: z.string().min(16).optional(),
  RENDERER_TRIES: integer(7),
  PROVIDER_TRIES: integer(8).pipe(z.number().max(8)),
  CONTAINER_INSTANCES: integer(5),
  CONTAINER_SLEEP_SECONDS: integer(300),
  WEBHOOK_SECRET: list.pipe(z.array(webhookSecret).min(1)).optional(),
  WEBHOOK_RETRY_SECONDS: list
    .pipe(z.array(z.coerce.number<string>().positive().max(604_800)).min(1).max(20))
    .default([5, 300, 1800, 7200, 18_000, 36_000, 50_400]),
  OUTBOUND_ALLOW: list.pipe(z.array(allowedHost)).default([]),
  DNS_OVER_HTTPS_URL: z.url({ protocol: /^https?$/ }).default("https://cloudflare-dns.com/dns-query"),
  INPUT_FETCH_SECONDS: number(300).pipe(z.number().max(600)),
  INPUT_RESPONSE_SECONDS: number(15).pipe(z.number().max(120)),
  INPUT_FIRST_BYTE_SECONDS: number(15).pipe(z.number().max(120)),
  INPUT_IDLE_SECONDS: number(15).pipe(z.number().max(120)),
  INPUT_RETRY_SECONDS: number(45).pipe(z.number().max(300)),
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

/** The service's settings. Each comes from an environment variable of the Worker: `[vars]` in wrangler.toml, or a secret. */
export type Config = z.infer<typeof configSchema>;

/** One or more settings are invalid. The message names each of them. It is for the log: clients do not see it. */
export class ConfigError extends CodedError {
  override name = "ConfigError";

  constructor(message: string, options?: ErrorOptions) {
    super("invalid_configuration", message, options);
  }
}

/**
 * Reads the settings from a Worker's environment. An empty value counts as missing.
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
