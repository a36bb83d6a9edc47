import type { Piece, SegmentJob } from "../../protocol/render-job.ts";
import { enlarged, ZOOM_MARGIN, zoomAt, zoomStep } from "./zoom-steps.ts";

type Size = Pick<SegmentJob, "width" | "height">;

/** The size of the frames to which a piece's transition is applied: the job's, or a larger one for a zoom. */
export function sizeBeforeTransition({ width, height }: Size, { transition }: Piece): Size {
  const isZoom = transition?.kind === "zoom_in" || transition?.kind === "zoom_out";
  return isZoom ? { width: enlarged(width), height: enlarged(height) } : { width, height };
}

/**
 * Filters that draw the part of a shot's transition that falls into a piece; an empty list if no part does. Frames are
 * counted from the start of the shot, so a shot looks the same however it is cut into pieces. The input must have
 * consecutive frames of the size {@link sizeBeforeTransition}, and a time base of one frame.
 *
 * @param name unique in the filter graph.
 */
export function transitionFilters({ width, height, frameRate }: SegmentJob, piece: Piece, name: string): string[] {
  const { transition, shot } = piece;
  if (!transition) return [];
  const entering = transition.kind === "fade_in" || transition.kind === "slide_in";
  const from = entering ? 0 : shot.frames - transition.frames;
  const to = from + transition.frames;
  if (shot.offset >= to || shot.offset + piece.frames <= from) return [];
  switch (transition.kind) {
    case "zoom_in":
    case "zoom_out": {
      const zooms = Array.from({ length: piece.frames }, (_, frame) =>
        zoomAt(transition.kind, shot.offset + frame, shot.frames),
      );
      return zoom(zooms, { width, height, frameRate }, name);
    }
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

/**
 * Zooms into the middle of the picture. `sendcmd` gives the filters new lengths before each frame: the middle of the
 * picture is cropped, scaled, and cropped to the frame.
 *
 * @param zooms how many times its size the picture has in each frame.
 */
function zoom(
  zooms: readonly number[],
  { width, height, frameRate }: Size & Pick<SegmentJob, "frameRate">,
  name: string,
): string[] {
  const [from, to, frame] = [`crop@${name}from`, `scale@${name}to`, `crop@${name}frame`];
  const commands = zooms.map((times, index) => {
    const [x, y] = [zoomStep(width, times), zoomStep(height, times)];
    const settings = [
      ...[`${from} w ${x.from}`, `${from} h ${y.from}`, `${to} w ${x.to}`, `${to} h ${y.to}`],
      ...[`${frame} x ${(x.to - width) / 2}`, `${frame} y ${(y.to - height) / 2}`],
    ];
    // Half a frame early, so that rounding cannot delay them by a frame.
    return `${Math.max(0, (index - 0.5) / frameRate).toFixed(6)} ${settings.join(",")}`;
  });
  const whole = `${enlarged(width)}:${enlarged(height)}`;
  const [margin, padded] = [ZOOM_MARGIN, `iw+${2 * ZOOM_MARGIN}:ih+${2 * ZOOM_MARGIN}`];
  return [
    "setpts=N",
    `sendcmd=c='${commands.join(";")}'`,
    `pad=${padded}:${margin}:${margin}`,
    `fillborders=${margin}:${margin}:${margin}:${margin}:smear`,
    `${from}=${whole}`,
    `${to}=${width}:${height}:flags=bicubic`,
    `${frame}=${width}:${height}:0:0`,
    "setsar=1",
  ];
}
