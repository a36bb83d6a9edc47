import type { Warning } from "../api/authored.ts";
import { CodedError } from "../api/errors.ts";
import { heardSentences } from "../captions/timing/heard-sentences.ts";
import type { SpokenWord } from "../protocol/author.ts";
import type { TimedSentence } from "../protocol/authoring.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import { knownLanguage } from "../util/language-tag.ts";
import type { CaptionMaterials, CaptionSources } from "./load-caption-sources.ts";

/** What is known of a task's speech. */
export interface KnownSpeech {
  /** The sentences of a narration that was made, with their times; null without one. */
  spoken: readonly TimedSentence[] | null;
}

/** Times for the subtitles of a task, and where they come from. */
export interface TimedCaptions {
  captions: CaptionMaterials;
  warnings: Warning[];
}

/** If less of the script was heard, it was another script. */
const MIN_SHARE_HEARD = 0.3;

/**
 * Finds out when the words of a task's subtitles are spoken: from the subtitle file, the request's word timings, the
 * voice that spoke, or else by how long words take to say.
 *
 * @throws CodedError `input_refused` if the word timings are of another text.
 */
export function timeCaptions(
  task: Pick<TaskInput, "request" | "narration">,
  sources: CaptionSources,
  { spoken }: KnownSpeech,
): TimedCaptions {
  const { fonts, timed, words } = sources;
  const done = (
    timing: CaptionMaterials["timing"],
    sentences: readonly TimedSentence[] | null,
    warnings: Warning[] = [],
  ): TimedCaptions => ({ captions: { fonts, timed, sentences, timing }, warnings });
  if (timed) return done("subtitle_file", null);
  if (words) return done("request", requestedSentences(task, sources, words));
  if (spoken) return done(spoken.some((sentence) => sentence.words?.length) ? "provider" : "syllables", spoken);
  return done("syllables", null);
}

function requestedSentences(
  { request, narration }: Pick<TaskInput, "request" | "narration">,
  { text }: CaptionSources,
  words: readonly SpokenWord[],
): TimedSentence[] {
  const end = Math.max(words.at(-1)?.end ?? 0, narration?.probe.duration ?? 0);
  const { sentences, share } = heardSentences(text, words, end, knownLanguage(request.video_language));
  if (share < MIN_SHARE_HEARD) {
    throw new CodedError(
      "input_refused",
      `word_timings: only ${Math.round(share * 100)} % of video_script is in it: send the times of this script, or leave video_script empty to show the words of word_timings`,
      { retryable: false, rerun: "never" },
    );
  }
  return sentences;
}
