import type { Shot } from "./shots.ts";

/** A part of a shot, in output frames. */
export interface ShotPart {
  shot: Shot;
  /** Number of the shot's frames before this part. */
  offset: number;
  frames: number;
}

/** A part of the timeline that is rendered as one job. Times are in output frames. */
export interface Segment {
  start: number;
  frames: number;
  /** In playback order. Their frames add up to the segment's frames. */
  pieces: ShotPart[];
}

/** Max pieces in one segment. Each piece needs its own decoder, with frames in memory. */
const MAX_PIECES_PER_SEGMENT = 8;

/**
 * Cuts a timeline into segments. A longer shot is cut into several parts; several short shots share a segment.
 *
 * @param options.longest max frames of a segment.
 * @param options.opening max frames of the first segment. Watching can begin once that one is rendered.
 * @param options.grid shots are cut at multiples of this number of frames from their start, if `longest` allows it.
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
      if (open && open.frames + frames <= longest && open.pieces.length < MAX_PIECES_PER_SEGMENT) {
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
