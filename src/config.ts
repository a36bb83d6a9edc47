import { z } from "zod";
import { encoderSchema } from "./render/protocol.ts";
import { rendererKinds } from "./tasks/jobs.ts";

const MiB = 1024 * 1024;
const number = (value: number) => z.coerce.number().positive().default(value);
/** Seconds of the longest segment: the planner cuts at whole ones. */
const segmentSeconds = (value: number) => number(value).pipe(z.number().min(1));
/** A whole number, 0 too. */
const count = (value: number) => z.coerce.number().int().nonnegative().default(value);
const integer = (value: number) => z.coerce.number().int().positive().default(value);

const origin = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

/** Every setting, with its default. */
export const configSchema = z.object({
  PUBLIC_URL: origin.optional(),
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

/** The service's settings; each is an environment variable (`[vars]`), listed in the README. */
export type Config = z.infer<typeof configSchema>;

/** A setting with a value that makes no sense. The message names every one. */
export class ConfigError extends Error {
  override name = "ConfigError";
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
