import type { TimedSentence } from "../../protocol/authoring.ts";
import type { Span } from "../../text/unbreakable-spans.ts";
import { wordSpans } from "../../text/word-spans.ts";
import type { Cue } from "./cue-timing.ts";
import { spreadWords, type WordTime, withWords } from "./cue-words.ts";
import { matchWords } from "./match-words.ts";

/** A spoken sentence and the subtitles that it is divided into. */
export interface SpokenText {
  sentence: TimedSentence;
  texts: readonly string[];
}

/** A subtitle stays until the next one if the gap between them is at most this long, in seconds. */
const MAX_HELD_GAP_SECONDS = 0.6;

/**
 * Shows each sentence while it is said, with the times of its words. If the provider gave none, the words are spread over
 * the sentence. A sentence of several subtitles is divided where the first word of each begins.
 *
 * @param frames the length of the video. Subtitles end with it.
 * @param language BCP 47 tag; selects the rules for words. "und" if unknown.
 */
export function spokenCues(spoken: readonly SpokenText[], frames: number, frameRate: number, language = "und"): Cue[] {
  const timed = spoken.flatMap((text) => timedParts(text, language));
  return timed.flatMap(({ text, start, end, spans, times }, index) => {
    const next = timed[index + 1];
    const held = next && next.start - end <= MAX_HELD_GAP_SECONDS ? next.start : end;
    const first = Math.round(start * frameRate);
    const last = Math.min(frames, Math.round(held * frameRate));
    return last > first ? [withWords({ start: first, end: last, text }, spans, times, frameRate)] : [];
  });
}

interface TimedPart extends WordTime {
  text: string;
  /** The words of the text and their times. */
  spans: Span[];
  times: WordTime[];
}

function timedParts({ sentence, texts }: SpokenText, language: string): TimedPart[] {
  const spans = texts.map((text) => wordSpans(text, language));
  const words = texts.flatMap((text, index) => (spans[index] ?? []).map(({ start, end }) => text.slice(start, end)));
  const heard = sentence.words ?? [];
  const times = heard.length > 0 ? matchWords(words, heard, sentence).times : spreadWords(words, sentence, language);
  let next = 0;
  const parts = texts.map((text, index): Omit<TimedPart, "end"> => {
    const own = spans[index] ?? [];
    const start = next === 0 ? sentence.start : (times[next]?.start ?? sentence.end);
    next += own.length;
    return { text, start, spans: own, times: times.slice(next - own.length, next) };
  });
  return parts.map((part, index) => ({ ...part, end: parts[index + 1]?.start ?? sentence.end }));
}
