import type { Warning } from "../api/authored.ts";
import { CodedError } from "../api/errors.ts";
import { pauseTimes } from "../captions/pauses/pause-times.ts";
import { FRAME_SECONDS } from "../captions/pauses/sound-envelope.ts";
import { type HeardSentences, heardSentences } from "../captions/timing/heard-sentences.ts";
import type { SpokenWord } from "../protocol/author.ts";
import type { TimedSentence } from "../protocol/authoring.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import { knownLanguage } from "../util/language-tag.ts";
import type { CaptionMaterials, CaptionSources } from "./load-caption-sources.ts";

/** What is known of a task's speech. */
export interface KnownSpeech {
  /** The sentences of a narration that was made, with their times; null without one. */
  spoken: readonly TimedSentence[] | null;
  /** The words of the narration as a provider heard them; null if it was not transcribed. */
  heard?: readonly SpokenWord[] | null;
  /** How loud the narration is over time; null if it was not heard. See {@link needsHearing}. */
  levels: Uint8Array | null;
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
 * voice that spoke, a transcription, the pauses of the narration, or else by how long words take to say.
 *
 * @throws CodedError `input_refused` if the word timings are of another text.
 */
export function timeCaptions(
  task: Pick<TaskInput, "request" | "narration" | "authoring">,
  sources: CaptionSources,
  { spoken, heard, levels }: KnownSpeech,
): TimedCaptions {
  const { fonts, timed, words } = sources;
  const done = (
    timing: CaptionMaterials["timing"],
    sentences: readonly TimedSentence[] | null,
    warnings: Warning[] = [],
  ): TimedCaptions => ({ captions: { fonts, timed, sentences, timing }, warnings });
  if (timed) return done("subtitle_file", null);
  if (words) return done("request", requestedSentences(task, sources, words));
  if (heard) return done("transcription", matchedSentences(task, sources, heard).sentences);
  if (spoken && !needsHearing(task, sources, spoken)) {
    return done(spoken.some((sentence) => sentence.words?.length) ? "provider" : "syllables", spoken);
  }
  const language = knownLanguage(task.request.video_language);
  const paused =
    levels && (spoken ? pausesInSentences(spoken, levels, language) : pauseTimes(sources.text, levels, language));
  return paused ? done("pauses", paused) : done("syllables", spoken);
}

/** Whether the times of a task's subtitles follow from the pauses of its narration. */
export function needsHearing(
  { narration, authoring }: Pick<TaskInput, "narration" | "authoring">,
  { text, timed, words }: Pick<CaptionSources, "text" | "timed" | "words">,
  spoken: readonly TimedSentence[] | null,
): boolean {
  if (!narration || timed || words || text.trim() === "" || authoring?.narration === "silence") return false;
  return spoken === null || spoken.some((sentence) => !sentence.words?.length);
}

/** Sentences that were spoken one by one, with the times of their words by the pauses within them. */
function pausesInSentences(spoken: readonly TimedSentence[], levels: Uint8Array, language: string): TimedSentence[] {
  return spoken.map((sentence) => {
    if (sentence.words?.length) return sentence;
    const { text, start, end } = sentence;
    const own = levels.subarray(Math.floor(start / FRAME_SECONDS), Math.ceil(end / FRAME_SECONDS));
    const words = (pauseTimes(text, own, language) ?? []).flatMap((part) => part.words ?? []);
    const later = (time: number) => Math.min(end, start + time);
    return { ...sentence, words: words.map((word) => ({ ...word, start: later(word.start), end: later(word.end) })) };
  });
}

/** Whether a transcription of the narration would tell when the words of the script are spoken. */
export function needsTranscription(
  task: Pick<TaskInput, "narration" | "authoring">,
  sources: Pick<CaptionSources, "text" | "timed" | "words">,
  spoken: readonly TimedSentence[] | null,
): boolean {
  return spoken === null && needsHearing(task, sources, spoken);
}

/** Why the words of a transcription are not those of the script; null if they are. */
export function transcriptionFault(
  task: Pick<TaskInput, "request" | "narration">,
  sources: Pick<CaptionSources, "text">,
  heard: readonly SpokenWord[],
): string | null {
  if (heard.length === 0) return "nobody was heard to speak";
  const { share } = matchedSentences(task, sources, heard);
  return share < MIN_SHARE_HEARD ? `only ${Math.round(share * 100)} % of video_script was heard` : null;
}

function matchedSentences(
  { request, narration }: Pick<TaskInput, "request" | "narration">,
  { text }: Pick<CaptionSources, "text">,
  words: readonly SpokenWord[],
): HeardSentences {
  const end = Math.max(words.at(-1)?.end ?? 0, narration?.probe.duration ?? 0);
  return heardSentences(text, words, end, knownLanguage(request.video_language));
}

function requestedSentences(
  task: Pick<TaskInput, "request" | "narration">,
  sources: CaptionSources,
  words: readonly SpokenWord[],
): TimedSentence[] {
  const { sentences, share } = matchedSentences(task, sources, words);
  if (share < MIN_SHARE_HEARD) {
    throw new CodedError(
      "input_refused",
      `word_timings: only ${Math.round(share * 100)} % of video_script is in it: send the times of this script, or leave video_script empty to show the words of word_timings`,
      { retryable: false, rerun: "never" },
    );
  }
  return sentences;
}
