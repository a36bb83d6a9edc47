import type { VideoRequest } from "../api/video-request.ts";
import type { CaptionStyle } from "./caption-style.ts";
import { type Cue, framedCues, timeCues } from "./cue-timing.ts";
import { fitCue, lineFits } from "./fit-lines.ts";
import type { Font } from "./fonts/read-font-file.ts";
import type { TimedText } from "./read-subtitle-file.ts";
import { splitScript } from "./split-script.ts";

/** The inputs that subtitles are made from. */
export interface CaptionMaterial {
  /** In order of preference. Together they have every glyph of the text. */
  fonts: readonly Font[];
  /** The content of a subtitle file, or null to show the script. */
  timed: readonly TimedText[] | null;
}

/**
 * Returns a function that gives the subtitles for a video of a given length in frames. Subtitles come from the
 * subtitle file at its own times. Without a subtitle file, the script is spread over the whole video in proportion
 * to how long each part takes to say. Lines are broken to fit the frame.
 */
export function captionPlanner(
  request: Pick<VideoRequest, "subtitle_enabled" | "video_script" | "video_language">,
  style: CaptionStyle,
  { fonts, timed }: CaptionMaterial,
  frameRate: number,
): (frames: number) => Cue[] {
  if (!request.subtitle_enabled || fonts.length === 0) return () => [];
  const language = knownLanguage(request.video_language);
  if (timed) {
    const fitted = timed.flatMap((cue) => fitCue(cue, style, fonts, language));
    return (frames) => framedCues(fitted, frames, frameRate);
  }
  const texts = splitScript(request.video_script, lineFits(style, fonts), language);
  return (frames) => timeCues(texts, frames);
}

function knownLanguage(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? "und";
  } catch {
    return "und";
  }
}
