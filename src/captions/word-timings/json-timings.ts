import { type TimedPart, TimingsError } from "./timed-part.ts";

/**
 * Finds the timed words in JSON: a list of `{word, start, end}`, or what transcribers and voices write. Known are the
 * forms of Whisper (OpenAI, whisper.cpp, faster-whisper, WhisperX, Transformers), ElevenLabs and Kokoro.
 *
 * @throws TimingsError if there are none.
 */
export function jsonTimings(text: string): TimedPart[] {
  const parts = documents(text).flatMap((value) => partsOf(value) ?? []);
  if (parts.length === 0) {
    throw new TimingsError(
      "the JSON has no timed words: send a list of {word, start, end} in seconds, or the JSON of Whisper with word timestamps, of ElevenLabs with timestamps, or of Kokoro's captioned speech",
    );
  }
  return parts;
}

/** One JSON value, or one per line as streams have them. */
function documents(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
    try {
      if (lines.length > 1) return lines.map((line) => JSON.parse(line.replace(/^data:\s*/, "")) as unknown);
    } catch {
      // The first error describes the whole file.
    }
    throw new TimingsError(`the file is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** The members that hold words or what contains them, best first. Words are more exact than segments. */
const CONTAINERS = [
  "words",
  "word_segments",
  "segments",
  "transcription",
  "timestamps",
  "alignment",
  "normalized_alignment",
  "chunks",
  "data",
  "result",
  "results",
] as const;

function partsOf(value: unknown): TimedPart[] | null {
  if (Array.isArray(value)) {
    const parts = value.flatMap((item: unknown, index) => itemParts(item, index) ?? []);
    return parts.length > 0 ? parts : null;
  }
  if (!isFields(value)) return null;
  const characters = characterParts(value);
  if (characters) return characters;
  // A list of words beside segments without words may be empty or the rest of a failed alignment.
  for (const name of CONTAINERS) {
    const parts = partsOf(value[name]);
    if (parts) return parts;
  }
  return null;
}

function itemParts(item: unknown, index: number): TimedPart[] | null {
  if (!isFields(item)) return partsOf(item);
  for (const name of ["words", "tokens"] as const) {
    const inner = Array.isArray(item[name]) ? item[name] : null;
    const parts = name === "tokens" ? inner && tokenParts(inner) : inner && partsOf(inner);
    if (parts) return parts;
  }
  const text = textOf(item);
  if (text === null) return partsOf(item);
  // ElevenLabs lists the spaces and noises between words too.
  if (item.type === "spacing" || item.type === "audio_event" || text.trim() === "") return null;
  return [{ text, ...timesOf(item), where: `word ${index + 1}` }];
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function textOf(item: Fields): string | null {
  for (const name of ["word", "text", "token", "value"]) {
    const text = item[name];
    if (typeof text === "string") return text;
  }
  return null;
}

/** The times of an item in seconds; null for what is missing, as WhisperX leaves out the times of numbers. */
function timesOf(item: Fields): { start: number | null; end: number | null } {
  if (isFields(item.offsets)) {
    // whisper.cpp counts milliseconds.
    const { from, to } = item.offsets;
    return { start: scaled(from, 1000), end: scaled(to, 1000) };
  }
  if (Array.isArray(item.timestamp)) {
    const [start, end] = item.timestamp as unknown[];
    return { start: scaled(start, 1), end: scaled(end, 1) };
  }
  const first = (...names: string[]) => names.map((name) => item[name]).find((time) => time !== undefined);
  return {
    start: scaled(first("start", "start_time", "startTime", "start_s"), 1),
    end: scaled(first("end", "end_time", "endTime", "end_s"), 1),
  };
}

function scaled(value: unknown, unit: number): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number / unit : null;
}

/** The words of whisper.cpp's tokens: a token that begins with a space begins a word. */
function tokenParts(tokens: readonly unknown[]): TimedPart[] | null {
  const parts: TimedPart[] = [];
  for (const [index, token] of tokens.entries()) {
    if (!isFields(token)) continue;
    const text = textOf(token) ?? "";
    const times = timesOf(token);
    // Tokens such as [_BEG_] and [_TT_150] are no text. The numbers of Python's tokens have no times.
    if (text === "" || /^\[_.*\]$/.test(text) || times.start === null) continue;
    const last = parts.at(-1);
    if (last && !/^\s/.test(text)) {
      last.text += text;
      last.end = times.end;
    } else parts.push({ text, ...times, where: `token ${index + 1}` });
  }
  return parts.length > 0 ? parts : null;
}

/** The words of ElevenLabs' lists of characters with their times. */
function characterParts(value: Fields): TimedPart[] | null {
  const characters = value.characters ?? value.chars;
  const inMilliseconds = value.charStartTimesMs ?? value.char_start_times_ms;
  const starts = value.character_start_times_seconds ?? inMilliseconds;
  const ends = value.character_end_times_seconds;
  const lengths = value.charDurationsMs ?? value.char_durations_ms ?? value.charsDurationsMs;
  if (!Array.isArray(characters) || !Array.isArray(starts)) return null;
  if (characters.length !== starts.length) {
    throw new TimingsError(`the alignment has ${characters.length} characters, but ${starts.length} start times`);
  }
  const unit = inMilliseconds === starts ? 1000 : 1;
  const parts: TimedPart[] = [];
  let inWord = false;
  for (const [index, character] of (characters as unknown[]).entries()) {
    if (typeof character !== "string" || /^\s*$/.test(character)) {
      inWord = false;
      continue;
    }
    const start = scaled(starts[index], unit);
    const length = Array.isArray(lengths) ? scaled(lengths[index], unit) : null;
    const end = Array.isArray(ends)
      ? scaled(ends[index], 1)
      : start === null || length === null
        ? null
        : start + length;
    const last = parts.at(-1);
    if (inWord && last) {
      last.text += character;
      last.end = end;
    } else parts.push({ text: character, start, end, where: `character ${index + 1}` });
    inWord = true;
  }
  return parts.length > 0 ? parts : null;
}
