import type { Shot } from "./shots.ts";

/** A stretch of the timeline rendered alone. Times in output frames. */
export interface Segment {
  start: number;
  frames: number;
  /** Parts of shots, in order; their frames add up to the segment's. */
  pieces: Shot[];
}

/**
 * Cuts a timeline into segments of at most `longest` frames. A shot longer than that is cut at whole
 * multiples of `grid` frames from its start, so that a cut falls on the same instant of the source
 * however its timestamps are rounded; shorter shots are put together while they fit. The first segment
 * has at most `opening` frames, since watching begins when it is there.
 */
export function cutSegments(
  shots: readonly Shot[],
  options: { longest: number; opening: number; grid: number; frameRate: number },
): Segment[] {
  const step = Math.max(
    1,
    options.longest >= options.grid ? options.longest - (options.longest % options.grid) : options.longest,
  );
  const segments: Segment[] = [];
  let open: Segment | null = null;
  let position = 0;
  for (const shot of shots) {
    for (let done = 0, frames = 0; done < shot.frames; done += frames) {
      frames = Math.min(position === 0 ? Math.min(options.opening, step) : step, shot.frames - done);
      const longest = segments.length === 1 ? options.opening : options.longest;
      const piece = { ...shot, start: shot.start + done / options.frameRate, frames };
      if (open && open.frames + frames <= longest) {
        open.pieces.push(piece);
        open.frames += frames;
      } else {
        open = { start: position, frames, pieces: [piece] };
        segments.push(open);
      }
      position += frames;
    }
  }
  return segments;
}
