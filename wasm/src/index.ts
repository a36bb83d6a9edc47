import { WorkerEntrypoint } from "cloudflare:workers";
import { inputFile, JOB_FILES } from "../../src/ffmpeg/job-files.ts";
import { MeasurementError } from "../../src/ffmpeg/loudness.ts";
import {
  decodeTestArguments,
  durationArguments,
  ffprobeArguments,
  lacksDuration,
  readProbe,
  withMeasuredDuration,
} from "../../src/ffmpeg/probe.ts";
import { ffmpegRuns } from "../../src/ffmpeg/render-job-runs.ts";
import { type ProbeReply, type RenderJob, type RenderReply, renderJobSchema } from "../../src/protocol/render-job.ts";
import { Core, type RunResult } from "./core.ts";
import { inTurn } from "./turns.ts";

/** Longest time one run of ffmpeg may take, in milliseconds; below the CPU limit in wrangler.toml. */
const RUN_LIMIT = 240_000;

/** Gives the bytes of a job's input, by its index. */
type OpenStream = (index: number) => Promise<ReadableStream<Uint8Array>>;

/** ffmpeg.wasm as a service, reached through a service binding (Workers RPC). */
export class WasmRenderer extends WorkerEntrypoint {
  /**
   * Renders one job, when the jobs before it are done.
   *
   * @param job a RenderJob, parsed here.
   * @param inputs how many inputs the job has.
   * @param open called for each input when it is this job's turn; all are held in memory while it runs.
   */
  async render(job: unknown, inputs: number, open: OpenStream): Promise<RenderReply> {
    const parsed = renderJobSchema.parse(job);
    return oneByOne(async () => {
      const files: Uint8Array[] = [];
      for (let index = 0; index < inputs; index++) files.push(await new Response(await open(index)).bytes());
      return render(parsed, files);
    });
  }

  /** Says that the Worker is there: at once, or when the run of ffmpeg that is under way is over. */
  async ping(): Promise<true> {
    return true;
  }

  /** Describes a media file and decodes its beginning. */
  async probe(input: ReadableStream<Uint8Array>): Promise<ProbeReply> {
    const reply = await oneByOne(async () => probe(await new Response(input).bytes()));
    // What is only read takes more memory than there is for what the file says alone.
    return !reply.ok && reply.code === "out_of_memory" ? { ...reply, code: "bad_input" } : reply;
  }
}

export default {
  /** The Worker is reached through its entrypoint alone. */
  fetch: () => new Response("Not found", { status: 404 }),
} satisfies ExportedHandler;

/** Runs one job at a time: an isolate's memory has room for one job's inputs and ffmpeg's heap. */
async function oneByOne<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await inTurn(work);
  } catch (error) {
    if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) {
      return { ok: false, code: "out_of_memory", message: `ffmpeg.wasm stopped: ${error.message}`, log: "" };
    }
    if (error instanceof MeasurementError) {
      return { ok: false, code: "ffmpeg_failed", message: error.message, log: "" };
    }
    throw error;
  }
}

async function render(job: RenderJob, files: Uint8Array[]): Promise<RenderReply> {
  const core = await Core.create();
  core.makeDirectory(JOB_FILES.fonts);
  for (const [index, bytes] of files.entries()) core.write(inputFile(job, index), bytes);
  if (job.kind === "segment" && job.captions) core.write(JOB_FILES.captions, job.captions.ass);
  const runs = ffmpegRuns(job, { threads: 1 });
  let next = runs.next();
  while (!next.done) {
    const measured = core.ffmpeg(next.value, RUN_LIMIT);
    if (measured.exitCode !== 0) return failed(measured);
    next = runs.next(measured.log);
  }
  const run = core.ffmpeg(next.value, RUN_LIMIT);
  const bytes = run.exitCode === 0 ? core.read(JOB_FILES.output) : null;
  return bytes ? { ok: true, bytes } : failed(run);
}

async function probe(bytes: Uint8Array): Promise<ProbeReply> {
  const core = await Core.create();
  const file = JOB_FILES.input(0);
  core.write(file, bytes);
  const log = core.ffprobe([...ffprobeArguments(file), "-o", "probe.json"]);
  const described = readProbe(new TextDecoder().decode(core.read("probe.json") ?? new Uint8Array(0)));
  if (!described) return badInput("ffmpeg finds neither picture nor sound in this file", log);
  const decoded = core.ffmpeg(decodeTestArguments(file, described), RUN_LIMIT);
  if (decoded.exitCode !== 0) return badInput("ffmpeg cannot decode this file", decoded.log);
  if (!lacksDuration(described)) return { ok: true, probe: described };
  const read = core.ffmpeg(durationArguments(file, described), RUN_LIMIT);
  if (read.exitCode !== 0) return badInput("ffmpeg cannot read this file to its end", read.log);
  return { ok: true, probe: withMeasuredDuration(described, read.log) };
}

type Failure = Extract<RenderReply, { ok: false }>;

function failed(run: RunResult): Failure {
  return { ok: false, code: "ffmpeg_failed", message: `ffmpeg ended with code ${run.exitCode}`, log: run.log };
}

function badInput(message: string, log: string): Failure {
  return { ok: false, code: "bad_input", message, log };
}
