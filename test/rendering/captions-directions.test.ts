import { expect, test } from "vitest";
import { fontFile } from "../support/fonts.ts";
import { differing, drawEach, type Picture } from "./support/drawn-captions.ts";
import { renderers } from "./support/renderers.ts";

const SIZE = { width: 240, height: 120 };
const fields = { font_size: 220, text_background_color: false, stroke_width: 0 };
const fonts = ["NotoSans", "NotoSansHebrew", "NotoSansArabic"].map((name) => fontFile(`${name}-Regular.ttf`));

/** The share of a subtitle's ink in the lower half of the frame that is right of the middle. */
function inkAtRight({ width, height, pixels }: Picture): number {
  let [right, all] = [0, 0];
  for (let at = (height / 2) * width; at < height * width; at++) {
    const ink = Math.max(0, (pixels[at * 3] ?? 0) - 0x70);
    all += ink;
    if (at % width >= width / 2) right += ink;
  }
  return right / all;
}

// The Latin letters and digits have much more ink than the Hebrew letters beside them.
const cases = [
  ["a Hebrew subtitle whose second line begins with Latin", "שלום שלום\nMMMM יייייייייי", "right"],
  ["a Hebrew subtitle whose second line begins with digits", "שלום שלום\n88888 יייייייייי", "right"],
  ["a Hebrew subtitle whose second line ends with Latin", "שלום שלום\nיייייייייי MMMM", "left"],
  ["an Arabic subtitle whose second line begins with Latin", "سلام سلام\n88888 ا ا ا ا ا", "right"],
  ["a Latin subtitle whose second line begins with Hebrew", "Hello hello\nיייייייייי MMMM", "right"],
  ["a Latin subtitle whose second line ends with Hebrew", "Hello hello\nMMMM יייייייייי", "left"],
] as const;
/** Each subtitle must look like the next one, which needs no rule for brackets. */
const brackets = ["שלום MM (88M) יי", "שלום \u202aMM (88M)\u202c יי"];

test.each(renderers)(
  "the $name renderer lays out each line in the direction of the whole subtitle",
  async ({ render }) => {
    const texts = [...cases.map(([, text]) => text), ...brackets];
    const pictures = await drawEach(
      texts.map((text) => ({ text, fields: { ...fields, font_size: 150 } })),
      SIZE,
      fonts,
      render,
    );
    for (const [index, [name, , side]] of cases.entries()) {
      const share = inkAtRight(pictures[index] as Picture);
      if (side === "right") expect(share, name).toBeGreaterThan(0.55);
      else expect(share, name).toBeLessThan(0.45);
    }
    const [paired, embedded] = pictures.slice(cases.length);
    expect(paired && embedded && differing(paired, embedded)).toBeLessThan(0.001);
  },
);
