import { boxPadding, wordBoxPadding } from "../caption-layout.ts";
import type { CaptionStyle } from "../caption-style.ts";
import type { Colour } from "../colour.ts";
import type { Font } from "../fonts/read-font-file.ts";
import { colourTags, pixels, styledRuns } from "./ass-text.ts";
import { boxTexts, type StyledText } from "./boxes.ts";
import type { CaptionBlock } from "./caption-block.ts";
import type { CaptionState, WordLook } from "./caption-states.ts";
import { wordPlace } from "./fill-places.ts";

/** A text to draw, without its times. Texts of higher layers are drawn over those of lower ones. */
export interface Dialogue extends StyledText {
  layer: number;
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

/** How far the box of the spoken word reaches above and below the baseline, in ems. */
const WORD_BOX = { above: 0.98, below: 0.5, aboveStacks: 1.12 } as const;
/** Scripts that stack marks on letters. */
const STACKED_MARKS = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

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
    baseline: y + (line.baseline - y) * scale,
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
    { ...drawing, fontSize: style.fontSize },
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
    const above = STACKED_MARKS.test(line.text) ? WORD_BOX.aboveStacks : WORD_BOX.above;
    const box = {
      ...{ line, word, x },
      top: Math.max(line.baseline - above * style.fontSize, line.middle - line.height / 2),
      bottom: Math.min(line.baseline + WORD_BOX.below * style.fontSize, line.middle + line.height / 2),
      padding: wordBoxPadding(style),
      ...{ rounded: style.rounded, colour: drawing.painted(faded(background, opacity)) },
    };
    const texts = boxTexts(box, { ...drawing, fontSize: style.fontSize });
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
