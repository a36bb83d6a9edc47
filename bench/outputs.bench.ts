import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { videoRequestSchema } from "../src/api/video-request.ts";
import { captionStyle } from "../src/captions/caption-style.ts";
import { readFont } from "../src/captions/fonts/read-font-file.ts";
import { captionPlanner } from "../src/captions/plan-captions.ts";
import { inputFile, JOB_FILES } from "../src/ffmpeg/job-files.ts";
import { segmentArguments } from "../src/ffmpeg/segment-arguments.ts";
import { drawnCaptions } from "../src/planning/drawn-captions.ts";
import { pieceOf } from "../src/planning/piece-of-shot.ts";
import type { MediaProbe, SegmentJob } from "../src/protocol/render-job.ts";
import type { Input } from "../src/protocol/task-jobs.ts";
import { frameSize, planTimelines } from "../src/timeline/plan-timeline.ts";
import { probedVideo } from "../test/support/jobs.ts";
import { FONT_FILE, FRAME_RATE, makeClip, measure, ratio, run, X264_CRF, X264_PRESET } from "./render-work.ts";

/** Each way runs this often, and the run with the least CPU time counts. Other work on the machine only adds to it. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const CLIP_SECONDS = 3;
const SHORT_SIDE = Number(process.env.BENCH_SHORT_SIDE ?? 1080);
const SCRIPT = "This is the first sentence of the narration. A second one follows it. The third is the last of them.";

/**
 * Compares the CPU time (user and system) of ffmpeg for a video with subtitles: only the file with subtitles, against
 * both files. The segments are those that the service plans: two clips of 3 s, at 1080×1920.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-outputs-"));
  try {
    await mkdir(join(folder, JOB_FILES.fonts));
    const names = ["mandelbrot=s=1280x720:r=30", "testsrc2=s=1280x720:r=30"].map((source, index) => {
      makeClip(folder, source, CLIP_SECONDS, `clip-${index}.mp4`);
      return `clip-${index}.mp4`;
    });
    const font = await readFile(FONT_FILE);
    await writeFile(join(folder, "font.ttf"), font);
    const both = segmentsOf(names, font);
    const final = both.map(({ job, inputs }) => ({ job: { ...job, clean: false as const }, inputs }));
    const costs = { both: Number.POSITIVE_INFINITY, final: Number.POSITIVE_INFINITY };
    for (let round = 0; round < ROUNDS; round++) {
      costs.both = Math.min(costs.both, await encode(folder, both));
      costs.final = Math.min(costs.final, await encode(folder, final));
    }
    console.log(`both files: ${costs.both.toFixed(2)} s CPU; only the final file: ${costs.final.toFixed(2)} s CPU`);
    ratio("CPU, only the final file to both files", costs.final / costs.both, "at most 0.75", (value) => value <= 0.75);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface SegmentRun {
  job: SegmentJob;
  /** File names, in the order of the job's inputs. */
  inputs: readonly string[];
}

/** A file of the folder as an input of a job. */
const inputOf = (name: string): Input => ({ name, sha256: name, size: 1, from: { store: "r2", key: name } });

/** The segments that the service plans for the clips, with the settings of native ffmpeg. */
function segmentsOf(names: readonly string[], font: Buffer): SegmentRun[] {
  const request = videoRequestSchema.parse({
    video_materials: names.map((url) => ({ url })),
    ...{ video_script: SCRIPT, video_concat_mode: "sequential", video_clip_duration: CLIP_SECONDS },
  });
  const video = probedVideo(1280, 720, FRAME_RATE);
  const probe: MediaProbe = { kind: "video", format: "mov,mp4", duration: CLIP_SECONDS, audio: null, video };
  const loaded = readFont(new Uint8Array(font));
  const encoder = { preset: X264_PRESET, crf: X264_CRF } as const;
  const limits = {
    ...{ shortSide: SHORT_SIDE, segmentSeconds: 5, segmentPixelSeconds: 1e12, inputBytes: 1e12, totalSeconds: 1e6 },
    encoder,
  };
  const size = frameSize(request.video_aspect, SHORT_SIDE);
  const style = captionStyle(request, size);
  const plan = captionPlanner(request, style, { fonts: [loaded], timed: null }, FRAME_RATE);
  const sources = names.map(() => ({ kind: "video", start: 0, duration: CLIP_SECONDS, limit: 0 }) as const);
  return planTimelines(request, sources, null, limits, "bench", plan).flatMap(({ cues, segments }) =>
    segments.map(({ start, frames, pieces }) => {
      const inputs = pieces.map(({ shot }) => inputOf(names[shot.source] ?? ""));
      const window = { start, end: start + frames };
      const captions = drawnCaptions(cues, style, [{ font: loaded, input: inputOf("font.ttf") }], window, inputs);
      const job: SegmentJob = {
        ...{ kind: "segment", ...size, frameRate: FRAME_RATE, frames, encoder, fit: request.video_fit },
        pieces: pieces.map((part, index) => pieceOf(part, probe, video, index)),
        captions,
      };
      return { job, inputs: inputs.map(({ name }) => name) };
    }),
  );
}

/** Renders segments with one ffmpeg after the other. Returns the CPU seconds of all of them. */
async function encode(folder: string, segments: readonly SegmentRun[]): Promise<number> {
  let seconds = 0;
  for (const { job, inputs } of segments) {
    for (const [index, name] of inputs.entries()) {
      await writeFile(join(folder, inputFile(job, index)), await readFile(join(folder, name)));
    }
    if (job.captions) await writeFile(join(folder, JOB_FILES.captions), job.captions.ass);
    seconds += measure(() => run(folder, segmentArguments(job, { threads: 1 }))).cpu;
  }
  return seconds;
}
