import type { Piece, SegmentJob } from "../../../src/protocol/render-job.ts";
import { renderFrames, segment } from "./pictures.ts";

/** Cuts a shot at the frames `cuts` and returns one segment job per part. */
export function cutAt(piece: Piece, cuts: number[], options: Partial<SegmentJob> = {}): SegmentJob[] {
  const bounds = [0, ...cuts, piece.frames];
  return bounds.slice(1).map((end, index) => {
    const offset = bounds[index] ?? 0;
    const part = { ...piece, frames: end - offset, shot: { frames: piece.frames, offset } };
    return segment(
      [part.kind === "video" ? { ...part, start: part.start + (offset * (part.speed ?? 1)) / 30 } : part],
      options,
    );
  });
}

/** Renders jobs one after the other, and returns the frames of all. */
export async function renderAll(jobs: SegmentJob[], inputs: Uint8Array[]): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for (const job of jobs) frames.push(...(await renderFrames(job, inputs)).frames);
  return frames;
}
