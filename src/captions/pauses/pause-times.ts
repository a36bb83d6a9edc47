import type { TimedSentence } from "../../protocol/authoring.ts";
import { splitSentences } from "../../text/split-sentences.ts";
import { wordSpans } from "../../text/word-spans.ts";
import type { WordTime } from "../timing/cue-words.ts";
import { withTimes } from "../timing/heard-sentences.ts";
import { wordLength } from "../timing/speech-length.ts";
import { matchPauses, type SpokenPlace, type Stretch } from "./match-pauses.ts";
import { FRAME_SECONDS, findPauses, type Pause } from "./sound-envelope.ts";

/** A shorter silence is a part of a word. In frames. */
const MIN_PAUSE_FRAMES = 11;
/** The last word before a pause is said more slowly, by this factor. */
const FINAL_LENGTHENING = 1.2;

const CLAUSE_END = /[,;:،؛、，；：—–…][\p{Pe}\p{Pf}"']*$/u;
const SENTENCE_END = /[.!?؟।॥。！？…][\p{Pe}\p{Pf}"']*$/u;

/**
 * Finds out when the words of a script are spoken, from the pauses of the narration.
 *
 * @param script without markup; each line is a paragraph.
 * @param levels of the narration's frames; see EnvelopeBuilder.
 * @returns the sentences with the times of their words in seconds; null if the narration is silent.
 */
export function pauseTimes(script: string, levels: Uint8Array, language = "und"): TimedSentence[] | null {
  const texts = splitSentences(script.normalize("NFC"), language);
  const words = texts.map((text) => wordSpans(text, language).map((span) => text.slice(span.start, span.end)));
  const pauses = pausesAround(levels);
  if (pauses.length < 2 || words.flat().length === 0) return null;
  const places = placesOf(script, texts, words, language);
  const times: WordTime[] = [];
  for (const stretch of matchPauses(places, pauses)) times.push(...timesWithin(stretch, places));
  return withTimes(texts, words, times);
}

/** The pauses in seconds, with one before the first sound and one after the last. */
function pausesAround(levels: Uint8Array): Pause[] {
  const found = findPauses(levels, 1);
  const inSeconds = ({ start, end }: Pause) => ({ start: start * FRAME_SECONDS, end: end * FRAME_SECONDS });
  const [first, last] = [found[0], found.at(-1)];
  const opening = first?.start === 0 ? first : { start: 0, end: 0 };
  const closing = last?.end === levels.length ? last : { start: levels.length, end: levels.length };
  if (opening.end >= closing.start) return [];
  const between = found.filter(
    (pause) => pause.end - pause.start >= MIN_PAUSE_FRAMES && pause.start > opening.end && pause.end < closing.start,
  );
  return [opening, ...between, closing].map(inSeconds);
}

function placesOf(
  script: string,
  texts: readonly string[],
  words: readonly (readonly string[])[],
  language: string,
): SpokenPlace[] {
  let position = 0;
  return texts.flatMap((text, index) => {
    const found = script.indexOf(text, position);
    if (found >= 0) position = found + text.length;
    const endsParagraph = found < 0 || /^\s*(?:\n|$)/.test(script.slice(position, position + 50));
    const own = words[index] ?? [];
    return own.map((word, at): SpokenPlace => {
      const length = wordLength(word, language);
      if (at === own.length - 1) return { length, ends: endsParagraph ? 3 : 2 };
      return { length, ends: SENTENCE_END.test(word) ? 2 : CLAUSE_END.test(word) ? 1 : 0 };
    });
  });
}

function timesWithin({ from, to, start, end }: Stretch, places: readonly SpokenPlace[]): WordTime[] {
  const own = places.slice(from, to);
  const lengths = own.map(({ length }, index) => (index === own.length - 1 ? FINAL_LENGTHENING * length : length));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let said = 0;
  const time = () => start + ((end - start) * said) / total;
  return lengths.map((length) => {
    const begin = time();
    said += length;
    return { start: begin, end: time() };
  });
}
