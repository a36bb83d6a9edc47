import type { Shot } from "./shots.ts";

/** A part of a shot. */
export interface ShotPart {
  shot: Shot;
  /** Frames of the shot before this part. */
  offset: number;
  frames: number;
}

/** A stretch of the timeline rendered alone. Times in output frames. */
export interface Segment {
  start: number;
  frames: number;
  /** In order; their frames add up to the segment's. */
  pieces: ShotPart[];
}

/** Most parts in one segment: each is a decoder of its own, with its frames in memory. */
const MOST_PIECES = 8;

/**
 * Cuts a timeline into segments of at most `longest` frames. A shot longer than that is cut at whole
 * multiples of `grid` frames from its start where they fit; shorter shots are put together while they do.
 * The first segment has at most `opening` frames, since watching begins when it is there.
 */
export function cutSegments(
  shots: readonly Shot[],
  options: { longest: number; opening: number; grid: number },
): Segment[] {
  const step = Math.max(
    1,
    options.longest >= options.grid ? options.longest - (options.longest % options.grid) : options.longest,
  );
  const segments: Segment[] = [];
  let open: Segment | null = null;
  let position = 0;
  for (const shot of shots) {
    for (let offset = 0, frames = 0; offset < shot.frames; offset += frames) {
      frames = Math.min(position === 0 ? Math.min(options.opening, step) : step, shot.frames - offset);
      const longest = segments.length === 1 ? options.opening : options.longest;
      const piece = { shot, offset, frames };
      if (open && open.frames + frames <= longest && open.pieces.length < MOST_PIECES) {
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
