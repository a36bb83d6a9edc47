import { boxPadding } from "../caption-layout.ts";
import type { CaptionStyle } from "../caption-style.ts";
import type { Colour } from "../colour.ts";
import type { Font } from "../fonts/read-font-file.ts";
import { colourTags, pixels, styledRuns } from "./ass-text.ts";
import { boxTexts } from "./boxes.ts";
import type { CaptionBlock } from "./caption-block.ts";
import type { CaptionState, WordLook } from "./caption-states.ts";
import { wordPlace } from "./fill-places.ts";

/** A text to draw, without its times. Texts of higher layers are drawn over those of lower ones. */
export interface Dialogue {
  layer: number;
  style: "Default" | "Box" | "Corners";
  text: string;
}

/** What drawing a text needs beside the text. */
export interface Drawing {
  fonts: readonly Font[];
  /** Collects the indexes of the fonts that are used. */
  used: Set<number>;
  /** The width of a line in ems. */
  measure(line: string): number;
  /** The colour to write for a colour that shall be seen. */
  painted(colour: Colour): Colour;
}

/** Space between the spoken word and the edge of its box, in ems; the box's height as a share of the line's. */
const WORD_BOX = { padding: 0.16, height: 0.94 } as const;

/** The texts that draw a caption in one state. */
export function stateDialogues(block: CaptionBlock, state: CaptionState, drawing: Drawing): Dialogue[] {
  if (state.words?.every(({ opacity }) => opacity === 0) && !block.style.background) return [];
  const { placed, scaled } = scaledBlock(block, Math.min(state.scale, block.maxScale));
  return [
    ...backgroundBox(placed, scaled, state, drawing),
    ...wordBoxes(placed, scaled, state, drawing),
    ...letters(placed, scaled, state, drawing),
    ...filledPart(placed, scaled, state, drawing),
  ];
}

/** The block when it is drawn larger or smaller about its middle. */
function scaledBlock(block: CaptionBlock, scale: number): { placed: CaptionBlock; scaled: CaptionStyle } {
  const { style, y } = block;
  const { width, blur } = style.stroke;
  const scaled = {
    ...style,
    fontSize: style.fontSize * scale,
    stroke: { ...style.stroke, width: width * scale, blur: blur * scale },
  };
  const lines = block.lines.map((line) => ({
    ...line,
    middle: y + (line.middle - y) * scale,
    height: line.height * scale,
    width: line.width * scale,
  }));
  return { placed: { ...block, lines, height: block.height * scale }, scaled };
}

function backgroundBox(
  { lines, x, y, height }: CaptionBlock,
  style: CaptionStyle,
  state: CaptionState,
  drawing: Drawing,
): Dialogue[] {
  if (!style.background) return [];
  const widest = lines.reduce((a, b) => (b.width > a.width ? b : a));
  const padding = boxPadding(style);
  const outline = style.stroke.width;
  const half = height / 2 + padding.y + outline;
  return boxTexts(
    {
      ...{ line: widest, word: null, x, top: y - half, bottom: y + half, padding: padding.x + outline },
      ...{ rounded: style.rounded, colour: drawing.painted(faded(style.background, state.opacity)) },
    },
    style.fontSize,
    drawing.fonts,
    drawing.used,
    style.width,
  ).map((text) => ({ layer: 0, ...text }));
}

function wordBoxes(
  { lines, x }: CaptionBlock,
  style: CaptionStyle,
  { words, opacity }: CaptionState,
  drawing: Drawing,
): Dialogue[] {
  const { background } = style.highlight;
  const boxed = words?.findIndex((word) => word.boxed) ?? -1;
  if (!background || boxed < 0) return [];
  return lines.flatMap((line) => {
    const word = boxed - line.first;
    if (!line.words[word]) return [];
    const half = (line.height * WORD_BOX.height) / 2;
    const box = {
      ...{ line, word, x, top: line.middle - half, bottom: line.middle + half },
      padding: WORD_BOX.padding * style.fontSize + style.stroke.width / 2,
      ...{ rounded: style.rounded, colour: drawing.painted(faded(background, opacity)) },
    };
    const texts = boxTexts(box, style.fontSize, drawing.fonts, drawing.used, style.width);
    return texts.map((text) => ({ layer: 1, ...text }));
  });
}

function letters(
  { text, x, y }: CaptionBlock,
  style: CaptionStyle,
  { words, opacity }: CaptionState,
  drawing: Drawing,
): Dialogue[] {
  const tagsOf = ({ highlighted, opacity: own, height }: WordLook) => {
    const colour = highlighted ? (style.highlight.colour ?? style.colour) : style.colour;
    const tags =
      colourTags(1, drawing.painted(faded(colour, opacity * own))) +
      colourTags(3, drawing.painted(faded(style.stroke.colour, opacity * own)));
    return style.mode === "reveal" && style.animation === "pop_spring" ? `${tags}\\fscy${pixels(height * 100)}` : tags;
  };
  const plain = { highlighted: false, boxed: false, opacity: 1, height: 1 };
  const between = tagsOf(plain);
  const looks = words && {
    words: text.words,
    tagsOf: (word: number | null) => (word === null ? between : tagsOf(words[word] ?? plain)),
  };
  const common = `\\an5\\pos(${pixels(x)},${pixels(y)})${outlineTags(style)}${looks ? "" : between}`;
  const runs = styledRuns(text.text, style.fontSize, drawing.fonts, drawing.used, looks);
  return [{ layer: 2, style: "Default", text: `{${common}}${runs}` }];
}

function outlineTags({ stroke }: CaptionStyle): string {
  return `\\bord${pixels(stroke.width)}${stroke.blur > 0 ? `\\blur${pixels(stroke.blur)}` : ""}`;
}

/** The word that fills with colour: drawn again in that colour, and clipped. */
function filledPart(block: CaptionBlock, style: CaptionStyle, state: CaptionState, drawing: Drawing): Dialogue[] {
  const { fill } = state;
  const { colour } = style.highlight;
  if (!fill || !colour || fill.to <= 0) return [];
  return block.lines.flatMap((line) => {
    const word = fill.word - line.first;
    if (!line.words[word]) return [];
    const place = wordPlace(line, word, block.x, (text) => drawing.measure(text) * style.fontSize);
    const rows = [Math.floor(line.middle - line.height / 2), Math.ceil(line.middle + line.height / 2)] as const;
    const clip = (share: number) => {
      const part = (place.right - place.left) * share;
      const [from, to] =
        place.direction === "rtl" ? [place.right - part, place.right] : [place.left, place.left + part];
      return `\\clip(${Math.round(from)},${rows[0]},${Math.round(to)},${rows[1]})`;
    };
    const visible = `${colourTags(1, drawing.painted(faded(colour, state.opacity)))}\\3a&HFF&`;
    const looks = {
      words: line.words,
      tagsOf: (run: number | null) => (run === word ? visible : "\\1a&HFF&\\3a&HFF&"),
    };
    const common = `\\an5\\pos(${pixels(block.x)},${pixels(line.middle)})\\bord0${clip(fill.from)}\\t(${clip(fill.to)})`;
    const runs = styledRuns(line.text, style.fontSize, drawing.fonts, drawing.used, looks);
    return [{ layer: 3, style: "Default", text: `{${common}}${runs}` }];
  });
}

function faded([red, green, blue, alpha]: Colour, opacity: number): Colour {
  return [red, green, blue, alpha * opacity];
}
