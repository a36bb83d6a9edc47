import type { SegmentJob } from "../protocol/render-job.ts";

/**
 * The preset ultrafast makes no use of what is above the Baseline profile, and would be marked as such.
 * `stitchable` keeps the quantizer out of the parameter sets, which all segments of a video share.
 */
const EVERY_PICTURE = ["8x8dct=1", "stitchable=1"];

/**
 * The searches that x264 saves bits by, left out. None of them is written into the parameter sets, so
 * that segments encoded with and without them can be joined.
 */
const NO_SEARCH = [
  ...["me=dia", "subme=0", "trellis=0", "partitions=none"],
  ...["rc-lookahead=0", "mbtree=0", "scenecut=0", "aq-mode=0"],
];

/**
 * Without macroblock-tree rate control and adaptive quantization a constant rate factor means a finer
 * picture: 3 more are of the same PSNR. The preset superfast never had the former.
 */
const withoutSearch = ({ preset, crf }: SegmentJob["encoder"]) => Math.min(51, crf + (preset === "superfast" ? 1 : 3));

/** What the psychovisual optimization of these presets adds to the chroma, which is written into the parameter sets. */
const PSYCHOVISUAL_CHROMA: Partial<Record<SegmentJob["encoder"]["preset"], string>> = {
  fast: "chroma-qp-offset=-2",
  medium: "chroma-qp-offset=-2",
};

/**
 * How libx264 encodes a segment's picture, as ffmpeg's options (ffmpeg-codecs, "libx264").
 *
 * Where there are captions the segment is encoded twice over, the picture without them first. That one is
 * an intermediate product: it is encoded in little more than half the time, to the same quality in more bytes.
 */
export function pictureEncoding({ encoder, captions }: SegmentJob): string[] {
  const { preset, crf } = encoder;
  const options = [
    "-preset",
    preset,
    "-crf",
    String(crf),
    "-profile:v",
    "high",
    "-x264-params",
    EVERY_PICTURE.join(":"),
  ];
  if (!captions || preset === "ultrafast") return options;
  const clean = [...EVERY_PICTURE, ...NO_SEARCH, PSYCHOVISUAL_CHROMA[preset]].filter((option) => option !== undefined);
  return [...options, "-crf:v:0", String(withoutSearch(encoder)), "-x264-params:v:0", clean.join(":")];
}
