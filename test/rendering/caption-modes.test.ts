import { expect, test } from "vitest";
import { differing, type Found, findPixels, type Picture } from "./support/drawn-captions.ts";
import { render } from "./support/renderers.ts";
import { drawSpoken, SCRIPTS, wordCount } from "./support/spoken-captions.ts";

const SIZE = { width: 400, height: 160 };
const plain = {
  ...{ text_fore_color: "#FFFFFF", text_background_color: false, stroke_width: 0, font_size: 120 },
  subtitle_position: "center",
};
const KARAOKE = { ...plain, subtitle_display_mode: "karaoke", highlight_color: "#FFFF00" };

/** Letters in white, or in another bright colour: all have the most red. */
const letters = (picture: Picture) => findPixels(picture, (red) => red > 150);
const yellow = (picture: Picture) => findPixels(picture, (red, green, blue) => red > 170 && green > 170 && blue < 110);
const violet = (picture: Picture) => findPixels(picture, (red, green, blue) => blue > 150 && green < 90 && red < 140);
/** Where the pixels are that `find` finds in the row below the first one that has any. */
function topRow(picture: Picture, find: (picture: Picture) => Found): Found {
  const { width, pixels } = picture;
  const row = find(picture).top + 1;
  return find({ width, height: 1, pixels: pixels.subarray(row * width * 3, (row + 1) * width * 3) });
}
const middle = ({ left, right }: { left: number; right: number }) => (left + right) / 2;
/** The same pixels with the most red only, in which white and yellow look alike. */
const redOnly = (picture: Picture) => ({ pixels: picture.pixels.map((value, at) => (at % 3 === 0 ? value : 0)) });

const spoken = (script: keyof typeof SCRIPTS, fields: object) => {
  const [language, text] = SCRIPTS[script];
  return { text, language, fields, frames: wordCount(text, language) };
};

test("every letter keeps its place while karaoke highlights one word after the other", async () => {
  const scripts = ["latin", "arabic", "hebrew", "hindi", "thai"] as const;
  const drawn = await drawSpoken(
    scripts.map((script) => spoken(script, KARAOKE)),
    SIZE,
    render,
  );
  for (const [index, script] of scripts.entries()) {
    const frames = drawn[index] ?? [];
    const [first, last] = [frames[0], frames.at(-1)];
    if (!first || !last) throw new Error("no frames");
    for (const frame of frames) {
      expect(differing(redOnly(first), redOnly(frame)), script).toBeLessThan(0.002);
      expect(yellow(frame).count, script).toBeGreaterThan(10);
      expect(yellow(frame).count, script).toBeLessThan(0.7 * letters(frame).count);
    }
    const order = Math.sign(middle(yellow(last)) - middle(yellow(first)));
    expect(order, script).toBe(script === "arabic" || script === "hebrew" ? -1 : 1);
  }
});

test("a spoken word fills with colour from its first letter to its last", async () => {
  const fields = { ...KARAOKE, karaoke_fill: true };
  const captions = [
    { text: "Hamburgers", fields, frames: 10 },
    { text: "المستشفيات", fields, frames: 10 },
  ];
  const [latin = [], arabic = []] = await drawSpoken(captions, SIZE, render);
  for (const frames of [latin, arabic]) {
    const filled = frames.map((frame) => yellow(frame).count);
    expect(filled).toEqual([...filled].sort((a, b) => a - b));
    const all = letters(frames[9] as Picture).count;
    expect((filled[5] ?? 0) / all).toBeGreaterThan(0.2);
    expect((filled[5] ?? 0) / all).toBeLessThan(0.7);
  }
  expect(yellow(latin[5] as Picture).right).toBeLessThan(letters(latin[5] as Picture).right - 20);
  expect(yellow(arabic[5] as Picture).left).toBeGreaterThan(letters(arabic[5] as Picture).left + 10);
});

test("words are shown one at a time, or appear and stay", async () => {
  const text = "I am wonderful";
  const [single = [], kept = []] = await drawSpoken(
    [
      { text, fields: { ...plain, subtitle_display_mode: "word_by_word" }, frames: 3 },
      { text, fields: { ...plain, subtitle_display_mode: "reveal" }, frames: 3 },
    ],
    SIZE,
    render,
  );
  const widths = single.map((frame) => letters(frame).right - letters(frame).left);
  expect(widths).toEqual([...widths].sort((a, b) => a - b));
  for (const frame of single) expect(Math.abs(middle(letters(frame)) - SIZE.width / 2)).toBeLessThan(3);
  const shown = kept.map(letters);
  expect(new Set(shown.map(({ left }) => left)).size).toBe(1);
  expect(shown[0]?.right).toBeLessThan(shown[1]?.right ?? 0);
  expect(shown[1]?.right).toBeLessThan(shown[2]?.right ?? 0);
});

