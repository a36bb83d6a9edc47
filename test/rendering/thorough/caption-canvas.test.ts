import { expect, test } from "vitest";
import { withPresetFields } from "../../../src/api/subtitle-presets.ts";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { assDocument } from "../../../src/captions/ass-document.ts";
import { captionStyle } from "../../../src/captions/caption-style.ts";
import type { Cue } from "../../../src/captions/timing/cue-timing.ts";
import { withSpreadWords } from "../../../src/captions/timing/cue-words.ts";
import { ffmpeg } from "../../support/ffmpeg.ts";
import { fontsFor } from "../../support/fonts.ts";
import { segmentJob, videoPiece } from "../../support/jobs.ts";
import { greyClip, type Picture } from "../support/drawn-captions.ts";
import { render } from "../support/renderers.ts";
import { structuralSimilarity } from "../support/spoken-captions.ts";

const SIZE = { width: 320, height: 240 };
const FRAMES = 14;
const KARAOKE = { subtitle_display_mode: "karaoke" };

/**
 * Decodes the frames of a segment with two captions and a pause between them.
 *
 * @param whole draws the captions on a canvas of the whole frame in each frame, as plans of earlier versions do.
 */
async function frames(text: string, fields: object, whole: boolean): Promise<Picture[]> {
  const body = { video_materials: [{ url: "a.mp4" }], video_script: text, stroke_width: 6, ...fields };
  const request = videoRequestSchema.parse(withPresetFields(body));
  const style = captionStyle(request, SIZE);
  const loaded = fontsFor(text, request.font_name);
  const fonts = loaded.map(({ font }) => font);
  const shown = (start: number, end: number): Cue => withSpreadWords({ start, end, text }, "und");
  const cues = [shown(0, 6), shown(8, FRAMES)];
  const window = whole ? undefined : { start: 0, end: FRAMES };
  const { text: ass, fonts: used, canvas, coloured } = assDocument(cues, style, fonts, 30, window);
  const files = used.flatMap((index) => loaded[index]?.file ?? []);
  const job = segmentJob([videoPiece({ frames: FRAMES })], {
    ...{ ...SIZE, encoder: { preset: "ultrafast", crf: 4 }, clean: false as const },
    captions: {
      ...{ ass, coloured, fonts: files.map((_, index) => index + 1) },
      ...(canvas && !whole ? { canvas } : {}),
    },
  });
  const segment = await render(job, [await greyClip(FRAMES), ...files]);
  const { output } = await ffmpeg(
    { segment },
    ...["-i", "segment", "-vf", "scale=in_color_matrix=bt709", "-f", "rawvideo", "-pix_fmt", "rgb24", "output"],
  );
  const bytes = SIZE.width * SIZE.height * 3;
  return Array.from({ length: output.byteLength / bytes }, (_, index) => ({
    ...SIZE,
    pixels: output.subarray(index * bytes, (index + 1) * bytes),
  }));
}

const LOOKS: [name: string, text: string, fields: object][] = [
  [
    "a box behind the spoken word",
    "रोशनी क्षत्रिय",
    { ...KARAOKE, highlight_background: "#4000FF", rounded_subtitle_background: true },
  ],
  [
    "words that fill with a colour that BT.601 does not have",
    "Fill me",
    { ...KARAOKE, karaoke_fill: true, highlight_color: "#FFFF00" },
  ],
  ["words that jump up", "น้ำ ปู่", { subtitle_preset: "comic" }],
  ["sentences with high letters", "ÁỄẪ g̩̃", { text_background_color: "#0B3D9180", subtitle_position: "bottom" }],
];

test.each(LOOKS)(
  "captions drawn on their own rows and only when they change are those drawn on every whole frame: %s",
  async (_, text, fields) => {
    const [rows, whole] = [await frames(text, fields, false), await frames(text, fields, true)];
    expect(rows.length).toBe(FRAMES);
    for (const [index, picture] of whole.entries()) {
      const differing = picture.pixels.findIndex((value, at) => value !== rows[index]?.pixels[at]);
      expect(differing, `frame ${index}`).toBe(-1);
    }
  },
);

test("words that fill with colour look the same whether they are drawn on the frame or on a canvas", async () => {
  const fields = { ...KARAOKE, karaoke_fill: true, highlight_color: "#22D3EE", stroke_color: "#0B1F3A" };
  const [onFrame, onCanvas] = [await frames("Fill me", fields, false), await frames("Fill me", fields, true)];
  expect(onFrame.length).toBe(FRAMES);
  for (const [index, picture] of onCanvas.entries()) {
    const other = onFrame[index] as Picture;
    expect(structuralSimilarity(picture, other), `frame ${index}`).toBeGreaterThan(0.99);
    const far = picture.pixels.reduce(
      (sum, value, at) => sum + (Math.abs(value - (other.pixels[at] ?? 0)) > 24 ? 1 : 0),
      0,
    );
    expect(far / picture.pixels.length, `frame ${index}`).toBeLessThan(0.002);
  }
});
