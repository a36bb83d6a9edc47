import { readFile } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import type { RenderJob, SegmentJob } from "../src/render/protocol.ts";
import { ffmpegArguments, JOB_FILES } from "../src/timeline/ffmpeg-arguments.ts";
import { ffmpeg } from "./ffmpeg.ts";
import type {} from "./fixtures.ts";
import { videoPiece } from "./jobs.ts";

/** Renders what the worker tests join, once for all of them. */
export async function setup(project: TestProject): Promise<void> {
  const segment = (start: number, size: Partial<SegmentJob> = {}): SegmentJob => ({
    kind: "segment",
    ...{ width: 64, height: 36, frameRate: 30, frames: 30 },
    encoder: { preset: "ultrafast", crf: 28 },
    fit: "cover",
    pieces: [videoPiece({ start, frames: 30 })],
    captions: null,
    ...size,
  });
  project.provide("fixtures", {
    first: await render(segment(0), "life.mp4"),
    second: await render(segment(1), "life.mp4"),
    larger: await render(segment(1, { width: 96, height: 54 }), "life.mp4"),
    sound: await render({ kind: "soundtrack", samples: 96_000, sampleRate: 48_000, narration: 0 }, "narration.mp3"),
  });
}

async function render(job: RenderJob, sample: string): Promise<string> {
  const input = await readFile(new URL(`../samples/${sample}`, import.meta.url));
  const args = ffmpegArguments(job, { threads: 1 }).map((argument) =>
    argument === JOB_FILES.output ? "output" : argument,
  );
  const { exitCode, log, output } = await ffmpeg({ [JOB_FILES.input(0)]: input }, ...args);
  if (exitCode !== 0) throw new Error(log);
  return Buffer.from(output).toString("base64");
}
