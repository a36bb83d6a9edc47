import type { Piece } from "../../protocol/render-job.ts";

/** Growth of an image per second, as a share of its size. */
const ZOOM_PER_SECOND = 0.02;
/** Min and max growth over a whole shot. */
const MIN_ZOOM = 0.04;
const MAX_ZOOM = 0.12;

/**
 * Filters that zoom an image in or out over its whole shot at a constant pace. The input is the image's only frame. The
 * output is an endless stream at `outputRate` frames per second that begins with the first frame of the piece.
 *
 * `perspective` is used because it places pictures to 1/256 of a pixel. `zoompan` and `crop` use whole pixels, and the
 * picture shakes. `perspective` is slow, so only every second frame is drawn. The frames between are the mean of their
 * neighbours, which differ by less than a pixel.
 */
export function zoomFilters(piece: Extract<Piece, { kind: "image" }>, outputRate: number): string[] {
  if (piece.zoom === "none") return [`fps=${outputRate}`, "tpad=stop_mode=clone:stop=-1"];
  const { offset, frames } = piece.shot;
  const seconds = frames / outputRate;
  const growth = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, seconds * ZOOM_PER_SECOND));
  // Always draw the shot's even frames, wherever it is cut into pieces, so that the cut is invisible.
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
