import { expect, test } from "vitest";
import { differing, findPixels, type Picture } from "../rendering/support/drawn-captions.ts";
import { type Render, renderInWasm, renderNatively } from "../rendering/support/renderers.ts";
import { drawSpoken } from "../rendering/support/spoken-captions.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { skippedWithout } from "../support/skipped.ts";

/** Of a frame whose shorter side is 1080 pixels, this is a sixth. */
const SIZE = { width: 320, height: 180 };
const FRAMES = 6;
const TEXT = "High Hill";
/** Fields of all requests here. They leave room for larger letters and for boxes. */
const usualFields = { font_size: 180, stroke_width: 0 };

type Colour = readonly [red: number, green: number, blue: number];
const [WHITE, BLACK, GREY, RED, BLUE]: Colour[] = [
  [255, 255, 255],
  [0, 0, 0],
  [96, 96, 96],
  [255, 0, 0],
  [0, 0, 255],
] as unknown as [Colour, Colour, Colour, Colour, Colour];
const find = (picture: Picture, [red, green, blue]: Colour, near = 48) =>
  findPixels(picture, (r, g, b) => Math.max(Math.abs(r - red), Math.abs(g - green), Math.abs(b - blue)) <= near);
const pixel = ({ width, pixels }: Picture, x: number, y: number) => pixels[(y * width + x) * 3] ?? Number.NaN;

const last = (frames: readonly Picture[]) => frames.at(-1) as Picture;
const heightOf = (picture: Picture) => {
  const { top, bottom } = find(picture, WHITE, 90);
  return bottom - top + 1;
};
const near = (value: number, wanted: number, tolerance: number) =>
  expect(Math.abs(value - wanted)).toBeLessThanOrEqual(tolerance);

/** What a value of a field does to the frames of a subtitle, compared with the usual ones. */
type Effect = (frames: Picture[], usual: Picture[]) => void;
type Row = [field: string, value: unknown, effect: Effect, others?: object];

const same: Effect = (frames, usual) => expect(differing(last(frames), last(usual))).toBe(0);
const box =
  (colour: Colour | null): Effect =>
  ([frame]) => {
    const text = find(frame as Picture, WHITE, 90);
    const beside = pixel(frame as Picture, text.left - 2, Math.round((text.top + text.bottom) / 2));
    near(beside, (colour ?? GREY)[0], 12);
  };
const at =
  (share: number, edge: "top" | "bottom" | "middle"): Effect =>
  ([frame]) => {
    const { top, bottom } = find(frame as Picture, BLACK);
    near({ top, bottom: bottom + 1, middle: (top + bottom + 1) / 2 }[edge], share * SIZE.height, 3);
  };
/** The free height is divided in this share above the box and below it. */
const divided =
  (share: number): Effect =>
  ([frame]) => {
    const { top, bottom } = find(frame as Picture, BLACK);
    near(top / (SIZE.height - (bottom + 1 - top)), share, 0.02);
  };
const boxed = { text_background_color: true };
/** The number of white pixels: how heavy the letters are. */
const weight = (frames: Picture[]) => find(last(frames), WHITE, 90).count;
const heavier: Effect = (frames, usual) => expect(weight(frames)).toBeGreaterThan(1.1 * weight(usual));
const lighter: Effect = (frames, usual) => expect(weight(frames)).toBeLessThan(0.9 * weight(usual));
const otherLetters: Effect = (frames, usual) => expect(differing(last(frames), last(usual))).toBeGreaterThan(0.005);

