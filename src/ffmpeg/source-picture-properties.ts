import { type MediaProbe, type Picture, stillDecoders } from "../protocol/render-job.ts";

type ProbedPicture = NonNullable<MediaProbe["video"]>;

/**
 * Decides how a source's pictures must be decoded and converted. If the file does not specify its colour matrix, the
 * usual defaults of players apply: BT.2020 for high dynamic range, BT.709 for high definition, else BT.601.
 */
export function sourcePicture(video: ProbedPicture): Picture {
  const { primaries, transfer } = video.color;
  return {
    alpha: video.alpha,
    firstField: video.fieldOrder === "top" || video.fieldOrder === "bottom" ? video.fieldOrder : null,
    matrix: matrixOf(video),
    fullRange: video.color.range === "pc" || /^yuvj/.test(video.pixelFormat ?? ""),
    primaries: primaries === "bt2020" ? "bt2020" : "bt709",
    transfer: transfer === "smpte2084" ? "pq" : transfer === "arib-std-b67" ? "hlg" : "sdr",
    decoder: video.still === null ? (video.alpha ? alphaDecoder(video.codec) : null) : stillDecoder(video.codec),
  };
}

function matrixOf({ color, width, height, rotation, pixelFormat }: ProbedPicture): Picture["matrix"] {
  if (/^(?:0?rgb|0?bgr|gbr|argb|abgr|pal8)/.test(pixelFormat ?? "")) return "rgb";
  switch (color.matrix) {
    case "gbr":
      return "rgb";
    case "bt709":
      return "bt709";
    case "bt2020nc":
    case "bt2020c":
      return "bt2020";
    case "bt470bg":
    case "smpte170m":
    case "fcc":
      return "bt601";
    default: {
      if (color.transfer === "smpte2084" || color.transfer === "arib-std-b67") return "bt2020";
      const lines = rotation % 180 === 0 ? height : width;
      return lines > 576 ? "bt709" : "bt601";
    }
  }
}

/**
 * The decoder of a still picture. ffmpeg does not recognise every one by its content. The decoders have the names of the
 * codecs.
 */
function stillDecoder(codec: string): Picture["decoder"] {
  return stillDecoders.find((decoder) => decoder === codec) ?? null;
}

/** ffmpeg's own VP8 and VP9 decoders ignore WebM's alpha channel. libvpx decodes it. */
function alphaDecoder(codec: string): Picture["decoder"] {
  if (codec === "vp8") return "libvpx";
  return codec === "vp9" ? "libvpx-vp9" : null;
}
