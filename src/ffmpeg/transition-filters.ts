import type { Piece, SegmentJob } from "../protocol/render-job.ts";

/**
 * Draws the part of a shot's transition that falls into a piece; nothing where none does. Frames are
 * counted in the shot, so that a shot looks the same however it is cut. Wants one frame after the
 * other in a time base of one frame.
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
      // `fade` by time works out each frame by its timestamp alone; by frame number it would have to see the first.
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

/** Shows the picture `away` of its own size (0 to 1, an expression) towards a side, and black where it has left. */
function slide(side: "left" | "right" | "top" | "bottom", away: string, width: number, height: number): string[] {
  // On a canvas of twice the size the picture lies on the side it goes to, and the frame moves over it.
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