const grey: Row[] = [
  ["font_size", 90, (frames, usual) => near(heightOf(last(frames)) / heightOf(last(usual)), 0.5, 0.06)],
  ["font_size", 180, same],
  ["font_name", "", same],
  ["font_name", "STHeitiMedium.ttc", heavier],
  ["font_name", "STHeitiLight.ttc", lighter],
  ["font_name", "MicrosoftYaHeiBold.ttc", heavier],
  ["font_name", "MicrosoftYaHeiNormal.ttc", same],
  ["font_name", "BeVietnamPro-Bold.ttf", heavier],
  ["font_name", "BeVietnamPro-Medium.ttf", otherLetters],
  ["font_name", "Charm-Bold.ttf", otherLetters],
  ["font_name", "Charm-Regular.ttf", otherLetters],
  ["font_name", "UTM Kabel KT.ttf", heavier],
  ["text_background_color", false, box(null)],
  ["text_background_color", "transparent", box(null)],
  ["text_background_color", "", box(null)],
  ["text_background_color", null, box(null)],
  ["text_background_color", true, box(BLACK)],
  ["text_background_color", "#000000", box(BLACK)],
  ["text_background_color", "#00000080", box([48, 48, 48])],
  ["rounded_subtitle_background", false, same, boxed],
  [
    "rounded_subtitle_background",
    true,
    ([frame]) => {
      const { left, right, top, bottom } = find(frame as Picture, BLACK);
      near(pixel(frame as Picture, left, top), GREY[0], 30);
      near(pixel(frame as Picture, Math.round((left + right) / 2), bottom - 1), BLACK[0], 30);
    },
    boxed,
  ],
  ["subtitle_position", "top", at(0.05, "top"), boxed],
  ["subtitle_position", "center", at(0.5, "middle"), boxed],
  ["subtitle_position", "bottom", at(0.95, "bottom"), boxed],
  ["subtitle_position", "two_thirds_bottom", divided(1 / 3), boxed],
  ["subtitle_position", "custom", divided(0.7), { ...boxed, custom_position: 70 }],
  ["custom_position", 0, divided(0), { ...boxed, subtitle_position: "custom" }],
  ["custom_position", 100, divided(1), { ...boxed, subtitle_position: "custom" }],
  ["stroke_width", 0, ([frame]) => expect(find(frame as Picture, BLACK).count).toBe(0)],
  ["stroke_width", 18, ([frame]) => expect(find(frame as Picture, BLACK).count).toBeGreaterThan(300)],
  ["subtitle_display_mode", "sentence", same],
  [
    "subtitle_display_mode",
    "word_by_word",
    ([first, ...rest], usual) => {
      const width = (picture: Picture | undefined) => {
        const { left, right } = find(picture as Picture, WHITE, 90);
        return right - left;
      };
      expect(width(first)).toBeLessThan(0.7 * width(last(usual)));
      expect(width(last(rest))).toBeLessThan(0.7 * width(last(usual)));
      expect(differing(first as Picture, last(rest))).toBeGreaterThan(0.005);
    },
  ],
  ["subtitle_animation", "none", ([first, ...rest]) => expect(differing(first as Picture, last(rest))).toBe(0)],
  [
    "subtitle_animation",
    "pop_spring",
    ([first, ...rest]) => expect(heightOf(first as Picture)).toBeLessThan(heightOf(last(rest))),
  ],
  ["text_fore_color", "#FFFFFF", same],
];

const coloured: Row[] = [
  [
    "text_fore_color",
    "#FF0000",
    ([frame]) => {
      expect(find(frame as Picture, RED).count).toBeGreaterThan(300);
      expect(find(frame as Picture, WHITE).count).toBe(0);
    },
  ],
  ["text_fore_color", "red", ([frame]) => expect(find(frame as Picture, RED).count).toBeGreaterThan(300)],
  ["text_background_color", "#0000FF", ([frame]) => expect(find(frame as Picture, BLUE).count).toBeGreaterThan(2000)],
  [
    "stroke_color",
    "#FF0000",
    ([frame]) => expect(find(frame as Picture, RED).count).toBeGreaterThan(300),
    { stroke_width: 18 },
  ],
];

async function drawRows(rows: readonly Row[], render: Render): Promise<void> {
  const captions = rows.flatMap(([field, value, , others = {}]) =>
    [
      { ...usualFields, ...others, [field]: value },
      { ...usualFields, ...others },
    ].map((fields) => ({
      ...{ text: TEXT, language: "en", frames: FRAMES, fields },
    })),
  );
  const drawn = await drawSpoken(captions, SIZE, render);
  for (const [index, [field, value, effect]] of rows.entries()) {
    try {
      effect(drawn[2 * index] ?? [], drawn[2 * index + 1] ?? []);
    } catch (error) {
      throw new Error(`${field} ${JSON.stringify(value)}: ${error}`, { cause: error });
    }
  }
}

test.skipIf(!hasFFmpeg).each([
  ["native", renderNatively],
  ["wasm", renderInWasm],
] as const)(
  `every value of the fields for subtitles has its effect on the frames of the %s renderer${skippedWithout(hasFFmpeg, "ffmpeg")}`,
  async (_, render) => {
    await drawRows(grey, render);
    await drawRows(coloured, render);
  },
);
