import type { Piece, SegmentJob } from "../protocol/render-job.ts";
import { zoomFilters } from "./image-zoom-filters.ts";
import { transitionFilters } from "./transition-filters.ts";

/**
 * Where in an output frame's time a source is looked at, in output frames after its start. A source
 * frame that begins at such an instant is shown or not by how its timestamp was rounded; so the
 * instant lies well away from the multiples of 1/2, 1/4, 1/5 and 1/8 where frames of 60, 50, 48, 25
 * and 24 per second begin.
 */
const SAMPLING_INSTANT = 0.3125;
/** Seconds read before a piece's start where source frames may be any distance apart. */
const LOOK_BACK = 2;
/** Seconds read past a piece's end, so that a source with uneven timestamps still fills it. */
const READ_AHEAD = 0.5;

/** `scale` without its shortcuts, which shift colours by a level; twice as slow. */
export const EXACT_SCALE_FLAGS = "bicubic+accurate_rnd+full_chroma_int";

/** The part of a source that is read for a piece, in seconds from the source's start. */
interface Window {
  seek: number;
  duration: number;
}

/** The stretch to be decoded: it begins before the piece, so that the frame on show at its start is there. */
export function pieceWindow(piece: Extract<Piece, { kind: "video" }>, outputRate: number): Window {
  const { frameRate, start } = piece;
  const seek = Math.max(0, start - (frameRate === null ? LOOK_BACK : 1.1 / frameRate + 0.002));
  return { seek, duration: start - seek + piece.frames / outputRate + READ_AHEAD };
}

/**
 * The filter chains that make a piece of `input` into exactly `piece.frames` frames of the job's
 * size and rate, 8-bit 4:2:0 BT.709, time base of one frame.
 *
 * @param input a label of the filter graph, as is `output`; labels inside begin with `output`.
 */
export function pieceChains(job: SegmentJob, piece: Piece, input: string, output: string): string[] {
  const { frameRate } = job;
  const transition = transitionFilters(job, piece);
  switch (piece.kind) {
    case "video": {
      const origin = piece.start - (0.5 - SAMPLING_INSTANT) / frameRate;
      const rate = `settb=AVTB,fps=${frameRate}:start_time=${origin.toFixed(6)}`;
      const enough = `trim=end_frame=${piece.frames}`;
      const fields = deinterlace(piece);
      // Scaling is the dear part: it is done on whichever side of the rate change has fewer frames.
      const rateFirst = piece.frameRate === null || piece.frameRate >= frameRate;
      // A last frame may claim to last for hours: cut before each of its repetitions is scaled.
      const before = rateFirst ? [...fields, rate, enough] : fields;
      const length = ["tpad=stop_mode=clone:stop=-1", enough];
      const after = [...(rateFirst ? [] : [rate]), ...length, ...transition, "setpts=N"];
      return fitChains(job, piece, { input, output, before, moving: [], still: [], after });
    }
    case "image": {
      const motion = zoomFilters(piece, frameRate);
      const still = [`fps=${frameRate}`, "tpad=stop_mode=clone:stop=-1"];
      const after = [`trim=end_frame=${piece.frames}`, ...transition, "setpts=N"];
      return fitChains(job, piece, { input, output, before: [], moving: motion, still, after });
    }
  }
}

interface Chains {
  input: string;
  output: string;
  before: string[];
  /** Put on the picture itself, but not on what surrounds it. */
  moving: string[];
  /** Put on what surrounds a picture that moves. */
  still: string[];
  after: string[];
}

function fitChains(job: SegmentJob, piece: Piece, { input, output, before, moving, still, after }: Chains): string[] {
  const { width, height } = job;
  const join = (...filters: string[]) => filters.join(",");
  switch (job.fit) {
    case "cover": {
      // Cut first: what is cut off need not be scaled, and no shape of source makes a picture larger than the frame.
      const shape = cropToShape(width, height);
      const chain = join(...before, shape, ...toOutput(piece, String(width), String(height)), ...moving, ...after);
      return [`[${input}]${chain}[${output}]`];
    }
    case "contain": {
      const bars = `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`;
      const chain = join(...before, ...toOutput(piece, ...insideFrame(width, height)), ...moving, bars, ...after);
      return [`[${input}]${chain}[${output}]`];
    }
    case "blur": {
      const [whole, copy, backdrop, picture] = ["whole", "copy", "backdrop", "picture"].map((name) => output + name);
      const inside = join(...before, ...toOutput(piece, ...insideFrame(width, height)));
      return [
        `[${input}]${inside},split[${whole}][${copy}]`,
        `[${copy}]${join(...blurredBackdrop(width, height), ...still)}[${backdrop}]`,
        `[${whole}]${moving.length > 0 ? join(...moving) : "null"}[${picture}]`,
        `[${backdrop}][${picture}]${join("overlay=(W-w)/2:(H-h)/2", ...after)}[${output}]`,
      ];
    }
  }
}

