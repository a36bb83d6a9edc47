import { availableParallelism, totalmem } from "node:os";
import { z } from "zod";

const MiB = 1024 * 1024;
const integer = (value: number) => z.coerce.number().int().positive().default(value);

const settingsSchema = z.object({
  HOST: z.string().default("127.0.0.1"),
  /** 0 selects a free port. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(8081),
  RENDERER_TOKEN: z.string().optional(),
  /** Directory for inputs and jobs. Each server needs its own. */
  SCRATCH_DIR: z.string().optional(),
  SLOTS: integer(availableParallelism()),
  /** Threads of one ffmpeg. */
  THREADS: z.coerce.number().int().positive().optional(),
  /** Max jobs that wait for a slot. */
  QUEUE: z.coerce.number().int().nonnegative().optional(),
  INPUT_CACHE_BYTES: integer(4096 * MiB),
  INPUT_MAX_BYTES: integer(2048 * MiB),
  /** Max memory of one ffmpeg. */
  MEMORY_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .min(64 * MiB)
    .optional(),
  PROBE_SECONDS: z.coerce.number().positive().default(30),
  /** Max time between two chunks of a request or response body. */
  IDLE_SECONDS: z.coerce.number().positive().default(60),
});

type Read = z.infer<typeof settingsSchema>;

/** The server's settings. Each is an environment variable; `container/README.md` lists them. */
export type Settings = Read & {
  QUEUE: number;
  MEMORY_LIMIT_BYTES: number;
  /** Threads of one ffmpeg. */
  threads: number;
};

/** Some settings are invalid. The message lists all of them. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/**
 * Reads the settings from environment variables. An empty variable counts as missing.
 *
 * @throws SettingsError if a setting is invalid.
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const parsed = settingsSchema.safeParse(
    Object.fromEntries(Object.keys(settingsSchema.shape).map((name) => [name, env[name] || undefined])),
  );
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new SettingsError(`invalid configuration: ${faults.join("; ")}`);
  }
  const read = parsed.data;
  return {
    ...read,
    QUEUE: read.QUEUE ?? Math.max(16, read.SLOTS * 4),
    MEMORY_LIMIT_BYTES: read.MEMORY_LIMIT_BYTES ?? defaultMemory(read.SLOTS),
    threads: read.THREADS ?? Math.max(1, Math.floor(availableParallelism() / read.SLOTS)),
  };
}

/** 80 % of the memory divided by the slots. In a container, the memory is the cgroup's limit. */
function defaultMemory(slots: number): number {
  const constrained = process.constrainedMemory();
  const total = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.max(512 * MiB, Math.floor((total * 0.8) / slots));
}
