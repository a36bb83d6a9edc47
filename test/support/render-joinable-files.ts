import { readFile } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import type { RenderJob, SegmentJob } from "../../src/protocol/render-job.ts";
import { renderInWasm } from "../rendering/support/renderers.ts";
import { videoPiece } from "./jobs.ts";
import type {} from "./joinable-files.ts";

/** Renders the files that the worker tests join, once for all test files. */
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
    sound: await render(
      {
        ...{ kind: "soundtrack", samples: 96_000, sampleRate: 48_000 },
        ...{ narration: { input: 0, volume: 1 }, music: null, clips: null },
      },
      "narration.mp3",
    ),
  });
}

async function render(job: RenderJob, sample: string): Promise<string> {
  const input = await readFile(new URL(`../../samples/${sample}`, import.meta.url));
  return Buffer.from(await renderInWasm(job, [input])).toString("base64");
}
