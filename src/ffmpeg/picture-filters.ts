import type { Orientation, Piece, SegmentJob } from "../protocol/render-job.ts";
import { zoomFilters } from "./motion/image-zoom-filters.ts";
import { sizeBeforeTransition, transitionFilters } from "./motion/transition-filters.ts";
import { lookBack } from "./times/seek-point.ts";

/**
 * The instant at which a source is sampled for an output frame, in output frames after the frame's start. If a source
 * frame begins exactly at the instant, rounding of its timestamp decides whether it is shown. Source frames of 60, 50,
 * 48, 25 and 24 per second begin at multiples of 1/2, 1/4, 1/5 and 1/8, so the instant keeps away from these.
 */
const SAMPLING_INSTANT = 0.3125;
/** Seconds after a frame's start at which it counts as started, at speeds other than 1: more than rounding errors. */
const AFTER_FRAME_START = 0.0001;
/** Seconds read after a piece's end, so that a source with uneven timestamps still fills the piece. */
const READ_AHEAD_SECONDS = 0.5;

type VideoPiece = Extract<Piece, { kind: "video" }>;

/** Flags of `scale` that switch off its shortcuts, which change colours by one level. Twice as slow. */
export const EXACT_SCALE_FLAGS = "bicubic+accurate_rnd+full_chroma_int";

/** The filters that show a picture of each orientation upright (Exif 2.32, tag 0x0112). */
const UPRIGHT: Record<Orientation, string[]> = {
  1: [],
  2: ["hflip"],
  3: ["hflip", "vflip"],
  4: ["vflip"],
  5: ["transpose=cclock_flip"],
  6: ["transpose=clock"],
  7: ["transpose=clock_flip"],
  8: ["transpose=cclock"],
};

/** The part of a source that a piece needs, in seconds from the source's start. */
interface SourceWindow {
  /** Seek target for ffmpeg. */
  seek: number;
  /** Start of the frame that is visible at the piece's start, or earlier. Null if only decoding finds this frame. */
  start: number | null;
  end: number;
}

/** The part of the source to decode. It begins before the piece, to include the frame that is visible at its start. */
export function pieceWindow(
  { frameRate, start, seek, frames, speed = 1 }: VideoPiece,
  outputRate: number,
): SourceWindow {
  const first = Math.max(0, start - lookBack(frameRate));
  return {
    seek: Math.min(first, seek ?? first),
    start: frameRate === null ? null : first,
    end: start + (frames * speed) / outputRate + READ_AHEAD_SECONDS * Math.max(1, speed),
  };
}

/**
 * The filter chains that turn an input into one piece: exactly `piece.frames` frames of the job's size and rate, 8-bit
 * 4:2:0 BT.709, with a time base of one frame.
 *
 * @param input label of the source in the filter graph.
 * @param output label of the result. Labels between the two begin with it.
 */
export function pieceChains(job: SegmentJob, piece: Piece, input: string, output: string): string[] {
  const { frameRate } = job;
  const transition = transitionFilters(job, piece, output);
  switch (piece.kind) {
    case "video": {
      const fields = [...needed(piece, frameRate), ...deinterlace(piece)];
      const { chosen, retimed } = sampling(piece, frameRate);
      // Scaling is expensive, so it runs where there are fewer frames: before or after the frame rate is changed.
      const rateFirst = piece.frameRate === null || piece.frameRate * (piece.speed ?? 1) >= frameRate;
      const before = rateFirst ? [...fields, ...chosen] : fields;
      const after = [...(rateFirst ? [] : chosen), ...retimed, ...transition, "setpts=N"];
      return fitChains(job, piece, { input, output, before, moving: [], still: [], after });
    }
    case "image": {
      const motion = zoomFilters(piece, frameRate);
      const still = [`fps=${frameRate}`, "tpad=stop_mode=clone:stop=-1"];
      const after = [`trim=end_frame=${piece.frames}`, ...transition, "setpts=N"];
      // A resolution in dots per inch, which ffmpeg takes for the shape of the pixels, is for printers.
      const before = ["setsar=1", ...(piece.still ? UPRIGHT[piece.still.orientation] : [])];
      return fitChains(job, piece, { input, output, before, moving: motion, still, after });
    }
  }
}

/**
 * The filters that choose the source frame of each output frame, and those that then place the chosen frames at the
 * output's rate. If the source ends before the piece, its last frame is repeated.
 */
