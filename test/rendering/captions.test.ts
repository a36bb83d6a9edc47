import { beforeAll, expect, test } from "vitest";
import {
  captionedJob,
  FRAMES,
  find,
  frameOf,
  greyClip,
  HEIGHT,
  type Picture,
  WIDTH,
} from "./support/captioned-frames.ts";
import { differing } from "./support/drawn-captions.ts";
import { type Render, render, renderers } from "./support/renderers.ts";

const WHITE = [255, 255, 255] as const;
const BLACK = [0, 0, 0] as const;
const RED = [255, 0, 0] as const;
let clip: Uint8Array;

beforeAll(async () => {
  clip = await greyClip();
});

async function draw(script: string, fields: object = {}, frame = 1, by: Render = render): Promise<Picture> {
  const { job, fonts } = captionedJob(script, fields);
  return frameOf(await by(job, [clip, ...fonts]), frame);
}

test("an Arabic word is drawn with joined letters", async () => {
  // Zero-width non-joiners keep the letters in their isolated forms, which are wider.
  const joined = find(await draw("سلسبيل"), WHITE);
  const apart = find(await draw([..."سلسبيل"].join("\u200c")), WHITE);
  expect(joined.right - joined.left).toBeLessThan(0.9 * (apart.right - apart.left));
});

test("right-to-left text starts at the right", async () => {
  // The first of the two words is longer and must be on the right.
  const picture = await draw("مستشفيات و", { text_background_color: false });
  const { left, right } = find(picture, WHITE);
  // The gap between the words must be near the left end.
  const columns = Array.from({ length: right - left }, (_, index) => left + index).filter((x) => {
    for (let y = 0; y < HEIGHT; y++) if ((picture.pixels[(y * WIDTH + x) * 3] ?? 0) > 160) return false;
    return true;
  });
  const gap = columns.filter((x) => x > left + 2).at(0) ?? right;
  expect(gap - left).toBeLessThan((right - left) / 3);
});

test.each([
  ["top", {}, 0.05, "top"],
  ["bottom", {}, 0.95, "bottom"],
  ["center", {}, 0.5, "middle"],
  ["custom", { custom_position: 0 }, 0, "top"],
  ["two_thirds_bottom", {}, 0.317, "top"],
  ["custom", { custom_position: 50 }, 0.5, "middle"],
  ["custom", { custom_position: 100 }, 1, "bottom"],
] as const)(
  "subtitle_position %s with %j puts the box of a subtitle at the requested height",
  async (subtitle_position, fields, share, edge) => {
    const box = find(await draw("One line.", { subtitle_position, ...fields }), BLACK);
    const at = { top: box.top, bottom: box.bottom + 1, middle: (box.top + box.bottom + 1) / 2 }[edge];
    expect(Math.abs(at - share * HEIGHT)).toBeLessThan(4);
  },
);

test.each(renderers)(
  "the $name renderer draws subtitles in the requested text, background and stroke colours",
  async (renderer) => {
    const look = { stroke_width: 9, font_size: 150 };
    const colours = { text_fore_color: "#FFFF00", text_background_color: "#0000FF", stroke_color: "#FF0000" };
    const picture = await draw("Colours", { ...look, ...colours }, 1, renderer.render);
    for (const colour of [[255, 255, 0], [0, 0, 255], RED] as const) {
      expect(find(picture, colour, 6).count).toBeGreaterThan(300);
    }
  },
);

test("a subtitle without a background has no box, and a translucent background shows the picture", async () => {
  const bare = await draw("Bare", { text_background_color: false, stroke_width: 0 });
  expect(find(bare, BLACK).count).toBe(0);
  expect(find(bare, WHITE).count).toBeGreaterThan(100);
  const glass = await draw("Glass", { text_background_color: "#00000080" });
  expect(find(glass, [0x30, 0x30, 0x30], 10).count).toBeGreaterThan(1000);
  const red = await draw("Glass", { text_background_color: "#FF000080" });
  expect(find(red, [0xaf, 0x30, 0x30], 6).count).toBeGreaterThan(1000);
  const box = find(red, [0xaf, 0x30, 0x30], 100);
  expect(find(red, [0x60, 0x60, 0x60], 4).count).toBeGreaterThan(WIDTH * (HEIGHT - (box.bottom - box.top + 3)));
});

test("font_size and stroke_width are in pixels of a frame that is 1080 pixels wide", async () => {
  const look = { text_background_color: false, stroke_width: 0 };
  const [small, large] = [await draw("H", { ...look, font_size: 60 }), await draw("H", { ...look, font_size: 180 })];
  const heightOf = (picture: Picture) => {
    const { top, bottom } = find(picture, WHITE, 90);
    return bottom - top + 1;
  };
  // A capital letter of Noto Sans is 0.714 em high. The frame is one third of 1080 pixels wide.
  expect(Math.abs(heightOf(large) - (180 / 3) * 0.714)).toBeLessThan(2.5);
  expect(Math.abs(heightOf(small) - (60 / 3) * 0.714)).toBeLessThan(2.5);
  const outlined = find(
    await draw("H", { ...look, font_size: 180, stroke_width: 12, stroke_color: "#ff0000" }),
    RED,
    70,
  );
  const plain = find(large, WHITE, 90);
  expect(Math.abs(plain.left - outlined.left - 12 / 3)).toBeLessThan(2);
});

test("a subtitle is visible from the first to the last frame of its cue", async () => {
  const { job, fonts, cues } = captionedJob("One. Two, three, four.", { stroke_width: 0 });
  const segment = await render(job, [clip, ...fonts]);
  const second = cues[1];
  expect(cues).toHaveLength(2);
  const before = await frameOf(segment, (second?.start ?? 0) - 1);
  const first = await frameOf(segment, second?.start ?? 0);
  const last = await frameOf(segment, FRAMES - 1);
  expect(differing(before, first)).toBeGreaterThan(0.01);
  expect(differing(first, last)).toBeLessThan(0.002);
});
