import { type FileHandle, link, open } from "node:fs/promises";
import { join } from "node:path";
import { JOB_FILES } from "../../src/ffmpeg/job-files.ts";
import {
  decodeTestArguments,
  durationArguments,
  ffprobeArguments,
  lacksDuration,
  readProbe,
  withMeasuredDuration,
} from "../../src/ffmpeg/probe.ts";
import { ffmpegRuns } from "../../src/ffmpeg/render-job-runs.ts";
import type { MediaProbe, RenderFailure, RenderJob } from "../../src/protocol/render-job.ts";
import type { RenderRequest } from "../../src/protocol/render-server.ts";
import { FailureError } from "./failure.ts";
import { type ProcessEnd, type ProcessLimits, runLimited } from "./limited-process.ts";
import { layOut } from "./work-directory.ts";

/** What every run shares. */
export interface RunOptions {
  /** A fresh working directory. */
  directory: string;
  /** Folder for fontconfig's cache. */
  cache: string;
  threads: number;
  memoryBytes: number;
  signal: AbortSignal;
}

/** Bytes of ffprobe's description of one file; a usual one has some thousands. */
const DESCRIPTION_BYTES = 4 * 1024 * 1024;
/** What ffmpeg, x264 and libass say when they get no more memory. */
const NO_MEMORY = /Cannot allocate memory|malloc of size \d+ failed|std::bad_alloc/;
const DISK_FULL = /No space left on device/;

/**
 * Runs a job.
 *
 * @param paths the job's inputs, in order.
 * @returns the output, open for reading.
 * @throws FailureError when ffmpeg fails or a limit is reached; the signal's reason when it aborts.
 */
export async function render(
  job: RenderJob,
  paths: readonly string[],
  limits: RenderRequest["limits"],
  options: RunOptions,
): Promise<FileHandle> {
  await layOut(options.directory, job, paths);
  const runs = ffmpegRuns(job, { threads: options.threads });
  // The time limit is the job's: what one of its runs took is not there for the next.
  const deadline = Date.now() + limits.seconds * 1000;
  const toTheEnd = async (args: string[]) => {
    const seconds = Math.max(0.001, (deadline - Date.now()) / 1000);
    const end = await run(["ffmpeg", ...args], options, { seconds, fileBytes: limits.outputBytes, stdoutBytes: 0 });
    succeeded(end, "ffmpeg_failed", "ffmpeg could not do this job");
    return end.log;
  };
  let next = runs.next();
  while (!next.done) next = runs.next(await toTheEnd(next.value));
  await toTheEnd(next.value);
  return open(join(options.directory, JOB_FILES.output));
}

/**
 * Describes a media file and decodes its beginning.
 *
 * @param seconds for both steps, each.
 * @throws FailureError as {@link render}; `bad_input` when ffmpeg cannot read or decode it.
 */
export async function probe(path: string, seconds: number, options: RunOptions): Promise<MediaProbe> {
  const limits = { seconds, fileBytes: 0, stdoutBytes: DESCRIPTION_BYTES };
  const file = JOB_FILES.input(0);
  await link(path, join(options.directory, file));
  const described = await run(["ffprobe", ...ffprobeArguments(file)], options, limits);
  const found = described.reason === "exit" ? readProbe(described.stdout) : null;
  if (!found) {
    succeeded(described, "bad_input", "ffmpeg cannot read this file");
    throw failure("bad_input", "ffmpeg finds neither picture nor sound in this file", described);
  }
  const decoded = await run(["ffmpeg", ...decodeTestArguments(file, found)], options, limits);
  succeeded(decoded, "bad_input", "ffmpeg cannot decode this file");
  if (!lacksDuration(found)) return found;
  const read = await run(["ffmpeg", ...durationArguments(file, found)], options, limits);
  succeeded(read, "bad_input", "ffmpeg cannot read this file to its end");
  return read.reason === "exit" ? withMeasuredDuration(found, read.stdout) : found;
}

/** ffmpeg's version, or null where there is none. */
export async function ffmpegVersion(options: Omit<RunOptions, "threads">): Promise<string | null> {
  const end = await run(["ffmpeg", "-hide_banner", "-version"], options, {
    seconds: 30,
    fileBytes: 0,
    stdoutBytes: DESCRIPTION_BYTES,
  });
  return end.reason === "exit" && end.code === 0 ? (/^ffmpeg version (\S+)/.exec(end.stdout)?.[1] ?? null) : null;
}

function run(
  command: [string, ...string[]],
  { directory, cache, memoryBytes, signal }: Omit<RunOptions, "threads">,
  limits: Omit<ProcessLimits, "memoryBytes">,
): Promise<ProcessEnd> {
  return runLimited(command, { cwd: directory, cache, signal, limits: { ...limits, memoryBytes } });
}

/**
 * @param code of ffmpeg's own failure; `bad_input` where it only reads, so that a file is to blame for the
 * memory that it asks for.
 * @throws FailureError of that code, or of another when ffmpeg reached a limit.
 */
function succeeded(end: ProcessEnd, code: RenderFailure["code"], message: string): void {
  if (NO_MEMORY.test(end.log) && !(end.reason === "exit" && end.code === 0)) {
    const reads = code === "bad_input";
    throw failure(reads ? code : "out_of_memory", "ffmpeg needs more memory than it may have", end);
  }
  switch (end.reason) {
    case "exit":
      if (end.code === 0) return;
      if (DISK_FULL.test(end.log)) {
        throw new FailureError({ ok: false, code: "internal_error", message: "the server's disk is full" });
      }
      throw failure(code, `${message}: it ended with code ${end.code}`, end);
    case "signal":
      throw failure(code, `${message}: it was ended by ${end.signal}`, end);
    case "timeout":
      throw failure("timeout", "ffmpeg took longer than it may", end);
    case "file_limit":
      throw failure("output_limit", "ffmpeg wrote more than it may", end);
    case "stdout_limit":
      throw failure(code, `${message}: it printed more than it may`, end);
    case "killed":
      throw failure("out_of_memory", "the system killed ffmpeg, as it does when memory runs out", end);
    default:
      end satisfies never;
  }
}

function failure(code: RenderFailure["code"], message: string, { log }: ProcessEnd): FailureError {
  return new FailureError({ ok: false, code, message, log: log.trim() });
}
