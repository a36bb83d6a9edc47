import type { SegmentJob } from "../protocol/render-job.ts";

/**
 * x264 options of every video track. `8x8dct` keeps the High profile with the preset ultrafast, which x264 would
 * otherwise mark as Baseline. `stitchable` keeps the quantizer out of the parameter sets, because all segments of a
 * video must share them.
 */
const COMMON_OPTIONS = ["8x8dct=1", "stitchable=1"];

/**
 * Switches off x264's searches for a smaller encoding. These options do not change the parameter sets, so segments
 * encoded with and without them can be joined.
 */
const FAST_OPTIONS = [
  ...["me=dia", "subme=0", "trellis=0", "partitions=none"],
  ...["rc-lookahead=0", "mbtree=0", "scenecut=0", "aq-mode=0"],
];

/**
 * The constant rate factor that gives the same PSNR with {@link FAST_OPTIONS}. Without macroblock-tree rate control and
 * adaptive quantization, the same factor gives a better picture, so 3 is added. The preset superfast never uses
 * macroblock-tree, so 1 is enough.
 */
const fastCrf = ({ preset, crf }: SegmentJob["encoder"]) => Math.min(51, crf + (preset === "superfast" ? 1 : 3));

/**
 * The chroma offset that the psychovisual optimization of these presets adds. It is part of the parameter sets, so a
 * track without that optimization must set it too.
 */
const PSYCHOVISUAL_CHROMA: Partial<Record<SegmentJob["encoder"]["preset"], string>> = {
  fast: "chroma-qp-offset=-2",
  medium: "chroma-qp-offset=-2",
};

/**
 * The ffmpeg options for encoding a segment's picture with libx264 (ffmpeg-codecs, "libx264").
 *
 * A segment with captions is usually encoded twice: the first video track has no captions, the second one has them. The first
 * track is only an intermediate product. It is encoded with the same quality in little more than half the time, but
 * needs more bytes.
 */
export function pictureEncoding({ encoder, captions, clean: hasClean }: SegmentJob): string[] {
  const { preset, crf } = encoder;
  const options = [
    "-preset",
    preset,
    "-crf",
    String(crf),
    "-profile:v",
    "high",
    "-x264-params",
    COMMON_OPTIONS.join(":"),
  ];
  if (!captions || hasClean === false || preset === "ultrafast") return options;
  const clean = [...COMMON_OPTIONS, ...FAST_OPTIONS, PSYCHOVISUAL_CHROMA[preset]].filter(
    (option) => option !== undefined,
  );
  return [...options, "-crf:v:0", String(fastCrf(encoder)), "-x264-params:v:0", clean.join(":")];
}
