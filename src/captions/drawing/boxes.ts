import type { Colour } from "../colour.ts";
import type { Font } from "../fonts/read-font-file.ts";
import { colourTags, pixels, styledRuns } from "./ass-text.ts";
import type { Line } from "./caption-block.ts";

/**
 * How much lower the letters of a box are than those of the text. Only their width counts. libass scales the box with
 * them, twice.
 */
const FLAT = 0.05;
/** The same for rounded corners, where the line under the text is the middle of the outline. */
const FLATTEST = 0.01;

/** A box behind a line of text or behind one of its words. Lengths are in pixels. */
export interface Box {
  line: Line;
  /** Index of the word in the line's words; null for the whole line. */
  word: number | null;
  x: number;
  top: number;
  bottom: number;
  /** How far the box reaches beyond the letters at the sides. Also the radius of rounded corners. */
  padding: number;
  rounded: boolean;
  colour: Colour;
}

/**
 * The dialogue texts that draw a box, for layers below the text. The box is made of the flattened text, so that libass
 * itself decides where a word begins and ends, in every script: an opaque box around it, and for rounded corners an
 * outline around the underlined text, clipped to the rows of the corners.
 *
 * @param style the name of a style with opaque boxes and the name of one with outlines.
 */
export function boxTexts(
  { line, word, x, top, bottom, padding, rounded, colour }: Box,
  fontSize: number,
  fonts: readonly Font[],
  used: Set<number>,
  frameWidth: number,
): { style: "Box" | "Corners"; text: string }[] {
  const [first, last] = [Math.round(top), Math.round(bottom)];
  const radius = rounded ? Math.min(padding, (last - first) / 2) : 0;
  const [inner, outer] = [Math.round(first + radius), Math.round(last - radius)];
  const drawn = (y: number, flatness: number, shown: string, rows: readonly [number, number]) => {
    const looks = {
      words: line.words,
      tagsOf: (run: number | null) => (word === null || run === word ? shown : "\\bord0\\1a&HFF&\\3a&HFF&"),
    };
    const place = `\\an5\\pos(${pixels(x)},${pixels(y)})\\fscy${flatness * 100}\\clip(0,${rows[0]},${frameWidth},${rows[1]})`;
    return `{${place}}${styledRuns(line.text, fontSize, fonts, used, looks)}`;
  };
  const colours = `${colourTags(1, colour)}${colourTags(3, colour)}`;
  const height = (last - first) / 2 + 1;
  const box = `\\xbord${pixels(padding)}\\ybord${pixels(height / FLAT)}\\1a&HFF&${colourTags(3, colour)}`;
  const middle = { style: "Box" as const, text: drawn((first + last) / 2, FLAT, box, [inner, outer]) };
  if (radius === 0) return [middle];
  const corners = `\\xbord${pixels(padding)}\\ybord${pixels(radius)}${colours}`;
  return [
    ...(outer > inner ? [middle] : []),
    { style: "Corners", text: drawn(first + radius, FLATTEST, corners, [Math.max(0, first - 1), inner]) },
    { style: "Corners", text: drawn(last - radius, FLATTEST, corners, [outer, last + 1]) },
  ];
}
