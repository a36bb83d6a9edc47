import { WorkerEntrypoint } from "cloudflare:workers";
import { type ProbeReply, type RenderFailure, type RenderReply, renderJobSchema } from "../../src/render/protocol.ts";
import { inputFile, JOB_FILES } from "../../src/timeline/ffmpeg-arguments.ts";
import { ffmpegRuns } from "../../src/timeline/ffmpeg-runs.ts";
import { MeasurementError } from "../../src/timeline/loudness.ts";
import { decodeTestArguments, ffprobeArguments, readProbe } from "../../src/timeline/probe.ts";
import { Core, type RunResult } from "./core.ts";

/** Longest time one run of ffmpeg may take, in milliseconds; below the CPU limit in wrangler.toml. */
const RUN_LIMIT = 240_000;

/** ffmpeg.wasm as a service, reached through a service binding (Workers RPC). */
export class WasmRenderer extends WorkerEntrypoint {
  /**
   * Renders one job.
   *
   * @param job a RenderJob, parsed here.
   * @param inputs the job's inputs in order; each is held in memory while the job runs.
   */
  async render(job: unknown, inputs: ReadableStream<Uint8Array>[]): Promise<RenderReply> {
    const parsed = renderJobSchema.parse(job);
    const files = await Promise.all(inputs.map((input) => new Response(input).bytes()));
    return withCore((core) => {
      core.makeDirectory(JOB_FILES.fonts);
      for (const [index, bytes] of files.entries()) core.write(inputFile(parsed, index), bytes);
      if (parsed.kind === "segment" && parsed.captions) core.write(JOB_FILES.captions, parsed.captions.ass);
      const runs = ffmpegRuns(parsed, { threads: 1 });
      let next = runs.next();
      while (!next.done) {
        const measured = core.ffmpeg(next.value, RUN_LIMIT);
        if (measured.exitCode !== 0) return failed(measured);
        next = runs.next(measured.log);
      }
      const run = core.ffmpeg(next.value, RUN_LIMIT);
      const bytes = run.exitCode === 0 ? core.read(JOB_FILES.output) : null;
      return bytes ? { ok: true, bytes } : failed(run);
    });
  }

  /** Describes a media file and decodes its beginning. */
  async probe(input: ReadableStream<Uint8Array>): Promise<ProbeReply> {
    const file = JOB_FILES.input(0);
    const bytes = await new Response(input).bytes();
    return withCore((core) => {
      core.write(file, bytes);
      const log = core.ffprobe([...ffprobeArguments(file), "-o", "probe.json"]);
      const probe = readProbe(new TextDecoder().decode(core.read("probe.json") ?? new Uint8Array(0)));
      if (!probe) return badInput("ffmpeg finds neither picture nor sound in this file", log);
      const decoded = core.ffmpeg(decodeTestArguments(file, probe), RUN_LIMIT);
      if (decoded.exitCode !== 0) return badInput("ffmpeg cannot decode this file", decoded.log);
      return { ok: true, probe };
    });
  }
}

export default {
  /** The Worker is reached through its entrypoint alone. */
  fetch: () => new Response("Not found", { status: 404 }),
} satisfies ExportedHandler;

/**
 * Runs `work` on a fresh ffmpeg. `work` does not await, so two calls never hold a heap at once; the
 * inputs are read before, for the same reason.
 */
async function withCore<T>(work: (core: Core) => T): Promise<T | RenderFailure> {
  try {
    return work(await Core.create());
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

function failed(run: RunResult): RenderFailure {
  return { ok: false, code: "ffmpeg_failed", message: `ffmpeg ended with code ${run.exitCode}`, log: run.log };
}

function badInput(message: string, log: string): RenderFailure {
  return { ok: false, code: "bad_input", message, log };
}
