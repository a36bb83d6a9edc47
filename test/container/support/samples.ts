import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Piece, SegmentJob } from "../../../src/protocol/render-job.ts";
import { segmentJob, videoPiece } from "../../support/jobs.ts";
import { temporaryFolder } from "./render-server.ts";

/** Makes a file with the installed ffmpeg. `args` are its arguments without the output file. */
export function makeMedia(extension: string, ...args: string[]): Uint8Array<ArrayBuffer> {
  const folder = temporaryFolder();
  try {
    const file = join(folder, `made.${extension}`);
    execFileSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-nostdin", ...args, file]);
    return new Uint8Array(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A video of one colour with 320×240 pixels at 30 fps. */
export function colourVideo(colour: string, seconds: number): Uint8Array<ArrayBuffer> {
  const source = `color=${colour}:s=320x240:r=30:d=${seconds}`;
  return makeMedia("mp4", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast");
}

/** A 64×64 segment of video pieces. By default each piece shows 15 frames of input 0. */
export function segment(
  pieces: Partial<Extract<Piece, { kind: "video" }>>[],
  job: Partial<Omit<SegmentJob, "kind" | "pieces">> = {},
): SegmentJob {
  return segmentJob(
    pieces.map((piece) => videoPiece({ frames: 15, ...piece })),
    { width: 64, height: 64, encoder: { preset: "ultrafast", crf: 20 }, ...job },
  );
}

/** A segment that takes far longer to render than any test runs. */
export function endlessSegment(job: Partial<Omit<SegmentJob, "kind" | "pieces">> = {}): SegmentJob {
  return segment([{ frames: 100_000_000 }], job);
}
