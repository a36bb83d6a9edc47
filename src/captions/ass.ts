import { assColour, type Colour, isGrey } from "./colour.ts";
import type { Cue } from "./cue-timing.ts";
import { fontRuns, lineHeight } from "./font-choice.ts";
import type { Font } from "./font-file.ts";
import { BOX_PADDING, type CaptionStyle } from "./style.ts";

/** Distance of the text block from the frame's edge at `top` and `bottom`, as a share of its height. */
const EDGE_SHARE = 0.05;

/** A subtitle script, and which of the fonts it is drawn with. */
export interface AssScript {
  text: string;
  /** Indexes into the fonts. */
  fonts: number[];
  /** Whether it has to be drawn as {@link drawnApart} says. */
  coloured: boolean;
}

/**
 * Subtitles as Advanced SubStation Alpha v4.00+, for ffmpeg's `ass` filter. Lines are broken where the
 * cues say and nowhere else; every run of text names the font that has its glyphs, since libass knows
 * only the fonts it is given and draws an empty box for what one of them lacks.
 */
export function assDocument(
  cues: readonly Cue[],
  style: CaptionStyle,
  fonts: readonly Font[],
  frameRate: number,
): AssScript {
  const used = new Set<number>();
  const events = cues.map((cue) => {
    const times = `${timestamp(cue.start, frameRate)},${timestamp(cue.end, frameRate)}`;
    return `Dialogue: 0,${times},Default,,0,0,0,,${overrides(cue, style, fonts)}${drawn(cue.text, style, fonts, used)}`;
  });
  const alignment = { top: 8, center: 5, bottom: 2, custom: 8 }[style.position];
  const margin = Math.round(style.height * EDGE_SHARE + padding(style).y);
  // BorderStyle 4 is libass's: outlined text on one box behind all its lines, as far out as the shadow would be.
  const coloured = drawnApart(style);
  const background = style.background ?? ([0, 0, 0, 0] as const);
  const box = coloured ? onTransparency(background) : background;
  const text = [
    "[Script Info]",
    "ScriptType: v4.00+",
    `PlayResX: ${style.width}`,
    `PlayResY: ${style.height}`,
    "WrapStyle: 2",
    "ScaledBorderAndShadow: yes",
    "",
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
    `Style: Default,${fonts[0]?.name},${style.fontSize.toFixed(2)},${assColour(style.colour)},${assColour(style.colour)},${assColour(style.stroke.colour)},${assColour(box)},0,0,0,0,100,100,0,0,${style.background ? 4 : 1},${style.stroke.width.toFixed(2)},0,${alignment},0,0,${margin},-1`,
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ...events,
    "",
  ].join("\n");
  return { text, fonts: [...used].sort((a, b) => a - b), coloured };
}

/**
 * Whether the script is drawn on transparency, as red, green and blue, since anything in it is other than
 * black, white or grey. Not where one sees through letters to what is drawn behind them, which FFmpeg
 * blends wrongly there.
 */
function drawnApart({ colour, stroke, background }: CaptionStyle): boolean {
  const letters = stroke.width > 0 ? [colour, stroke.colour] : [colour];
  const all = background ? [...letters, background] : letters;
  return !all.every(isGrey) && letters.every(([, , , opacity]) => opacity === 1);
}

/** FFmpeg multiplies opacity by itself when it draws on transparency, but not when it mixes the colour. */
function onTransparency([red, green, blue, opacity]: Colour): Colour {
  const root = Math.sqrt(opacity);
  return [red * root, green * root, blue * root, root];
}

function overrides(cue: Cue, style: CaptionStyle, fonts: readonly Font[]): string {
  const { x, y } = padding(style);
  const box = style.background ? `\\xshad${x.toFixed(2)}\\yshad${y.toFixed(2)}` : "";
  if (style.position !== "custom") return box === "" ? "" : `{${box}}`;
  const lines = cue.text.split("\n");
  const block = lines.reduce((sum, line) => sum + lineHeight(line, fonts) * style.fontSize, 0) + 2 * y;
  const top = Math.max(0, (style.height - block) * (style.customPosition / 100)) + y;
  return `{${box}\\pos(${(style.width / 2).toFixed(1)},${top.toFixed(1)})}`;
}

function padding(style: CaptionStyle): { x: number; y: number } {
  if (!style.background) return { x: 0, y: 0 };
  return { x: BOX_PADDING.x * style.fontSize, y: BOX_PADDING.y * style.fontSize };
}

/** The text with each run's font and its size: ASS counts ascent and descent, we the em square. */
function drawn(text: string, style: CaptionStyle, fonts: readonly Font[], used: Set<number>): string {
  return fontRuns(text, fonts)
    .map((run) => {
      const font = fonts[run.font] as Font;
      used.add(run.font);
      const size = (style.fontSize * font.height) / font.unitsPerEm;
      return `{\\fn${font.name}\\fs${size.toFixed(2)}}${escapeText(run.text)}`;
    })
    .join("");
}

/**
 * `h:mm:ss.cc`. ASS keeps hundredths only, so the time is taken half a frame early: libass shows a
 * line from the first frame at or after its start.
 */
function timestamp(frame: number, frameRate: number): string {
  const hundredths = Math.round((Math.max(0, frame - 0.5) / frameRate) * 100);
  const part = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(hundredths / 100);
  return `${Math.floor(seconds / 3600)}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}.${part(hundredths % 100)}`;
}

/**
 * Keeps a script from being read as override tags, as ffmpeg's own ASS writer does: braces behind a
 * backslash, a backslash before a word joiner. Line breaks become hard ones.
 */
function escapeText(text: string): string {
  return text
    .replaceAll("\\", "\\\u2060")
    .replaceAll("{", "\\{")
    .replaceAll("}", "\\}")
    .replace(/[\r\n]+/g, "\\N");
}
