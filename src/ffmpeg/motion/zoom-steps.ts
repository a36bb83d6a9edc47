/**
 * How one side of a frame is zoomed: `from` pixels around the middle of the enlarged picture are scaled to `to` pixels,
 * of which the frame shows the middle.
 */
export interface ZoomStep {
  from: number;
  to: number;
}

/** How much a picture grows by a zoom: MoneyPrinterTurbo's value. */
const ZOOM_GROWTH = 0.2;
/**
 * The size of a picture before it is zoomed, as a factor of the frame's. A zoom then always makes it smaller, and the
 * quotients of whole numbers are much denser near its factors than near 1. This value has the smallest errors.
 */
const ENLARGEMENT = 1.24;
/** Pixels added on each side of the enlarged picture, so that more lengths can be scaled. They are never shown. */
export const ZOOM_MARGIN = 32;
/**
 * Steps of both lengths. They then differ from the picture's and the frame's by a multiple of four, so both are centred
 * on whole pixels of luma and chroma.
 */
const STEP = 4;
/** A frame's edge may be this far from its exact place, in pixels. */
const GOOD_ENOUGH = 0.03;

/** How many times its size a picture has in one frame of its shot. */
export function zoomAt(kind: "zoom_in" | "zoom_out", frame: number, frames: number): number {
  const progress = Math.min(1, frame / Math.max(1, frames - 1));
  return 1 + ZOOM_GROWTH * (kind === "zoom_in" ? progress : 1 - progress);
}

/** The length of a picture's side before it is zoomed, in pixels. */
export function enlarged(length: number): number {
  return STEP * Math.round((length * ENLARGEMENT) / STEP);
}

/**
 * The lengths that come closest to a zoom. ffmpeg only crops and scales to whole pixels, and a zoom that is rounded to
 * these shakes. The quotient of two lengths is much more precise. The shortest lengths that are close enough are chosen,
 * because they cost the least.
 *
 * @param length of the frame's side in pixels.
 * @param zoom at least 1.
 */
export function zoomStep(length: number, zoom: number): ZoomStep {
  const whole = enlarged(length);
  const factor = (zoom * length) / whole;
  const shortest = whole - STEP * Math.floor((whole - whole / zoom) / STEP);
  let best = { from: whole, to: length };
  let error = Number.POSITIVE_INFINITY;
  for (let from = shortest; from <= whole + 2 * ZOOM_MARGIN && error > GOOD_ENOUGH; from += STEP) {
    const to = length + STEP * Math.round((factor * from - length) / STEP);
    const distance = (Math.abs(to / from / factor - 1) * length) / 2;
    if (to < length || distance >= error) continue;
    best = { from, to };
    error = distance;
  }
  return best;
}
