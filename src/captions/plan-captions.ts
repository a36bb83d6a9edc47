import type { VideoRequest } from "../api/video-request.ts";
import type { TimedSentence } from "../protocol/authoring.ts";
import { removeMarkup } from "../text/remove-markup.ts";
import { knownLanguage } from "../util/language-tag.ts";
import { partOfParagraph } from "./base-direction.ts";
import type { CaptionStyle } from "./caption-style.ts";
import { fitCue, lineFits } from "./fit-lines.ts";
import type { Font } from "./fonts/read-font-file.ts";
import type { TimedText } from "./read-subtitle-file.ts";
import { joinSubtitles, type Subtitle, splitScript } from "./split-script.ts";
import { type Cue, framedCues, timeCues } from "./timing/cue-timing.ts";
import { withSpreadWords } from "./timing/cue-words.ts";
import { separateOverlaps } from "./timing/separate-overlaps.ts";
import { spokenCues } from "./timing/spoken-cues.ts";

/** A shorter subtitle of a script could not be read. */
const MIN_CUE_SECONDS = 0.5;

/** The inputs that subtitles are made from. */
export interface CaptionMaterial {
  /** In order of preference. Together they have every glyph of the text. */
  fonts: readonly Font[];
  /** The content of a subtitle file, or null to show the script. */
  timed: readonly TimedText[] | null;
  /** The spoken sentences of the script with their times; null if they are unknown. */
  sentences?: readonly TimedSentence[] | null;
}

/**
 * Returns a function that gives the subtitles for a video of a given length in frames. Subtitles come from the
 * subtitle file at its own times. Without a subtitle file, spoken sentences are shown while they are said. Without
 * these, the script is spread over the whole video in proportion
 * to how long each part takes to say. Lines are broken to fit the frame.
 */
export function captionPlanner(
  request: Pick<VideoRequest, "subtitle_enabled" | "video_script" | "video_language">,
  style: CaptionStyle,
  { fonts, timed, sentences }: CaptionMaterial,
  frameRate: number,
): (frames: number) => Cue[] {
  if (!request.subtitle_enabled || fonts.length === 0) return () => [];
  const language = knownLanguage(request.video_language);
  if (timed) {
    const fitted = separateOverlaps(timed).flatMap((cue) => fitCue(cue, style, fonts, language));
    return (frames) => framedCues(fitted, frames, frameRate).map((cue) => withSpreadWords(cue, language));
  }
  const fits = lineFits(style, fonts);
  if (sentences) {
    const spoken = sentences.map((sentence) => ({
      sentence,
      texts: splitScript(sentence.text, fits, language).map(shownText),
    }));
    return (frames) => spokenCues(spoken, frames, frameRate, language);
  }
  const subtitles = splitScript(removeMarkup(request.video_script), fits, language);
  const least = Math.ceil(MIN_CUE_SECONDS * frameRate);
  return (frames) => {
    const max = Math.max(1, Math.floor(frames / least));
    const texts = joinSubtitles(subtitles, max, fits, language).map(shownText);
    return timeCues(texts, frames, least, language).map((cue) => withSpreadWords(cue, language));
  };
}

/** The lines of a subtitle, in the direction of its paragraph. */
function shownText({ shown, direction }: Subtitle): string {
  return partOfParagraph(shown, direction);
}