function sampling(piece: VideoPiece, frameRate: number): { chosen: string[]; retimed: string[] } {
  const { start, frames, shot, speed = 1 } = piece;
  const early = ((0.5 - SAMPLING_INSTANT) * speed) / frameRate - (speed === 1 ? 0 : AFTER_FRAME_START);
  const choose = (rate: string, from: number, trim: string) => [
    `settb=AVTB,fps=${rate}:start_time=${(from - early).toFixed(6)}`,
    "tpad=stop_mode=clone:stop=-1",
    // The last frame may claim a duration of hours.
    `trim=${trim}`,
  ];
  if (speed === 1) return { chosen: choose(String(frameRate), start, `end_frame=${frames}`), retimed: [] };
  // At other speeds, a source frame can begin at the sampling instant. The instants are counted from the start of the
  // shot, so that they are rounded in the same way in each of its pieces. `fps` fills the time before the piece with
  // copies of its first frame.
  const { offset } = shot;
  const shotStart = Math.round((start - (offset * speed) / frameRate) * 1e9) / 1e9;
  return {
    chosen: choose(`${frameRate}/${speed}`, shotStart, `start_frame=${offset}:end_frame=${offset + frames}`),
    retimed: [`settb=1/${frameRate}`, "setpts=N", `fps=${frameRate}`],
  };
}

/**
 * Drops the frames that are decoded only to find the piece's first frame. If the frame rate varies, the first frame may
 * have started at any time before the piece, and `fps` finds it.
 */
function needed(piece: VideoPiece, outputRate: number): string[] {
  const { seek, start, end } = pieceWindow(piece, outputRate);
  if (start === null) return [`trim=end=${end.toFixed(6)}`];
  return start > seek ? [`trim=start=${start.toFixed(6)}`] : [];
}

interface Chains {
  input: string;
  output: string;
  /** Filters before the picture is fitted into the frame. */
  before: string[];
  /** Filters for the picture itself, without its bars or backdrop. */
  moving: string[];
  /** Filters for the blurred backdrop of a moving picture. */
  still: string[];
  /** Filters for the whole frame. */
  after: string[];
}

function fitChains(job: SegmentJob, piece: Piece, { input, output, before, moving, still, after }: Chains): string[] {
  const { width, height } = sizeBeforeTransition(job, piece);
  const shape = cropToShape(job.width, job.height);
  const join = (...filters: string[]) => filters.join(",");
  switch (job.fit) {
    case "cover": {
      // Crop before scaling: fewer pixels are scaled, and an extreme aspect ratio cannot make the picture larger than
      // the frame.
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
        `[${copy}]${join(shape, ...blurredBackdrop(width, height), ...still)}[${backdrop}]`,
        `[${whole}]${moving.length > 0 ? join(...moving) : "null"}[${picture}]`,
        `[${backdrop}][${picture}]${join("overlay=(W-w)/2:(H-h)/2", ...after)}[${output}]`,
      ];
    }
  }
}

/** Crops a picture to the frame's aspect ratio, around its middle. */
function cropToShape(width: number, height: number): string {
  const w = `max(1,min(iw,ih*${width}/${height}/sar))`;
  const h = `max(1,min(ih,iw*sar*${height}/${width}))`;
  return `crop=w='${w}':h='${h}':exact=1`;
}

/**
 * Width and height, both even, of the largest picture with the source's aspect ratio inside the frame. Expressions for
 * `scale`.
 */
function insideFrame(width: number, height: number): [string, string] {
  return [`max(2,2*round(min(${width},${height}*dar)/2))`, `max(2,2*round(min(${height},${width}/dar)/2))`];
}

/**
 * Blurs and darkens a picture of the frame's shape, and scales it to the frame. It is blurred at an eighth of the size, which costs little time.
 */
function blurredBackdrop(width: number, height: number): string[] {
  const small = (length: number) => Math.max(2, 2 * Math.round(length / 16));
  return [
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

/** Scales the picture once and converts its colours to BT.709, limited range. Transparent parts become black. */
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
    // `scale` would convert through RGB and change every level by one. `colormatrix` does not and is as fast.
    return ["colormatrix=bt601:bt709", scale("bicubic", from("bt709"), "bt709"), "format=yuv420p"];
  }
  return [scale(EXACT_SCALE_FLAGS, from(matrix), "bt709"), "format=yuv420p"];
}

/**
 * Converts BT.2020 to BT.709. High dynamic range is tone-mapped with the mobius curve: it keeps dark and middle tones
 * and compresses tones brighter than the reference white of 203 cd/m² (ITU-R BT.2408).
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
