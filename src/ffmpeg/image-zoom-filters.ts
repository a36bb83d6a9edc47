import type { Piece } from "../protocol/render-job.ts";

/** How much larger a still gets each second it is shown, and the bounds over its whole shot. */
const ZOOM_PER_SECOND = 0.02;
const LEAST_ZOOM = 0.04;
const MOST_ZOOM = 0.12;

/**
 * Moves a still towards its middle or away from it over its whole shot, at a constant pace. Takes the
 * one frame of an image, gives endless frames at `outputRate` of which the first is the piece's.
 *
 * `perspective` places pictures by 1/256 of a pixel, where `zoompan` and `crop` take whole ones and
 * shake. It is slow, so every second frame is drawn, and those between are the mean of their
 * neighbours: at this pace those differ by less than a pixel.
 */
export function zoomFilters(piece: Extract<Piece, { kind: "image" }>, outputRate: number): string[] {
  const { offset, frames } = piece.shot;
  const seconds = frames / outputRate;
  const growth = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, seconds * ZOOM_PER_SECOND));
  // Drawn frames are the shot's even ones wherever it is cut, so that a cut does not show.
  const skipped = offset % 2;
  const progress = `min(1,(${offset - skipped}+2*(on-1))/${Math.max(1, frames - 1)})`;
  const zoom = piece.zoom === "in" ? `1+${growth}*${progress}` : `1+${growth}*(1-${progress})`;
  const inset = (length: "W" | "H") => `${length}*(1-1/(${zoom}))/2`;
  const near = { x: inset("W"), y: inset("H") };
  const far = { x: `W-${near.x}`, y: `H-${near.y}` };
  const corners = [near.x, near.y, far.x, near.y, near.x, far.y, far.x, far.y];
  const options = corners.map((at, index) => `${index % 2 === 0 ? "x" : "y"}${Math.floor(index / 2)}='${at}'`);
  return [
    `fps=${outputRate / 2}`,
    "tpad=stop_mode=clone:stop=-1",
    `perspective=${options.join(":")}:interpolation=cubic:eval=frame`,
    `fps=${outputRate}`,
    "tblend=all_mode=average",
    `trim=start_frame=${skipped}`,
    "setpts=PTS-STARTPTS",
  ];
}
