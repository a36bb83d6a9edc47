import type { MediaProbe, Picture } from "../protocol/render-job.ts";

type ProbedPicture = NonNullable<MediaProbe["video"]>;

/**
 * How a source's pictures have to be read. What the file does not say is taken as players take it:
 * BT.709 for high definition, BT.601 below, and for
 * high dynamic range BT.2020.
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
    decoder: video.alpha ? alphaDecoder(video.codec) : null,
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

/** ffmpeg's own VP8 and VP9 decoders leave WebM's alpha channel out; libvpx reads it. */
function alphaDecoder(codec: string): Picture["decoder"] {
  if (codec === "vp8") return "libvpx";
  return codec === "vp9" ? "libvpx-vp9" : null;
}
