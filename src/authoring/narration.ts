import type { SpokenWord } from "../protocol/author.ts";
import type { TimedSentence } from "../protocol/authoring.ts";

/** Plans where the sentences of a narration begin. Pure. */

/** Silence between two sentences, in seconds. */
const SENTENCE_PAUSE_SECONDS = 0.25;

/** A sentence that was spoken, or stays silent. */
export interface SentenceSound {
  text: string;
  /** Extra silence before the sentence, in seconds. */
  pauseBefore: number;
  /** Length of the sentence's sound in samples. */
  samples: number;
  /** The times of its words within the sentence, in seconds; null if unknown. */
  words: SpokenWord[] | null;
}

/** The places of all sentences of a narration. */
export interface NarrationLayout {
  /** Length in samples. */
  samples: number;
  /** The first sample of each sentence. */
  starts: number[];
  sentences: TimedSentence[];
}

/**
 * Puts sentences one after the other, with a short silence between two of them and the pauses that the script asks for.
 *
 * @param pauseAfter silence after the last sentence, in seconds.
 */
export function layOutNarration(
  spoken: readonly SentenceSound[],
  { sampleRate, pauseAfter }: { sampleRate: number; pauseAfter: number },
): NarrationLayout {
  const inSamples = (seconds: number) => Math.round(seconds * sampleRate);
  const starts: number[] = [];
  let position = 0;
  for (const [index, { pauseBefore, samples }] of spoken.entries()) {
    position += inSamples(pauseBefore + (index === 0 ? 0 : SENTENCE_PAUSE_SECONDS));
    starts.push(position);
    position += samples;
  }
  const sentences = spoken.map(({ text, samples, words }, index): TimedSentence => {
    const start = (starts[index] ?? 0) / sampleRate;
    const end = start + samples / sampleRate;
    const within = (time: number) => Math.min(end, start + time);
    return {
      text,
      start,
      end,
      words: words?.map((word) => ({ ...word, start: within(word.start), end: within(word.end) })) ?? null,
    };
  });
  return { samples: position + inSamples(pauseAfter), starts, sentences };
}
