import type { Sentence } from "../protocol/authoring.ts";
import { removeMarkup } from "../text/remove-markup.ts";
import { splitSentences } from "../text/split-sentences.ts";
import { knownLanguage } from "../util/language-tag.ts";
import { splitAtPauses } from "./pauses.ts";

/** The sentences of a script, with the pauses that it asks for. */
export interface ScriptSentences {
  sentences: Sentence[];
  /** Silence after the last sentence, in seconds. */
  pauseAfter: number;
}

/**
 * Splits a script into sentences, the units that are spoken.
 *
 * @param language BCP 47 tag; empty if unknown.
 */
export function scriptSentences(script: string, language: string): ScriptSentences {
  const sentences: Sentence[] = [];
  let pause = 0;
  for (const part of splitAtPauses(script)) {
    if (part.kind === "pause") {
      pause += part.seconds;
      continue;
    }
    for (const text of splitSentences(removeMarkup(part.text), knownLanguage(language))) {
      sentences.push({ text, pauseBefore: pause });
      pause = 0;
    }
  }
  return { sentences, pauseAfter: pause };
}
