import type { Cue } from "./captions.ts";

/** How subtitles look. Lengths in pixels of the video. */
export interface CaptionStyle {
  width: number;
  height: number;
  /** Family name inside the font file. */
  font: string;
}

/**
 * Subtitles as Advanced SubStation Alpha v4.00+, for ffmpeg's `ass` filter: white with a dark
 * outline, centred near the bottom, wrapped by libass inside the margins.
 */
export function assDocument(cues: readonly Cue[], style: CaptionStyle, frameRate: number): string {
  const short = Math.min(style.width, style.height);
  const size = Math.round(short * 0.062);
  const outline = (short * 0.004).toFixed(1);
  const side = Math.round(style.width * 0.06);
  const bottom = Math.round(style.height * 0.08);
  return [
    "[Script Info]",
    "ScriptType: v4.00+",
    `PlayResX: ${style.width}`,
    `PlayResY: ${style.height}`,
    "WrapStyle: 0",
    "ScaledBorderAndShadow: yes",
    "YCbCr Matrix: TV.709",
    "",
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
    `Style: Default,${style.font},${size},&H00FFFFFF,&H00FFFFFF,&H00000000,&H64000000,0,0,0,0,100,100,0,0,1,${outline},0,2,${side},${side},${bottom},1`,
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ...cues.map(
      (cue) =>
        `Dialogue: 0,${timestamp(cue.start, frameRate)},${timestamp(cue.end, frameRate)},Default,,0,0,0,,${escapeText(cue.text)}`,
    ),
    "",
  ].join("\n");
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
 * backslash, a backslash before a word joiner.
 */
function escapeText(text: string): string {
  return text
    .replaceAll("\\", "\\\u2060")
    .replaceAll("{", "\\{")
    .replaceAll("}", "\\}")
    .replace(/[\r\n]+/g, " ");
}
