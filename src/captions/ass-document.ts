import type { CaptionCanvas } from "../protocol/render-job.ts";
import { boxPadding, edgeMargin, styleToFit, textTop } from "./caption-layout.ts";
import type { CaptionStyle } from "./caption-style.ts";
import { assColour, type Colour, forBt601, isGrey } from "./colour.ts";
import { styledRuns, timestamp } from "./drawing/ass-text.ts";
import { captionCanvas, type DrawnState, onCanvas } from "./drawing/canvas.ts";
import { captionBlock } from "./drawing/caption-block.ts";
import { captionStates, type Frames, type TimedWords } from "./drawing/caption-states.ts";
import { directed, type ShownText, shownText, singleWord } from "./drawing/shown-text.ts";
import { type Drawing, stateDialogues } from "./drawing/state-dialogues.ts";
import { textMeasure } from "./fonts/measure-text.ts";
import type { Font } from "./fonts/read-font-file.ts";
import type { Cue } from "./timing/cue-timing.ts";

/** An ASS script and the fonts it uses. */
export interface AssScript {
  text: string;
  /** Indexes into the fonts that were passed in, ascending. */
  fonts: number[];
  /** True if the script must be drawn on a transparent RGB canvas; see {@link needsRgbCanvas}. */
  coloured: boolean;
  /** What of that canvas has to be drawn, and when. Missing if there is none. */
  canvas?: CaptionCanvas;
}

/**
 * Writes subtitles as Advanced SubStation Alpha v4.00+, for ffmpeg's `ass` filter. Lines break only at the line
 * breaks of the cues. Every run of text names a font that has its glyphs, because libass has no other fonts and
 * draws an empty box for a missing glyph. A subtitle that would leave the frame gets smaller letters.
 *
 * @param window the frames to write the script for; its times count from `window.start`. All frames by default.
 */
export function assDocument(
  cues: readonly Cue[],
  style: CaptionStyle,
  fonts: readonly Font[],
  frameRate: number,
  window: Frames = { start: 0, end: Number.POSITIVE_INFINITY },
): AssScript {
  const forEditors = window.end === Number.POSITIVE_INFINITY;
  const onFrame =
    needsRgbCanvas(style) && !forEditors && changesInEveryFrame(style) && coloursOf(style).every(forBt601);
  const coloured = needsRgbCanvas(style) && !onFrame;
  const drawing: Drawing = {
    fonts,
    used: new Set(),
    measure: textMeasure(fonts),
    painted: (colour) => {
      if (onFrame) return forBt601(colour) ?? colour;
      return coloured && colour[3] < 1 ? forRgbCanvas(colour) : colour;
    },
  };
  const seen = cues.filter((cue) => cue.start < window.end && cue.end > window.start);
  const still = isStill(style);
  const texts = seen.flatMap((cue) => textsOf(cue, style, fonts));
  const states = texts.flatMap((text) => drawnStates(text, style, drawing, frameRate, window));
  const rows = coloured ? captionCanvas(states, window) : null;
  // Editors know only the size of the frame.
  const shifted = rows && !still && !forEditors ? rows : null;
  const events = still
    ? seen.flatMap((cue) => stillEvents(cue, style, drawing, frameRate, window))
    : states.flatMap(({ block, state }) =>
        stateDialogues(shifted ? onCanvas(block, shifted) : block, state, drawing).map((line) =>
          dialogue(line, state, frameRate, window),
        ),
      );
  const styles = still ? [stillStyle(style, fonts, coloured)] : movingStyles(style, fonts, events);
  const text = [
    "[Script Info]",
    "ScriptType: v4.00+",
    `PlayResX: ${style.width}`,
    `PlayResY: ${shifted?.height ?? style.height}`,
    "WrapStyle: 2",
    "ScaledBorderAndShadow: yes",
    "",
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
    ...styles,
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ...events,
    "",
  ].join("\n");
  const used = [...drawing.used].sort((a, b) => a - b);
  const canvas = rows && { ...rows, coordinates: shifted ? ("rows" as const) : ("frame" as const) };
  return { text, fonts: used, coloured, ...(canvas && { canvas }) };
}

/** True if each subtitle is one picture that libass can draw from one dialogue line. */
function isStill(style: CaptionStyle): boolean {
  const roundedBox = style.rounded && style.background !== null;
  return style.mode === "sentence" && style.animation === "none" && !roundedBox && style.stroke.blur === 0;
}

/** The dialogue line of a subtitle that does not change while it is shown. */
function stillEvents(
  cue: Cue,
  style: CaptionStyle,
  { fonts, used, measure }: Drawing,
  frameRate: number,
  window: Frames,
): string[] {
  const shown = shownText(cue, style, fonts);
  const fitted = styleToFit(shown.text, style, fonts, measure);
  const { x, y } = boxPadding(fitted);
  let tags = style.background ? `\\xshad${x.toFixed(2)}\\yshad${y.toFixed(2)}` : "";
  if (style.position === "custom" || style.position === "two_thirds_bottom") {
    tags += `\\pos(${(style.width / 2).toFixed(1)},${textTop(shown.text, fitted, fonts).toFixed(1)})`;
  }
  const text = styledRuns(directed(shown).text, fitted.fontSize, fonts, used);
  return [dialogue({ layer: 0, style: "Default", text: `${tags && `{${tags}}`}${text}` }, cue, frameRate, window)];
}

/** A text that is shown as a whole, with the times of its words. */
interface TimedText {
  shown: ShownText;
  times: TimedWords;
}