test("a box with square or rounded corners is drawn around the spoken word in every script", async () => {
  const boxed = { ...KARAOKE, highlight_background: "#4000FF", font_size: 200 };
  const scripts = ["latin", "arabic", "hindi", "thai"] as const;
  const drawn = await drawSpoken(
    [
      ...scripts.map((script) => spoken(script, boxed)),
      ...scripts.map((script) => spoken(script, { ...boxed, rounded_subtitle_background: true })),
    ],
    SIZE,
    render,
  );
  for (const [index, frames] of drawn.entries()) {
    for (const frame of frames) {
      const [word, box] = [yellow(frame), violet(frame)];
      const name = `${scripts[index % scripts.length]}, ${index < scripts.length ? "square" : "rounded"}`;
      expect(box.left, name).toBeLessThan(word.left);
      expect(box.right, name).toBeGreaterThan(word.right);
      expect(box.top, name).toBeLessThan(word.top);
      // The lowest letters of a script may end where its box ends.
      expect(box.bottom, name).toBeGreaterThanOrEqual(word.bottom);
    }
  }
});

test("the box of a subtitle with rounded corners is drawn around all of its lines", async () => {
  const fields = { ...plain, text_background_color: "#4000FF", rounded_subtitle_background: true };
  const texts = ["Hello", "विश्वविद्यालय की रोशनी", "A long line that fills two lines of the picture", "Hi 😍 مرحبا"];
  const drawn = await drawSpoken(
    texts.map((text) => ({ text, fields, frames: 1 })),
    SIZE,
    render,
  );
  for (const [index, [frame]] of drawn.entries()) {
    if (!frame) throw new Error("no frame");
    const [text, box] = [letters(frame), violet(frame)];
    const beside = [text.left - box.left, box.right - text.right];
    for (const space of beside) expect(space, texts[index]).toBeGreaterThan(4);
    // The letters are in the middle of the box.
    expect(Math.abs((beside[0] ?? 0) - (beside[1] ?? 0)), texts[index]).toBeLessThan(4);
    expect(box.top, texts[index]).toBeLessThan(text.top);
    expect(box.bottom, texts[index]).toBeGreaterThan(text.bottom);
    const edge = topRow(frame, violet);
    expect(edge.left - box.left, texts[index]).toBeGreaterThan(2);
    expect(box.right - edge.right, texts[index]).toBeGreaterThan(2);
  }
});

test("letters, outlines and boxes stay inside the frame while they spring up, in every mode", async () => {
  const look = {
    ...{ text_fore_color: "#FFFFFF", stroke_color: "#FF0000", stroke_width: 30, font_size: 150, uppercase: true },
    ...{ text_background_color: false, subtitle_animation: "pop_spring", highlight_background: "#4000FF" },
    ...{ rounded_subtitle_background: true, subtitle_position: "custom" },
  };
  const modes = ["sentence", "word_by_word", "karaoke", "reveal"];
  const places = [50, 0, 100];
  const captions = modes.flatMap((mode) =>
    places.map((custom_position) => ({
      text: "Wimwom",
      fields: { ...look, subtitle_display_mode: mode, custom_position },
      frames: 8,
    })),
  );
  const drawn = await drawSpoken(captions, SIZE, render);
  const outline = (frame: Picture | undefined) =>
    frame ? findPixels(frame, (red, green, blue) => red > 150 && green < 90 && blue < 90) : null;
  for (const [index, mode] of modes.entries()) {
    const [whole = [], ...others] = drawn.slice(index * places.length, (index + 1) * places.length);
    for (const [at, frame] of whole.entries()) {
      const found = outline(frame);
      expect(found?.count, `${mode}, frame ${at}`).toBeGreaterThan(100);
      expect(found?.left, `${mode}, frame ${at}`).toBeGreaterThan(0);
      expect(found?.right, `${mode}, frame ${at}`).toBeLessThan(SIZE.width - 1);
      // The size of a text at the frame's edge goes up to its normal size only, and nothing of it is cut off.
      for (const other of at > 0 ? others : []) {
        const share = (outline(other[at])?.count ?? 0) / (outline(other[7])?.count ?? 1);
        expect(share, `${mode}, frame ${at}`).toBeGreaterThan(0.9);
      }
    }
    const settled = others.map((other) => (outline(other[7])?.count ?? 0) / (outline(whole[7])?.count ?? 1));
    for (const share of settled) expect(share, mode).toBeGreaterThan(0.93);
  }
});

test("a blurred outline reaches further than a sharp one and is paler at its edge", async () => {
  const look = { ...plain, stroke_color: "#FF0000", stroke_width: 20, text_fore_color: "#FFFFFF" };
  const caption = { text: "Glow", frames: 1 };
  const [sharp = [], blurred = []] = await drawSpoken(
    [
      { ...caption, fields: look },
      { ...caption, fields: { ...look, stroke_blur: 20 } },
    ],
    SIZE,
    render,
  );
  const strong = (frames: Picture[]) => findPixels(frames[0] as Picture, (red, green) => red > 200 && green < 60).count;
  const reddish = (frames: Picture[]) => findPixels(frames[0] as Picture, (red, green) => red - green > 12);
  expect(strong(blurred)).toBeLessThan(strong(sharp));
  expect(reddish(blurred).right - reddish(blurred).left).toBeGreaterThan(reddish(sharp).right - reddish(sharp).left);
});
