import { WorkerEntrypoint } from "cloudflare:workers";
import { preferFullCharacterMap } from "../../src/captions/fonts/character-map.ts";
import { inputFile, isCaptionFont, JOB_FILES } from "../../src/ffmpeg/job-files.ts";
import { MeasurementError } from "../../src/ffmpeg/loudness.ts";
import { probeRuns } from "../../src/ffmpeg/probe.ts";
import { ffmpegRuns } from "../../src/ffmpeg/render-job-runs.ts";
import { inspectStill, type Still } from "../../src/ffmpeg/stills/inspect-still.ts";
import { PictureFileError } from "../../src/ffmpeg/stills/picture-file-error.ts";
import { probedStillName, stillProbeRuns } from "../../src/ffmpeg/stills/still-probe-runs.ts";
import { type ProbeReply, type RenderJob, type RenderReply, renderJobSchema } from "../../src/protocol/render-job.ts";
import { FfmpegWasm, type RunResult } from "./ffmpeg-wasm.ts";
import { rendered } from "./rendered.ts";
import { runExclusively } from "./run-exclusively.ts";

/** Max run time of one ffmpeg run. Must be less than the CPU limit in wrangler.toml. */
const MAX_RUN_MILLISECONDS = 240_000;

/** Opens a job's input by its index. Null if it cannot be opened: the caller knows why. */
type OpenStream = (index: number) => Promise<ReadableStream<Uint8Array> | null>;

/** The embedded renderer: ffmpeg.wasm, called through a service binding (Workers RPC). */
export class WasmRenderer extends WorkerEntrypoint {
  /**
   * Renders a job after all earlier jobs of this isolate.
   *
   * @param job a RenderJob. It is parsed here.
   * @param inputs number of the job's inputs.
   * @param open opens an input. Called when the job starts. All inputs are kept in memory while it runs.
   * @returns null if an input could not be opened.
   */
  async render(job: unknown, inputs: number, open: OpenStream): Promise<RenderReply | null> {
    const parsed = renderJobSchema.parse(job);
    return runJob(async () => {
      const files: Uint8Array[] = [];
      for (let index = 0; index < inputs; index++) {
        const input = await open(index);
        if (!input) return null;
        files.push(await new Response(input).bytes());
      }
      return render(parsed, files);
    });
  }

  /** A liveness check. A running ffmpeg blocks the isolate, so the response may come only after it has ended. */
  async ping(): Promise<true> {
    return true;
  }

  /**
   * Describes a media file and tests whether it can be decoded: a still picture as a whole, other files at their
   * beginning.
   */
  async probe(input: ReadableStream<Uint8Array>): Promise<ProbeReply> {
    const reply = await runJob(async () => probe(await new Response(input).bytes()));
    // If a probe runs out of memory, the file's own claims are the cause.
    return !reply.ok && reply.code === "out_of_memory" ? { ...reply, code: "bad_input" } : reply;
  }
}

export default {
  /** This Worker has no HTTP interface. Other Workers call its entrypoint. */
  fetch: () => new Response("Not found", { status: 404 }),
} satisfies ExportedHandler;

/**
 * Runs one job at a time, because an isolate's memory is enough for the inputs and the ffmpeg heap of only one job.
 * Turns crashes of ffmpeg.wasm into failures.
 */
async function runJob<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await runExclusively(work);
  } catch (error) {
    if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) {
      return { ok: false, code: "out_of_memory", message: `ffmpeg.wasm crashed: ${error.message}`, log: "" };
    }
    if (error instanceof MeasurementError) {
      return { ok: false, code: "ffmpeg_failed", message: error.message, log: "" };
    }
    throw error;
  }
}

async function render(job: RenderJob, files: Uint8Array[]): Promise<RenderReply> {
  const core = await FfmpegWasm.create();
  core.makeDirectory(JOB_FILES.fonts);
  for (const [index, bytes] of files.entries()) {
    if (isCaptionFont(job, index)) preferFullCharacterMap(bytes);
    core.write(inputFile(job, index), bytes);
  }
  if (job.kind === "segment" && job.captions) core.write(JOB_FILES.captions, job.captions.ass);
  const runs = ffmpegRuns(job, { threads: 1 });
  let next = runs.next();
  while (!next.done) {
    const measured = core.ffmpeg(next.value, MAX_RUN_MILLISECONDS);
    if (measured.exitCode !== 0) return failed(measured);
    next = runs.next(measured.log);
  }
  const run = core.ffmpeg(next.value, MAX_RUN_MILLISECONDS);
  const bytes = run.exitCode === 0 ? core.read(JOB_FILES.output) : null;
  return bytes ? rendered(bytes) : failed(run);
}

async function probe(bytes: Uint8Array): Promise<ProbeReply> {
  let still: Still | null;
  try {
    still = await inspectStill(bytes);
  } catch (error) {
    if (error instanceof PictureFileError) return badInput(error.message, "");
    throw error;
  }
  const core = await FfmpegWasm.create();
  const file = still ? probedStillName(still) : JOB_FILES.input(0);
  core.write(file, bytes);
  let log = "";
  const runs = still ? stillProbeRuns(still) : probeRuns(file);
  let next = runs.next();
  while (!next.done) {
    let printed = "";
    for (const run of next.value) {
      if ("readLine" in run) {
        if (run.program === "ffprobe") core.ffprobe(run.args, run.readLine);
        else core.ffmpeg(run.args, MAX_RUN_MILLISECONDS, run.readLine);
      } else if (run.program === "ffmpeg") {
        const end = core.ffmpeg(run.args, MAX_RUN_MILLISECONDS);
        if (end.exitCode !== 0) return badInput(run.failureMessage, end.log);
      } else {
        log = core.ffprobe([...run.args, "-o", "probe.json"]);
        printed = new TextDecoder().decode(core.read("probe.json") ?? new Uint8Array(0));
      }
    }
    next = runs.next(printed);
  }
  if (next.value?.kind === "refused") return badInput(next.value.message, "");
  if (next.value) return { ok: true, probe: next.value };
  return badInput("this file has neither picture nor sound, or ffmpeg cannot read it", log);
}

type Failure = Extract<RenderReply, { ok: false }>;

function failed(run: RunResult): Failure {
  return { ok: false, code: "ffmpeg_failed", message: `ffmpeg failed: exit code ${run.exitCode}`, log: run.log };
}

function badInput(message: string, log: string): Failure {
  return { ok: false, code: "bad_input", message, log };
}
