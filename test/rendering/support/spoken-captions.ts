import { withPresetFields } from "../../../src/api/subtitle-presets.ts";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { assDocument } from "../../../src/captions/ass-document.ts";
import { captionStyle } from "../../../src/captions/caption-style.ts";
import { lineFits } from "../../../src/captions/fit-lines.ts";
import type { Cue } from "../../../src/captions/timing/cue-timing.ts";
import { withSpreadWords, withWords } from "../../../src/captions/timing/cue-words.ts";
import { wrapText } from "../../../src/captions/wrap-lines.ts";
import type { CaptionCanvas } from "../../../src/protocol/render-job.ts";
import { wordSpans } from "../../../src/text/word-spans.ts";
import { ffmpeg } from "../../support/ffmpeg.ts";
import { fontsFor } from "../../support/fonts.ts";
import { segmentJob, videoPiece } from "../../support/jobs.ts";
import { greyClip, type Picture } from "./drawn-captions.ts";
import type { Render } from "./renderers.ts";

/** A text that is spoken during some frames, each of its words equally long. */
export interface SpokenCaption {
  text: string;
  /** BCP 47 tag. */
  language?: string;
  fields?: object;
  frames: number;
}

/** A sentence with an emoji or digits for each of the scripts that captions are tested with. */
export const SCRIPTS = {
  latin: ["en", "The office lights 😍 shine"],
  cyrillic: ["ru", "Ночью огни, «города» сияют"],
  greek: ["el", "Τα φώτα της πόλης λάμπουν"],
  chinese: ["zh", "夜晚的城市灯光🌃闪耀"],
  japanese: ["ja", "夜の街の明かりが輝いています"],
  korean: ["ko", "밤의 도시 불빛이 빛난다"],
  arabic: ["ar", "أضواء المدينة 25 تلمع ليلا"],
  hebrew: ["he", "אורות (העיר) זורחים 25 פעם"],
  hindi: ["hi", "विश्वविद्यालय की रोशनी क्षत्रिय"],
  thai: ["th", "แสงไฟของเมืองส่องสว่างน้ำ"],
} as const;

/**
 * Draws the captions one after the other, with one run of the renderer, and decodes all frames of each. The captions
 * must all be grey or all be coloured.
 */
export async function drawSpoken(
  captions: readonly SpokenCaption[],
  { width, height }: { width: number; height: number },
  render: Render,
): Promise<Picture[][]> {
  const files: Uint8Array<ArrayBuffer>[] = [];
  const names: string[] = [];
  const styles: string[] = [];
  const events: string[] = [];
  let script = "";
  const canvases: CaptionCanvas[] = [];
  let start = 0;
  for (const [index, caption] of captions.entries()) {
    const drawn = drawnScript(caption, start, { width, height });
    for (const { name, file } of drawn.files) if (!names.includes(name)) files[names.push(name) - 1] = file;
    script ||= drawn.script;
    if (drawn.canvas) canvases.push(drawn.canvas);
    const named = (line: string) => line.replace(/^(Style: |Dialogue: (?:[^,]*,){3})(\w+)/, `$1$2${index}`);
    const lines = drawn.script.split("\n").map(named);
    styles.push(...lines.filter((line) => line.startsWith("Style: ")));
    events.push(...lines.filter((line) => line.startsWith("Dialogue: ")));
    start += caption.frames;
  }
  const ass = script
    .replace(/^(?:Style: .*\n)+/m, () => `${styles.join("\n")}\n`)
    .replace(/^(?:Dialogue: .*\n)+/m, () => `${events.join("\n")}\n`);
  const job = segmentJob([videoPiece({ frames: start })], {
    ...{ width, height, encoder: { preset: "ultrafast", crf: 4 } },
    captions: { ass, fonts: files.map((_, index) => index + 1), ...joinedCanvas(canvases) },
  });
  const segment = await render(job, [await greyClip(start), ...files]);
  const { output, log } = await ffmpeg(
    { segment },
    ...["-i", "segment", "-map", "0:v:1", "-vf", "scale=in_color_matrix=bt709"],
    ...["-f", "rawvideo", "-pix_fmt", "rgb24", "output"],
  );
  const bytes = width * height * 3;
  if (output.byteLength !== start * bytes) throw new Error(log);
  let first = 0;
  return captions.map(({ frames }) => {
    const pictures = Array.from({ length: frames }, (_, index) => {
      const from = (first + index) * bytes;
      return { width, height, pixels: output.subarray(from, from + bytes) };
    });
    first += frames;
    return pictures;
  });
}

