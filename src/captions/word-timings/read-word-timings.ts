import type { SpokenWord } from "../../protocol/author.ts";
import { type DecodedText, decodeText, EncodingError } from "../../text/decode-text.ts";
import { wordSpans } from "../../text/word-spans.ts";
import { spreadWords } from "../timing/cue-words.ts";
import { jsonTimings } from "./json-timings.ts";
import { lrcTimings, subtitleTimings } from "./text-timings.ts";
import { type TimedPart, TimingsError } from "./timed-part.ts";

/** The kinds of files that word timings can be in. */
type TimingsType = "json" | "lrc" | "subtitles";

/** How JSON and LRC begin. An LRC file begins with a line's time or with a tag such as `[ar:...]`. */
const JSON_START = /^\s*(?:\{|\[\s*[[{\]]|data:\s*\{)/;
const LRC_START = /^\s*\[(?:\d{1,3}:\d|[a-z#]+:)/i;

/** The kind of a file with word timings, by its content. */
export function timingsTypeOf(text: string): TimingsType {
  if (LRC_START.test(text)) return "lrc";
  return JSON_START.test(text) ? "json" : "subtitles";
}

/** Max words of one file: several hours of speech. */
const MAX_WORDS = 100_000;
/** A word whose end is unknown ends after this time, in seconds, at the latest. */
const MAX_WORD_SECONDS = 1;

/** Timed words and the encoding of their file; see {@link decodeText}. */
export interface WordTimings {
  /** Sorted by start. */
  words: SpokenWord[];
  encoding: string;
}

/**
 * Reads the times of words from a file: a list in JSON, the JSON of transcribers and voices, WebVTT with timestamps inside
 * cues, or LRC with timestamps before words. Where a part of several words has one time, they are spread over it.
 *
 * @param bytes text in UTF-8, UTF-16 or a known legacy encoding.
 * @throws TimingsError if the file cannot be used. The message says what is wrong.
 */
export function readWordTimings(bytes: Uint8Array): WordTimings {
  const { text, encoding } = decode(bytes);
  return { words: timedWords(partsIn(text)), encoding };
}

function decode(bytes: Uint8Array): DecodedText {
  try {
    return decodeText(bytes);
  } catch (error) {
    if (error instanceof EncodingError) throw new TimingsError(error.message, { cause: error });
    throw error;
  }
}

function partsIn(text: string): TimedPart[] {
  switch (timingsTypeOf(text)) {
    case "json":
      return jsonTimings(text);
    case "lrc":
      return lrcTimings(text);
    case "subtitles":
      return subtitleTimings(text);
  }
}

/**
 * Words in order, each with both times. A time that is missing follows from the neighbours. A part of several words is
 * divided.
 *
 * @throws TimingsError if there are no words or too many, or a time makes no sense.
 */
export function timedWords(parts: readonly TimedPart[]): SpokenWord[] {
  for (const { where, text, start, end } of parts) {
    const word = `${where} (${JSON.stringify(text.trim().slice(0, 40))})`;
    if (start !== null && start < 0) throw new TimingsError(`${word}: start is ${start}, before 0`);
    if (start !== null && end !== null && end < start) {
      throw new TimingsError(`${word}: end is ${end}, before its start at ${start}`);
    }
  }
  if (parts.every(({ start }) => start === null)) throw new TimingsError("no word has a start in seconds");
  const words = complete(parts)
    .toSorted((a, b) => a.start - b.start)
    .flatMap(divided);
  if (words.length === 0) throw new TimingsError("the file has no words");
  if (words.length > MAX_WORDS) throw new TimingsError(`the file has ${words.length} words; the max is ${MAX_WORDS}`);
  return words;
}

/** Fills in the times that parts leave out. */
function complete(parts: readonly TimedPart[]): SpokenWord[] {
  const words: SpokenWord[] = [];
  const nextStarts: (number | null)[] = [];
  for (let index = parts.length - 1, next: number | null = null; index >= 0; index--) {
    nextStarts[index] = next;
    next = parts[index]?.start ?? next;
  }
  let missing: string[] = [];
  // Words without a start share the time from the word before to the word after.
  const fill = (until: number | null) => {
    const from = words.at(-1)?.end ?? 0;
    const end = Math.max(from, until ?? from + 0.3 * missing.length);
    for (const [index, time] of spreadWords(missing, { start: from, end }).entries()) {
      words.push({ text: missing[index] ?? "", ...time });
    }
    missing = [];
  };
  for (const [index, { text, start, end }] of parts.entries()) {
    if (start === null) {
      missing.push(text.trim());
      continue;
    }
    if (missing.length > 0) fill(start);
    const latest = start + MAX_WORD_SECONDS;
    const next = nextStarts[index] ?? latest;
    words.push({ text: text.trim(), start, end: end ?? Math.max(start, Math.min(next, latest)) });
  }
  if (missing.length > 0) fill(null);
  return words;
}

function divided({ text, start, end }: SpokenWord): SpokenWord[] {
  if (!/\s/.test(text)) return text === "" ? [] : [{ text, start, end }];
  const line = text.replace(/\s+/g, " ");
  const words = wordSpans(line).map((span) => line.slice(span.start, span.end));
  return spreadWords(words, { start, end }).map((time, index) => ({ text: words[index] ?? "", ...time }));
}
