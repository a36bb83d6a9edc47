import { type FileHandle, link, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { JOB_FILES } from "../../src/ffmpeg/job-files.ts";
import { probeRuns } from "../../src/ffmpeg/probe.ts";
import { ffmpegRuns } from "../../src/ffmpeg/render-job-runs.ts";
import { inspectStill, MAX_STILL_BYTES, type Still } from "../../src/ffmpeg/stills/inspect-still.ts";
import { PictureFileError } from "../../src/ffmpeg/stills/picture-file-error.ts";
import { STILL_HEAD_BYTES, stillFormat } from "../../src/ffmpeg/stills/still-format.ts";
import { probedStillName, stillProbeRuns } from "../../src/ffmpeg/stills/still-probe-runs.ts";
import type { MediaProbe, RenderFailure, RenderJob } from "../../src/protocol/render-job.ts";
import type { RenderRequest } from "../../src/protocol/render-server.ts";
import { FailureError } from "./failure.ts";
import { type ProcessEnd, type ProcessLimits, runLimited } from "./limited-process.ts";
import { layOutFiles } from "./work-directory.ts";

/** Options of every ffmpeg and ffprobe run. */
export interface RunOptions {
  /** A fresh working directory. */
  directory: string;
  /** Directory for fontconfig's cache. */
  cache: string;
  threads: number;
  memoryBytes: number;
  signal: AbortSignal;
}

/** Max bytes that ffprobe may print about one file. A few thousand are usual. */
const MAX_PROBE_OUTPUT_BYTES = 4 * 1024 * 1024;
/** Messages of ffmpeg, x264 and libass when they cannot allocate memory. */
const OUT_OF_MEMORY_MESSAGE = /Cannot allocate memory|malloc of size \d+ failed|std::bad_alloc/;
const DISK_FULL_MESSAGE = /No space left on device/;

/**
 * Runs a render job.
 *
 * @param paths paths of the job's inputs, in order.
 * @returns the output file, open for reading.
 * @throws FailureError if ffmpeg fails or exceeds a limit. If the signal aborts, throws its reason.
 */
export async function render(
  job: RenderJob,
  paths: readonly string[],
  limits: RenderRequest["limits"],
  options: RunOptions,
): Promise<FileHandle> {
  await layOutFiles(options.directory, job, paths);
  const runs = ffmpegRuns(job, { threads: options.threads });
  // The time limit is for the whole job, not for each run of ffmpeg.
  const deadline = Date.now() + limits.seconds * 1000;
  const runToEnd = async (args: string[]) => {
    const seconds = Math.max(0.001, (deadline - Date.now()) / 1000);
    const end = await run(["ffmpeg", ...args], options, { seconds, fileBytes: limits.outputBytes, stdoutBytes: 0 });
    assertSucceeded(end, "ffmpeg_failed", "ffmpeg failed");
    return end.log;
  };
  let next = runs.next();
  while (!next.done) next = runs.next(await runToEnd(next.value));
  await runToEnd(next.value);
  return open(join(options.directory, JOB_FILES.output));
}

/**
 * Describes a media file and tests whether it can be decoded: a still picture as a whole, other files at their
 * beginning.
 *
 * @param seconds time limit for each run of ffprobe or ffmpeg.
 * @throws FailureError as {@link render}; `bad_input` if ffmpeg cannot read or decode the file.
 */
export async function probe(path: string, seconds: number, options: RunOptions): Promise<MediaProbe> {
  const limits = { seconds, fileBytes: 0, stdoutBytes: MAX_PROBE_OUTPUT_BYTES };
  const still = await inspectedStill(path);
  const file = still ? probedStillName(still) : JOB_FILES.input(0);
  await link(path, join(options.directory, file));
  const runs = still ? stillProbeRuns(still) : probeRuns(file);
  let next = runs.next();
  let end: ProcessEnd | undefined;
  while (!next.done) {
    const ends = await Promise.all(
      next.value.map(async (planned) => {
        const readLine = "readLine" in planned ? planned.readLine : undefined;
        return { planned, end: await run([planned.program, ...planned.args], options, limits, readLine) };
      }),
    );
    for (const { planned, end } of ends) {
      if ("failureMessage" in planned) assertSucceeded(end, "bad_input", planned.failureMessage);
    }
    end = ends.findLast(({ planned }) => !("readLine" in planned))?.end;
    next = runs.next(end?.reason === "exit" ? end.stdout : "");
  }
  if (next.value?.kind === "refused") throw failure("bad_input", next.value.message);
  if (next.value) return next.value;
  if (end) assertSucceeded(end, "bad_input", "ffmpeg cannot read this file");
  throw failure("bad_input", "this file has neither picture nor sound", end);
}

/** Inspects a file that is a still picture; null if it is not. Throws FailureError `bad_input` if it is damaged. */
async function inspectedStill(path: string): Promise<Still | null> {
  const file = await open(path);
  try {
    const head = new Uint8Array(STILL_HEAD_BYTES);
    await file.read(head);
    if (stillFormat(head) === null) return null;
    if ((await file.stat()).size > MAX_STILL_BYTES) {
      throw failure("bad_input", `a picture file has at most ${MAX_STILL_BYTES} bytes`);
    }
    return await inspectStill(await readFile(path));
  } catch (error) {
    if (error instanceof PictureFileError) throw failure("bad_input", error.message);
    throw error;
  } finally {
    await file.close();
  }
}

/** The version of ffmpeg, or null if ffmpeg cannot be run. */
export async function ffmpegVersion(options: Omit<RunOptions, "threads">): Promise<string | null> {
  const end = await run(["ffmpeg", "-hide_banner", "-version"], options, {
    seconds: 30,
    fileBytes: 0,
    stdoutBytes: MAX_PROBE_OUTPUT_BYTES,
  });
  return end.reason === "exit" && end.code === 0 ? (/^ffmpeg version (\S+)/.exec(end.stdout)?.[1] ?? null) : null;
}

function run(
  command: [string, ...string[]],
  { directory, cache, memoryBytes, signal }: Omit<RunOptions, "threads">,
  limits: Omit<ProcessLimits, "memoryBytes">,
  readLine?: (line: string) => void,
): Promise<ProcessEnd> {
  const reading = readLine ? { readLine } : {};
  return runLimited(command, { cwd: directory, cache, signal, limits: { ...limits, memoryBytes }, ...reading });
}

/**
 * @param code the failure code if ffmpeg itself fails. With `bad_input`, running out of memory is `bad_input` too,
 *   because only a bad file makes reading need that much memory.
 * @param message prefix of the failure message.
 * @throws FailureError with `code`, or with another code if ffmpeg exceeded a limit.
 */
function assertSucceeded(end: ProcessEnd, code: RenderFailure["code"], message: string): void {
  if (OUT_OF_MEMORY_MESSAGE.test(end.log) && !(end.reason === "exit" && end.code === 0)) {
    throw failure(code === "bad_input" ? code : "out_of_memory", "ffmpeg exceeded its memory limit", end);
  }
  switch (end.reason) {
    case "exit":
      if (end.code === 0) return;
      if (DISK_FULL_MESSAGE.test(end.log)) {
        throw new FailureError({ ok: false, code: "internal_error", message: "the server's disk is full" });
      }
      throw failure(code, `${message}: exit code ${end.code}`, end);
    case "signal":
      throw failure(code, `${message}: terminated by ${end.signal}`, end);
    case "timeout":
      throw failure("timeout", "ffmpeg exceeded its time limit", end);
    case "file_limit":
      throw failure("output_limit", "ffmpeg exceeded its output size limit", end);
    case "stdout_limit":
      throw failure(code, `${message}: too much printed output`, end);
    case "killed":
      throw failure("out_of_memory", "the operating system killed ffmpeg, probably because memory ran out", end);
    default:
      end satisfies never;
  }
}

function failure(code: RenderFailure["code"], message: string, end?: ProcessEnd): FailureError {
  return new FailureError({ ok: false, code, message, log: end?.log.trim() ?? "" });
}