function drawnScript(
  { text, language = "und", fields, frames }: SpokenCaption,
  start: number,
  size: { width: number; height: number },
) {
  const body = { video_materials: [{ url: "a.mp4" }], video_script: text, video_language: language, ...fields };
  const request = videoRequestSchema.parse(withPresetFields(body));
  const style = captionStyle(request, size);
  const loaded = fontsFor(text, request.font_name);
  const fonts = loaded.map(({ font }) => font);
  const lines = wrapText(text, lineFits(style, fonts), language);
  const cue: Cue = { start, end: start + frames, text: lines };
  const spans = wordSpans(lines, language);
  const times = spans.map((_, index) => ({
    start: start + (frames * index) / spans.length,
    end: start + (frames * (index + 1)) / spans.length,
  }));
  const { text: script, fonts: used, canvas } = assDocument([withWords(cue, spans, times, 1)], style, fonts, 30);
  return {
    script,
    canvas,
    files: used.flatMap((index) => loaded[index] ?? []).map(({ font, file }) => ({ name: font.name, file })),
  };
}

/** One canvas for captions that are drawn one after the other. */
function joinedCanvas(canvases: readonly CaptionCanvas[]): { coloured: boolean; canvas?: CaptionCanvas } {
  if (canvases.length === 0) return { coloured: false };
  const top = Math.min(...canvases.map((canvas) => canvas.top));
  const height = Math.max(...canvases.map((canvas) => canvas.top + canvas.height)) - top;
  const changes = [...new Set(canvases.flatMap((canvas) => canvas.changes))].sort((a, b) => a - b);
  return { coloured: true, canvas: { top, height, changes, coordinates: "frame" } };
}

/** The number of words that a text has in a language. */
export function wordCount(text: string, language: string): number {
  return withSpreadWords({ start: 0, end: 1000, text }, language).words?.length ?? 0;
}

/** How alike two frames are: the mean structural similarity of luma in windows of 8×8 pixels, from 0 to 1. */
export function structuralSimilarity(a: Picture, b: Picture): number {
  const luma = ({ pixels }: Picture, at: number) =>
    0.2126 * (pixels[at * 3] ?? 0) + 0.7152 * (pixels[at * 3 + 1] ?? 0) + 0.0722 * (pixels[at * 3 + 2] ?? 0);
  const SIZE = 8;
  let sum = 0;
  let windows = 0;
  for (let top = 0; top + SIZE <= a.height; top += SIZE / 2) {
    for (let left = 0; left + SIZE <= a.width; left += SIZE / 2) {
      let [meanA, meanB, squareA, squareB, product] = [0, 0, 0, 0, 0];
      for (let index = 0; index < SIZE * SIZE; index++) {
        const at = (top + Math.floor(index / SIZE)) * a.width + left + (index % SIZE);
        const [one, other] = [luma(a, at), luma(b, at)];
        meanA += one / SIZE ** 2;
        meanB += other / SIZE ** 2;
        squareA += one ** 2 / SIZE ** 2;
        squareB += other ** 2 / SIZE ** 2;
        product += (one * other) / SIZE ** 2;
      }
      const [varianceA, varianceB] = [squareA - meanA ** 2, squareB - meanB ** 2];
      const covariance = product - meanA * meanB;
      const [c1, c2] = [6.5025, 58.5225];
      sum +=
        ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
        ((meanA ** 2 + meanB ** 2 + c1) * (varianceA + varianceB + c2));
      windows++;
    }
  }
  return sum / windows;
}
