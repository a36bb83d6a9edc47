import type { Colour } from "../colour.ts";
import { fontRuns } from "../fonts/choose-fonts.ts";
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
/** How far the control points of a Bézier curve are from its ends, so that it looks like a quarter of a circle. */
const QUARTER_CIRCLE = 0.5523;

/** A box behind a line of text or behind one of its words. Lengths are in pixels. */
export interface Box {
  line: Line;
  /** Index of the word in the line's words; null for the whole line. */
  word: number | null;
  /** The middle of the line. */
  x: number;
  top: number;
  bottom: number;
  /** How far the box reaches beyond the letters at the sides. Also the radius of rounded corners. */
  padding: number;
  rounded: boolean;
  colour: Colour;
}

/** The fonts and the size of a text, and the set that collects the fonts' indexes. */
export interface Letters {
  fontSize: number;
  fonts: readonly Font[];
  used: Set<number>;
}

/** A text to draw in one of the styles of a script. */
export interface StyledText {
  style: "Default" | "Box" | "Corners";
  text: string;
}

/**
 * The texts that draw a box. It is made of the flattened line of text, so that libass itself decides where words begin
 * and end, in every script: an opaque box around it, and for rounded corners an outline around the underlined text,
 * clipped to the rows of the corners. A line of several fonts is measured instead, because a translucent box would be
 * darker where the boxes of two fonts overlap.
 */
export function boxTexts(box: Box, letters: Letters): StyledText[] {
  const { word, line } = box;
  if (word === null && fontRuns(line.text, letters.fonts).length > 1) return [measuredBox(box)];
  const { first, last, radius } = rowsOf(box);
  const [inner, outer] = [Math.round(first + radius), Math.round(last - radius)];
  const draw = (
    style: StyledText["style"],
    y: number,
    flatness: number,
    tags: string,
    rows: readonly [number, number],
  ) => {
    const place = `\\an5\\pos(${pixels(box.x)},${pixels(y)})\\fscy${flatness * 100}\\clip(0,${rows[0]},${Math.ceil(2 * box.x)},${rows[1]})`;
    const looks = {
      words: line.words,
      tagsOf: (run: number | null) => (run === word ? tags : "\\bord0\\1a&HFF&\\3a&HFF&"),
    };
    const { fontSize, fonts, used } = letters;
    const runs = styledRuns(line.text, fontSize, fonts, used, word === null ? null : looks);
    return { style, text: `{${place}${word === null ? tags : ""}}${runs}` };
  };
  const border = (height: number) => `\\xbord${pixels(box.padding)}\\ybord${pixels(height)}`;
  const outline = colourTags(3, box.colour);
  const boxTags = `${border((last - first + 2) / 2 / FLAT)}\\1a&HFF&${outline}`;
  const cornerTags = `${border(radius)}${colourTags(1, box.colour)}${outline}`;
  const middle = draw("Box", (first + last) / 2, FLAT, boxTags, [inner, outer]);
  if (radius === 0) return [middle];
  return [
    ...(outer > inner ? [middle] : []),
    draw("Corners", first + radius, FLATTEST, cornerTags, [Math.max(0, first - 1), inner]),
    draw("Corners", last - radius, FLATTEST, cornerTags, [outer, last + 1]),
  ];
}

/** A box as wide as the line is measured. */
function measuredBox(box: Box): StyledText {
  const { first, last, radius } = rowsOf(box);
  const width = box.line.width + 2 * box.padding;
  const height = last - first;
  const near = radius * (1 - QUARTER_CIRCLE);
  const path = (...points: readonly (readonly [x: number, y: number])[]) => points.flat().map(pixels).join(" ");
  const shape = [
    `m ${path([radius, 0])} l ${path([width - radius, 0])}`,
    `b ${path([width - near, 0], [width, near], [width, radius])} l ${path([width, height - radius])}`,
    `b ${path([width, height - near], [width - near, height], [width - radius, height])} l ${path([radius, height])}`,
    `b ${path([near, height], [0, height - near], [0, height - radius])} l ${path([0, radius])}`,
    `b ${path([0, near], [near, 0], [radius, 0])}`,
  ].join(" ");
  const place = `\\an7\\pos(${pixels(box.x - width / 2)},${pixels(first)})`;
  return { style: "Default", text: `{${place}\\bord0${colourTags(1, box.colour)}\\p1}${shape}{\\p0}` };
}

/** The rows of a box, and the radius of its corners. */
function rowsOf({ top, bottom, padding, rounded }: Box): { first: number; last: number; radius: number } {
  const [first, last] = [Math.round(top), Math.round(bottom)];
  return { first, last, radius: rounded ? Math.min(padding, (last - first) / 2) : 0 };
}
