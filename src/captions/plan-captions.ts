import type { VideoRequest } from "../api/video-request.ts";
import { type Cue, timeCues } from "./cue-timing.ts";
import type { Font } from "./font-file.ts";
import { splitScript, wrapText } from "./line-breaking.ts";
import { type CaptionStyle, lineFits } from "./style.ts";
import { framedCues, type TimedText } from "./subtitle-reader.ts";

/** What subtitles are made from. */
export interface CaptionMaterial {
  /** In order of preference; together they have every glyph of the text. */
  fonts: readonly Font[];
  /** A subtitle file's content, or null where the script is shown. */
  timed: readonly TimedText[] | null;
}

/**
 * Says what subtitles a video of some length has: those of the subtitle file at their times, or the
 * script spread over the whole by how long it takes to say. Lines are broken to fit the frame.
 */
export function captionPlanner(
  request: Pick<VideoRequest, "subtitle_enabled" | "video_script" | "video_language">,
  style: CaptionStyle,
  { fonts, timed }: CaptionMaterial,
  frameRate: number,
): (frames: number) => Cue[] {
  if (!request.subtitle_enabled || fonts.length === 0) return () => [];
  const fits = lineFits(style, fonts);
  const language = knownLanguage(request.video_language);
  if (timed) {
    const wrapped = timed.map((cue) => ({ ...cue, text: wrapText(cue.text, fits, language) }));
    return (frames) => framedCues(wrapped, frames, frameRate);
  }
  const texts = splitScript(request.video_script, fits, language);
  return (frames) => timeCues(texts, frames);
}

function knownLanguage(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? "und";
  } catch {
    return "und";
  }
}
