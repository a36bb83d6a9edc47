import { readFile } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import type { RenderJob } from "../../src/protocol/render-job.ts";
import { renderInWasm } from "../rendering/support/renderers.ts";
import { segmentJob, soundtrackJob, videoPiece } from "./jobs.ts";
import type {} from "./joinable-files.ts";

/** Renders the files that the worker tests join, once for all test files. */
export async function setup(project: TestProject): Promise<void> {
  const segment = (start: number, size: { width?: number; height?: number } = {}) =>
    segmentJob([videoPiece({ start, frames: 30 })], { encoder: { preset: "ultrafast", crf: 28 }, ...size });
  project.provide("fixtures", {
    first: await render(segment(0), "life.mp4"),
    second: await render(segment(1), "life.mp4"),
    larger: await render(segment(1, { width: 96, height: 54 }), "life.mp4"),
    sound: await render(soundtrackJob(2), "narration.mp3"),
  });
}

async function render(job: RenderJob, sample: string): Promise<string> {
  const input = await readFile(new URL(`../../samples/${sample}`, import.meta.url));
  return Buffer.from(await renderInWasm(job, [input])).toString("base64");
}
