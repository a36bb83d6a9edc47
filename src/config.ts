import { z } from "zod";
import { encoderSchema } from "./render/protocol.ts";

const MiB = 1024 * 1024;
const number = (value: number) => z.coerce.number().positive().default(value);
const integer = (value: number) => z.coerce.number().int().positive().default(value);

/** Every setting, with its default. */
export const configSchema = z.object({
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
  RENDERER: z.enum(["auto", "wasm"]).default("auto"),
  UPLOAD_MAX_BYTES: integer(2048 * MiB),
  TASK_WINDOW: integer(4),
  WASM_SHORT_SIDE: integer(720).pipe(z.number().min(64).max(2160).multipleOf(2)),
  WASM_SEGMENT_SECONDS: number(2),
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
    Object.keys(configSchema.shape).map((name) => [name, (env as Record<string, unknown>)[name] || undefined]),
  );
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new ConfigError(`invalid configuration: ${faults.join("; ")}`);
}