/** Cuts the middle out of a picture, of the shape that fills the frame. */
function cropToShape(width: number, height: number): string {
  const w = `max(1,min(iw,ih*${width}/${height}/sar))`;
  const h = `max(1,min(ih,iw*sar*${height}/${width}))`;
  return `crop=w='${w}':h='${h}':exact=1`;
}

/** The even size of the largest picture of the source's shape inside the frame, as expressions for `scale`. */
function insideFrame(width: number, height: number): [string, string] {
  return [`max(2,2*round(min(${width},${height}*dar)/2))`, `max(2,2*round(min(${height},${width}/dar)/2))`];
}

/** Blurred at an eighth of the size, where that costs next to nothing, and darkened so that the picture stands out. */
function blurredBackdrop(width: number, height: number): string[] {
  const small = (length: number) => Math.max(2, 2 * Math.round(length / 16));
  return [
    cropToShape(width, height),
    `scale=${small(width)}:${small(height)}:flags=bilinear`,
    `gblur=sigma=${(Math.min(width, height) / 270).toFixed(2)}`,
    "lutyuv=y='16+(val-16)*0.7'",
    `scale=${width}:${height}:flags=bicubic`,
    "setsar=1",
    "format=yuv420p",
  ];
}

function deinterlace({ picture }: Piece): string[] {
  if (picture.firstField === null) return [];
  return [`bwdif=mode=send_frame:parity=${picture.firstField === "top" ? "tff" : "bff"}:deint=all`];
}

/** Scales, once, and makes the colours BT.709 of limited range whatever they were. */
function toOutput({ kind, picture }: Piece, width: string, height: string): string[] {
  const { alpha, matrix, primaries, transfer, fullRange } = picture;
  const from = (name: Piece["picture"]["matrix"]) => (name === "rgb" ? "" : `:in_color_matrix=${name}`);
  const scale = (flags: string, source: string, target: string) =>
    `scale=w='${width}':h='${height}':flags=${flags}${source}:out_color_matrix=${target}:out_range=tv,setsar=1`;
  if (alpha) {
    const opaque = `scale=flags=${EXACT_SCALE_FLAGS}${from(matrix)},format=gbrap,premultiply=inplace=1`;
    return [opaque, scale(EXACT_SCALE_FLAGS, "", "bt709"), "format=yuv420p"];
  }
  if (transfer !== "sdr" || primaries !== "bt709") {
    return [scale("bicubic", from(matrix), "bt2020"), "format=yuv420p10le", ...toBt709(transfer)];
  }
  if (matrix === "bt709" || (matrix === "rgb" && kind === "video")) {
    return [scale("bicubic", from(matrix), "bt709"), "format=yuv420p"];
  }
  if (matrix === "bt601" && kind === "video" && !fullRange) {
    // `scale` would go by way of RGB and shift every level by one; this takes as long and does not.
    return ["colormatrix=bt601:bt709", scale("bicubic", from("bt709"), "bt709"), "format=yuv420p"];
  }
  return [scale(EXACT_SCALE_FLAGS, from(matrix), "bt709"), "format=yuv420p"];
}

/**
 * From BT.2020 to BT.709; from high dynamic range with the mobius curve, which leaves dark and middle
 * tones as they are and rolls off what is brighter than the reference white of 203 cd/m² (ITU-R BT.2408).
 */
function toBt709(transfer: Piece["picture"]["transfer"]): string[] {
  const tags = { sdr: "bt709", pq: "smpte2084", hlg: "arib-std-b67" }[transfer];
  const described = `setparams=color_primaries=bt2020:color_trc=${tags}:colorspace=bt2020nc:range=tv`;
  const toned =
    transfer === "sdr"
      ? []
      : ["zscale=t=linear:npl=203", "format=gbrpf32le", "zscale=p=bt709", "tonemap=mobius:peak=5:desat=2"];
  return [described, ...toned, "zscale=p=bt709:t=bt709:m=bt709:r=tv", "format=yuv420p"];
}
