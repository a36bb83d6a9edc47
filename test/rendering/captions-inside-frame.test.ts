import { expect, test } from "vitest";
import { fontFile } from "../support/fonts.ts";
import { type Caption, drawEach, findPixels, type Picture } from "./support/drawn-captions.ts";
import { renderers } from "./support/renderers.ts";

const sans = fontFile("NotoSans-Regular.ttf");

const positions = [
  { subtitle_position: "center" },
  { subtitle_position: "top" },
  { subtitle_position: "bottom" },
  { subtitle_position: "custom", custom_position: 0 },
  { subtitle_position: "custom", custom_position: 100 },
] as const;
const looks = [
  { font_size: 60, stroke_width: 40, text_background_color: false },
  { font_size: 120, stroke_width: 40, text_background_color: "#0000FF" },
  { font_size: 400, stroke_width: 20, text_background_color: "#0000FF" },
] as const;
const colours = { text_fore_color: "#FFFFFF", stroke_color: "#FF0000" };
const LANDSCAPE = { width: 320, height: 180 };
const PORTRAIT = { width: 180, height: 320 };
const cases = renderers.map(({ name, render }) => {
  const size = name === "wasm" ? LANDSCAPE : PORTRAIT;
  return { name, render, size, ...size };
});

/** The number of pixels of the letters and of the outline, and the width and height of the box. */
function painted(picture: Picture) {
  const box = findPixels(picture, (red, _, blue) => red < 70 && blue > 170);
  return {
    letters: findPixels(picture, (red, green) => red > 170 && green > 140).count,
    outline: findPixels(picture, (red, green) => red > 170 && green < 80).count,
    width: box.right - box.left,
    height: box.bottom - box.top,
  };
}

test.each(cases)(
  "the $name renderer draws letters, outline and box wholly inside a frame of $width×$height at every position",
  async ({ render, size }) => {
    const captions: Caption[] = looks.flatMap((look) =>
      positions.map((position) => ({ text: "Áñg yÅ", fields: { ...colours, ...look, ...position } })),
    );
    const pictures = await drawEach(captions, size, [sans], render);
    for (const [index, look] of looks.entries()) {
      const drawn = pictures.slice(index * positions.length, (index + 1) * positions.length).map(painted);
      // In the middle of the frame, nothing can be cut off.
      const whole = drawn[0];
      expect(whole?.letters).toBeGreaterThan(20);
      expect(whole?.outline).toBeGreaterThan(200);
      if (look.text_background_color) expect(whole?.height).toBeGreaterThan(20);
      for (const [at, { letters, outline, width, height }] of drawn.entries()) {
        const where = `${JSON.stringify(look)} at ${JSON.stringify(positions[at])}`;
        expect(letters / (whole?.letters ?? 0), `${where}: letters`).toBeGreaterThan(0.85);
        expect(outline / (whole?.outline ?? 0), `${where}: outline`).toBeGreaterThan(0.93);
        // The edges of a box on odd rows are blended with the picture, because chroma has half the rows.
        expect(height - (whole?.height ?? 0), `${where}: box`).toBeGreaterThanOrEqual(-2);
        expect(width - (whole?.width ?? 0), `${where}: box`).toBeGreaterThanOrEqual(-2);
      }
    }
  },
);

const SENTENCE =
  "When the lamp in the tower was lit again after all those years, nobody in the village could say who had climbed " +
  "the stairs, and few who had been awake that night spoke only of a quiet light over the sea.";

test.each(renderers)(
  "the $name renderer draws long words and a text of many lines inside the frame at every position",
  async ({ render }) => {
    const texts = [
      SENTENCE,
      "灯火".repeat(200),
      `https://example.com/${"path/".repeat(20)}?query=${"x".repeat(80)}`,
      "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
      "W".repeat(300),
      "⸻⸻",
    ];
    const places = positions.filter(({ subtitle_position }) => ["center", "custom"].includes(subtitle_position));
    const captions: Caption[] = texts.flatMap((text) =>
      places.map((position) => ({ text, fields: { ...colours, ...looks[1], ...position } })),
    );
    const pictures = await drawEach(captions, LANDSCAPE, [sans, fontFile("NotoSansJP-Regular.ttf")], render);
    for (const [index, text] of texts.entries()) {
      const drawn = pictures.slice(index * places.length, (index + 1) * places.length).map(painted);
      const [whole] = drawn;
      expect(whole?.outline, text).toBeGreaterThan(200);
      expect(whole?.width, text).toBeLessThan(0.91 * LANDSCAPE.width);
      expect(whole?.height, text).toBeLessThan(0.91 * LANDSCAPE.height);
      for (const { outline, height } of drawn) {
        expect(outline / (whole?.outline ?? 0), text).toBeGreaterThan(0.9);
        expect(height - (whole?.height ?? 0), text).toBeGreaterThanOrEqual(-2);
      }
    }
  },
);
