import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { assDocument } from "../../../src/captions/ass-document.ts";
import { captionStyle } from "../../../src/captions/caption-style.ts";
import { lineFits } from "../../../src/captions/fit-lines.ts";
import { type Font, readFont } from "../../../src/captions/fonts/read-font-file.ts";
import { wrapText } from "../../../src/captions/wrap-lines.ts";
import { ffmpeg } from "../../support/ffmpeg.ts";
import { segmentJob, videoPiece } from "../../support/jobs.ts";
import type { Render } from "./renderers.ts";

/** A subtitle with the request fields that decide its look. */
export interface Caption {
  text: string;
  fields?: object;
}

/** A decoded frame as RGB bytes. */
export interface Picture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** Where pixels of a colour are. `right` and `bottom` are the last column and row. */
export interface Found {
  count: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Draws each caption on a frame of its own, with one run of the renderer, and decodes the frames. The captions must all
 * be grey or all be coloured.
 *
 * @param size size of the frames in pixels.
 * @param files font files in order of preference.
 */
export async function drawEach(
  captions: readonly Caption[],
  { width, height }: { width: number; height: number },
  files: readonly Uint8Array[],
  render: Render,
): Promise<Picture[]> {
  const fonts: Font[] = files.map(readFont);
  const scripts = captions.map(({ text, fields }, index) => {
    const request = videoRequestSchema.parse({
      ...{ video_materials: [{ url: "a.mp4" }], text_background_color: true },
      ...fields,
    });
    const style = captionStyle(request, { width, height });
    const lines = wrapText(text, lineFits(style, fonts));
    const script = assDocument([{ start: index, end: index + 1, text: lines }], style, fonts, 30);
    return { ...script, text: script.text.replaceAll("Default,", `Look${index},`) };
  });
  const lines = (pattern: RegExp) => scripts.flatMap(({ text }) => text.match(pattern) ?? []);
  const first = scripts[0]?.text ?? "";
  const ass = first
    .replace(/^Style:.*$/m, () => lines(/^Style:.*$/m).join("\n"))
    .replace(/^Dialogue:.*$/m, () => lines(/^Dialogue:.*$/m).join("\n"));
  const frames = captions.length;
  const job = segmentJob([videoPiece({ frames })], {
    ...{ width, height, encoder: { preset: "ultrafast", crf: 4 } },
    captions: { ass, fonts: files.map((_, index) => index + 1), coloured: scripts.some(({ coloured }) => coloured) },
  });
  const segment = await render(job, [await greyClip(frames), ...files]);
  const { output, log } = await ffmpeg(
    { segment },
    ...["-i", "segment", "-map", "0:v:1", "-vf", "scale=in_color_matrix=bt709"],
    ...["-f", "rawvideo", "-pix_fmt", "rgb24", "output"],
  );
  const bytes = width * height * 3;
  if (output.byteLength !== frames * bytes) throw new Error(log);
  return captions.map((_, index) => ({ width, height, pixels: output.subarray(index * bytes, (index + 1) * bytes) }));
}

/** Number of frames of a clip that most calls can use. */
const CLIP_FRAMES = 60;
let clip: Promise<Uint8Array> | undefined;

/** A plain grey clip with at least this number of frames. */
export function greyClip(frames: number): Promise<Uint8Array> {
  if (frames > CLIP_FRAMES) return makeClip(frames);
  clip ??= makeClip(CLIP_FRAMES);
  return clip;
}

async function makeClip(frames: number): Promise<Uint8Array> {
  const { output } = await ffmpeg(
    {},
    ...["-f", "lavfi", "-i", "color=0x606060:s=32x32:r=30", "-frames:v", String(frames)],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-crf", "1", "-f", "mp4", "output"],
  );
  return output;
}

/** Finds the pixels for which `is` holds. */
export function findPixels(
  { width, height, pixels }: Picture,
  is: (red: number, green: number, blue: number) => boolean,
): Found {
  const found = { count: 0, left: width, right: -1, top: height, bottom: -1 };
  for (let at = 0; at < width * height; at++) {
    if (!is(pixels[at * 3] ?? 0, pixels[at * 3 + 1] ?? 0, pixels[at * 3 + 2] ?? 0)) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    found.count++;
    found.left = Math.min(found.left, x);
    found.right = Math.max(found.right, x);
    found.top = Math.min(found.top, y);
    found.bottom = Math.max(found.bottom, y);
  }
  return found;
}

/** The share of pixels that differ visibly between two frames of the same size. */
export function differing(a: Pick<Picture, "pixels">, b: Pick<Picture, "pixels">): number {
  let different = 0;
  for (let at = 0; at < a.pixels.length; at += 3) {
    if (Math.abs((a.pixels[at] ?? 0) - (b.pixels[at] ?? 0)) > 48) different++;
  }
  return different / (a.pixels.length / 3);
}
