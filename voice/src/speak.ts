import {
  EMBEDDED_SILENCE,
  type EmbeddedSpeech,
  MAX_EMBEDDED_SECONDS,
  MAX_EMBEDDED_TEXT,
  type SpeakEmbeddedRequest,
} from "../../src/protocol/embedded-voice.ts";
import { alignPhones } from "./align-words.ts";
import { type FliteSpeech, runFlite, type Utterance } from "./flite.ts";
import { repairOverflow } from "./repair-overflow.ts";
import { type SpeakableWord, speakableWords } from "./speakable-text.ts";
import { audibleRange, padded } from "./trim-silence.ts";
import type { WasiProgram } from "./wasi-program.ts";
import { writeWav } from "./wav.ts";

/** A text that the embedded voice does not speak. The message says why. */
export class UnspeakableText extends Error {}

/** What tells the phones of words: the fastest voice, at a rate that makes few samples. */
const PHONES_VOICE = { voice: "kal", rate: 20, phonesOnly: true };
/** How long a phone takes, and the pause after a mark or a line, at the normal speed of the slowest voice, in seconds. */
const PHONE_SECONDS = 0.1;
const PAUSE_SECONDS = 0.5;
/** The max number of phones that flite gets at once, because its memory grows with them. About 20 seconds. */
const MAX_UTTERANCE_PHONES = 200;
const PAUSE = "pau";

/** A word and the phones that it has when it is spoken alone. */
interface PhonedWord extends SpeakableWord {
  phones: string[];
}

/** A phone of the whole speech, in seconds from its start. */
interface TimedPhone {
  name: string;
  start: number;
  end: number;
}

/**
 * Speaks a text. Blocks the isolate. The same request always has the same result.
 *
 * @param flite the program `flite.wasm`.
 * @throws UnspeakableText if the text is too long or has nothing that can be spoken.
 */
export function speak(flite: WasiProgram, { text, voice, rate }: SpeakEmbeddedRequest): EmbeddedSpeech {
  if (text.length > MAX_EMBEDDED_TEXT) {
    throw new UnspeakableText(`the text has ${text.length} characters; the max is ${MAX_EMBEDDED_TEXT}`);
  }
  const words = phonedWords(flite, speakableWords(text));
  if (words.length === 0) {
    throw new UnspeakableText("the text has no word that the embedded voice can speak; it speaks only English");
  }
  const seconds = estimatedSeconds(words) / rate;
  if (seconds > MAX_EMBEDDED_SECONDS) {
    throw new UnspeakableText(
      `the speech would take about ${Math.round(seconds)} s; the max is ${MAX_EMBEDDED_SECONDS} s: use a shorter text`,
    );
  }
  const speech = runFlite(flite, utterancesOf(words), { voice, rate });
  const repaired = repairOverflow(speech.samples);
  const range = audibleRange(repaired, speech.sampleRate);
  if (!range) throw new UnspeakableText("the embedded voice says nothing for this text");
  const samples = padded(repaired, range, Math.round(EMBEDDED_SILENCE * speech.sampleRate));
  const shift = EMBEDDED_SILENCE - range.start / speech.sampleRate;
  const last = samples.length / speech.sampleRate - EMBEDDED_SILENCE;
  return {
    audio: writeWav(samples, speech.sampleRate),
    sampleRate: speech.sampleRate,
    words: timeWords(words, timedPhones(speech), { shift, first: EMBEDDED_SILENCE, last }),
  };
}

/** Asks flite for the phones of each word. Leaves out the words that have none. */
function phonedWords(flite: WasiProgram, words: SpeakableWord[]): PhonedWord[] {
  if (words.length === 0) return [];
  // A sentence mark inside a line would make two utterances of one word.
  const lines = words.map(({ spoken }) => spoken.replaceAll(/[.?!:]+(?=\s|$)/g, ""));
  const { utterances } = runFlite(flite, `${lines.join("\n\n")}\n`, PHONES_VOICE);
  if (utterances.length !== words.length) {
    throw new Error(`flite made ${utterances.length} utterances of ${words.length} words`);
  }
  return words.flatMap((word, index) => {
    const phones = phoneNames(utterances[index]).filter((name) => name !== PAUSE);
    return phones.length > 0 ? [{ ...word, phones }] : [];
  });
}

/** About how long words take at the normal speed, in seconds; rather too long than too short. */
function estimatedSeconds(words: readonly PhonedWord[]): number {
  const pauses = words.filter(({ spoken, endsLine }) => endsLine || /[.,?!]$/.test(spoken)).length;
  return words.reduce((sum, { phones }) => sum + phones.length, 0) * PHONE_SECONDS + pauses * PAUSE_SECONDS;
}

function phoneNames(utterance: Utterance | undefined): string[] {
  return utterance?.phones.map(({ name }) => name) ?? [];
}

/** The text for flite. Lines of the text become utterances, and so do the parts of a very long sentence. */
function utterancesOf(words: readonly PhonedWord[]): string {
  let text = "";
  let phones = 0;
  for (const [index, word] of words.entries()) {
    phones += word.phones.length;
    const next = words[index + 1]?.phones.length ?? 0;
    const isLong =
      phones + next > MAX_UTTERANCE_PHONES || (phones > MAX_UTTERANCE_PHONES / 2 && /[.,?!]$/.test(word.spoken));
    const ends = word.endsLine || isLong;
    text += word.spoken + (ends ? "\n\n" : " ");
    if (ends || /[.?!]$/.test(word.spoken)) phones = 0;
  }
  return `${text.trimEnd()}\n`;
}

/** The phones of all utterances, without pauses. */
function timedPhones({ utterances, sampleRate }: FliteSpeech): TimedPhone[] {
  let samples = 0;
  return utterances.flatMap((utterance) => {
    const offset = samples / sampleRate;
    samples += utterance.samples;
    return utterance.phones
      .map(({ name, end }, index) => ({
        name,
        start: offset + (utterance.phones[index - 1]?.end ?? 0),
        end: offset + end,
      }))
      .filter(({ name }) => name !== PAUSE);
  });
}

/**
 * The times of words in the trimmed samples.
 *
 * @param shift is added to the times of phones.
 * @param first where the audible samples start.
 * @param last where they end.
 */
function timeWords(
  words: readonly PhonedWord[],
  phones: readonly TimedPhone[],
  { shift, first, last }: { shift: number; first: number; last: number },
): EmbeddedSpeech["words"] {
  const wordOfPhone = alignPhones(
    words.map(({ phones }) => phones),
    phones.map(({ name }) => name),
  );
  const times = words.map((): { start: number; end: number } | null => null);
  for (const [index, { start, end }] of phones.entries()) {
    const word = wordOfPhone[index] ?? 0;
    times[word] = { start: times[word]?.start ?? start, end };
  }
  let previous = first;
  const within = (time: number) => Math.round(Math.min(last, Math.max(previous, time)) * 1000) / 1000;
  return words.map(({ text }, index) => {
    const time = times[index];
    const start = index === 0 ? first : within((time?.start ?? 0) + shift);
    previous = start;
    const end = index === words.length - 1 ? within(last) : within((time?.end ?? 0) + shift);
    previous = end;
    return { text, start, end };
  });
}
