import { beforeAll, expect, test } from "vitest";
import type { Piece } from "../../../src/protocol/render-job.ts";
import {
  decoderConfiguration,
  imagePiece,
  make,
  pictureOf,
  render,
  renderers,
  STILL,
  segment,
  videoPiece,
} from "../support/pictures.ts";

const hdr = ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"];

/** Sources that differ in every property that a decoder passes on to an encoder. */
const sources: [name: string, kind: Piece["kind"], args: string[]][] = [
  ["MP4", "video", ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-f", "mp4"]],
  ["Motion JPEG in AVI", "video", ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p", "-f", "avi"]],
  ["interlaced MPEG-2", "video", ["-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-f", "matroska"]],
  ["10 bit, high dynamic range", "video", ["-c:v", "ffv1", "-pix_fmt", "yuv420p10", ...hdr, "-f", "matroska"]],
  ["pixels that are not square", "video", ["-vf", "setsar=4/3", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-f", "mp4"]],
  ["VP8 in WebM", "video", ["-c:v", "libvpx", "-f", "webm"]],
  ["JPEG", "image", ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p", ...STILL]],
  ["PNG", "image", ["-c:v", "png", "-pix_fmt", "rgba", ...STILL]],
  ["WebP", "image", ["-c:v", "libwebp", "-pix_fmt", "yuva420p", ...STILL]],
];

let pieces: { name: string; file: Uint8Array; piece: Piece }[];
beforeAll(async () => {
  pieces = [];
  for (const [name, kind, args] of sources) {
    const file = await make("-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=0.4", ...args);
    const picture = await pictureOf(file);
    const piece =
      kind === "video" ? videoPiece({ frames: 3, frameRate: 25, picture }) : imagePiece({ frames: 3, picture });
    pieces.push({ name, file, piece });
  }
});

test.each(renderers)(
  "the %s renderer gives segments of all sources and transitions the same decoder configuration",
  async (_, run) => {
    const found = new Map<string, string[]>();
    const note = async (name: string, used: Piece[], files: Uint8Array[], fit: "cover" | "blur" = "cover") => {
      const configuration = decoderConfiguration(await render(segment(used, { fit }), files, run));
      found.set(configuration, [...(found.get(configuration) ?? []), name]);
    };
    for (const { name, file, piece } of pieces) {
      await note(name, [piece], [file]);
      const slide = { kind: "slide_in", side: "top", frames: 2 } as const;
      await note(`${name}, sliding in, on a blurred backdrop`, [{ ...piece, transition: slide }], [file], "blur");
    }
    const [video, , , , , , image] = pieces;
    if (!video || !image) throw new Error("a source is missing");
    await note("a video and a still", [video.piece, { ...image.piece, input: 1 }], [video.file, image.file]);
    expect([...found.values()].map((names) => names.length)).toEqual([2 * sources.length + 1]);
  },
);
