import type { Piece, SegmentJob } from "../protocol/render-job.ts";

/**
 * Filters that draw the part of a shot's transition that falls into a piece; an empty list if no part does. Frames are
 * counted from the start of the shot, so a shot looks the same however it is cut into pieces. The input must have
 * consecutive frames and a time base of one frame.
 */
export function transitionFilters({ width, height, frameRate }: SegmentJob, piece: Piece): string[] {
  const { transition, shot } = piece;
  if (!transition) return [];
  const entering = transition.kind === "fade_in" || transition.kind === "slide_in";
  const from = entering ? 0 : shot.frames - transition.frames;
  const to = from + transition.frames;
  if (shot.offset >= to || shot.offset + piece.frames <= from) return [];
  switch (transition.kind) {
    case "fade_in":
    case "fade_out": {
      // With `st`, `fade` needs only a frame's timestamp. With a frame number it would have to see the shot's first
      // frame.
      const window = `st=${(from / frameRate).toFixed(6)}:d=${(transition.frames / frameRate).toFixed(6)}`;
      return [`setpts=N+${shot.offset}`, `fade=t=${entering ? "in" : "out"}:${window}`];
    }
    case "slide_in":
    case "slide_out": {
      const done = `clip((n+${shot.offset - from})/${transition.frames},0,1)`;
      const away = entering ? `(1-${done})` : done;
      return slide(transition.side, away, width, height);
    }
  }
}

/**
 * Moves the picture towards a side. The area that it leaves is black.
 *
 * @param away distance as a share of the frame's size, 0 to 1; an ffmpeg expression.
 */
function slide(side: "left" | "right" | "top" | "bottom", away: string, width: number, height: number): string[] {
  // The picture lies on one side of a canvas of double size, and a crop window moves over the canvas.
  switch (side) {
    case "left":
      return [`pad=${2 * width}:${height}:0:0`, `crop=${width}:${height}:x='${width}*${away}':y=0`];
    case "right":
      return [`pad=${2 * width}:${height}:${width}:0`, `crop=${width}:${height}:x='${width}*(1-${away})':y=0`];
    case "top":
      return [`pad=${width}:${2 * height}:0:0`, `crop=${width}:${height}:x=0:y='${height}*${away}'`];
    case "bottom":
      return [`pad=${width}:${2 * height}:0:${height}`, `crop=${width}:${height}:x=0:y='${height}*(1-${away})'`];
  }
}