/** The texts of a subtitle, one after the other: all of it, or one word after the other. */
function textsOf(cue: Cue, style: CaptionStyle, fonts: readonly Font[]): TimedText[] {
  const shown = shownText(cue, style, fonts);
  const words = cue.words ?? [];
  if (style.mode !== "word_by_word" || words.length === 0) {
    return [{ shown, times: { start: cue.start, end: cue.end, words } }];
  }
  return words.map(({ start }, index) => {
    const end = words[index + 1]?.start ?? cue.end;
    const place = shown.words[index] ?? { from: 0, to: 0 };
    return { shown: singleWord(shown, place), times: { start, end, words: [{ start, end }] } };
  });
}

function drawnStates(
  { shown, times }: TimedText,
  style: CaptionStyle,
  drawing: Drawing,
  frameRate: number,
  window: Frames,
): DrawnState[] {
  const states = captionStates(times, style, frameRate, window);
  if (states.length === 0) return [];
  const block = captionBlock(shown, style, drawing.fonts, drawing.measure);
  return states.map((state) => ({ block, state }));
}

function dialogue(
  { layer, style, text }: { layer: number; style: string; text: string },
  frames: Frames,
  frameRate: number,
  window: Frames,
): string {
  const start = Math.max(0, frames.start - window.start);
  const end = Math.min(window.end, frames.end) - window.start;
  const times = `${timestamp(start, frameRate)},${timestamp(end, frameRate)}`;
  return `Dialogue: ${layer},${times},${style},,0,0,0,,${text}`;
}

function stillStyle(style: CaptionStyle, fonts: readonly Font[], coloured: boolean): string {
  const alignment = { top: 8, center: 5, bottom: 2, two_thirds_bottom: 8, custom: 8 }[style.position];
  const background = style.background ?? ([0, 0, 0, 0] as const);
  return styleLine({
    ...{ name: "Default", font: fonts[0]?.name, fontSize: style.fontSize, colour: style.colour },
    outline: style.stroke,
    // BorderStyle 4 is a libass extension: outlined text on one box behind all lines. The shadow offsets set its padding.
    ...{ back: coloured ? forRgbCanvas(background) : background, border: style.background ? 4 : 1 },
    ...{ underline: false, alignment, margin: Math.round(edgeMargin(style)) },
  });
}

/** The styles that the events use. Their tags set the places. */
function movingStyles(style: CaptionStyle, fonts: readonly Font[], events: readonly string[]): string[] {
  const common = { font: fonts[0]?.name, fontSize: style.fontSize, colour: style.colour, outline: style.stroke };
  const placed = { back: [0, 0, 0, 0] as const, alignment: 5, margin: 0 };
  const styles = [
    { ...common, ...placed, name: "Default", border: 1, underline: false },
    // BorderStyle 3 draws a box around each run instead of an outline.
    { ...common, ...placed, name: "Box", border: 3, underline: false },
    { ...common, ...placed, name: "Corners", border: 1, underline: true },
  ];
  return styles
    .filter(({ name }) => name === "Default" || events.some((event) => event.split(",", 4)[3] === name))
    .map(styleLine);
}

interface Style {
  name: string;
  font: string | undefined;
  fontSize: number;
  colour: Colour;
  outline: { colour: Colour; width: number };
  back: Colour;
  border: number;
  underline: boolean;
  alignment: number;
  margin: number;
}

/** A style. The encoding -1 makes libass lay out each line as a whole, in the direction of its first strong character. */
function styleLine({
  name,
  font,
  fontSize,
  colour,
  outline,
  back,
  border,
  underline,
  alignment,
  margin,
}: Style): string {
  const colours = [colour, colour, outline.colour, back].map(assColour).join(",");
  const effects = `0,0,${underline ? -1 : 0},0,100,100,0,0`;
  return `Style: ${name},${font},${fontSize.toFixed(2)},${colours},${effects},${border},${outline.width.toFixed(2)},0,${alignment},0,0,${margin},-1`;
}

/**
 * True if the script must be drawn on a transparent RGB canvas because a colour is not grey. Translucent letters
 * are the exception: on a transparent canvas, FFmpeg blends them wrongly with the outline and box behind them.
 */
function needsRgbCanvas(style: CaptionStyle): boolean {
  return !coloursOf(style).every(isGrey) && lettersOf(style).every(([, , , opacity]) => opacity === 1);
}

/** Whether words fill with colour. A canvas would have to be drawn and converted in every frame. */
function changesInEveryFrame({ mode, highlight }: CaptionStyle): boolean {
  return mode === "karaoke" && highlight.fill;
}

/** The colours of letters and outlines. */
function lettersOf({ colour, stroke, mode, highlight }: CaptionStyle): Colour[] {
  const spoken = mode === "karaoke" || mode === "reveal" ? [highlight.colour ?? colour] : [];
  return [colour, ...spoken, ...(stroke.width > 0 ? [stroke.colour] : [])];
}

/** All colours that are drawn. */
function coloursOf(style: CaptionStyle): Colour[] {
  const { background, mode, highlight } = style;
  const wordBox = mode === "karaoke" || mode === "reveal" ? highlight.background : null;
  return [...lettersOf(style), ...(background ? [background] : []), ...(wordBox ? [wordBox] : [])];
}

/**
 * Compensates for FFmpeg, which squares the opacity on a transparent canvas but weights the colour with the plain
 * opacity.
 */
function forRgbCanvas([red, green, blue, opacity]: Colour): Colour {
  const root = Math.sqrt(opacity);
  return [red * root, green * root, blue * root, root];
}
