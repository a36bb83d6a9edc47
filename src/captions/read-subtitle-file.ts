import { type ParseError, parseText } from "media-captions";
import { CodedError } from "../api/errors.ts";

/** A subtitle file cannot be used. The message gives the reason, and the line if one line is at fault. */
export class SubtitleFileError extends CodedError {
  override name = "SubtitleFileError";

  constructor(message: string, options?: ErrorOptions) {
    super("unsupported_file", message, options);
  }
}

/** A subtitle of a file. Times are in seconds. */
export interface TimedText {
  start: number;
  end: number;
  text: string;
}

/** Max subtitles in one file. */
const MAX_SUBTITLES = 20_000;

const CHARACTER_REFERENCES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  lrm: "\u200e",
  rlm: "\u200f",
};

/**
 * Parses a SubRip or WebVTT file. Markup is removed from the text. Subtitles are sorted by start time.
 *
 * @param bytes UTF-8, or UTF-16 with a byte order mark.
 * @throws SubtitleFileError if the file is malformed, empty or too long.
 */
export async function readSubtitleFile(bytes: Uint8Array, type: "srt" | "vtt"): Promise<TimedText[]> {
  const text = decode(bytes);
  if (type === "vtt" && !/^WEBVTT(?:[ \t\r\n]|$)/.test(text)) {
    throw new SubtitleFileError("line 1: a VTT file must begin with WEBVTT");
  }
  const { cues, errors } = await parseText(text, { type, errors: true, strict: false });
  const fault = (errors as ParseError[])[0];
  if (fault) throw new SubtitleFileError(`line ${fault.line}: ${fault.message.replace(/ on line \d+$/, "")}`);
  const timed = cues.map((cue, index) => {
    const { startTime: start, endTime: end } = cue;
    if (!(Number.isFinite(start) && Number.isFinite(end) && end > start)) {
      throw new SubtitleFileError(`subtitle ${index + 1} ends at ${end} s, which is not after its start at ${start} s`);
    }
    return { start, end, text: plainText(cue.text) };
  });
  const shown = timed.filter(({ text }) => text !== "").sort((a, b) => a.start - b.start);
  if (shown.length === 0) throw new SubtitleFileError("the file has no subtitles");
  if (shown.length > MAX_SUBTITLES) {
    throw new SubtitleFileError(`the file has ${shown.length} subtitles; the max is ${MAX_SUBTITLES}`);
  }
  return shown;
}

function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes).replace(/^\ufeff/, "");
  } catch {
    throw new SubtitleFileError("the file is not UTF-8 text");
  }
}

/** Removes tags (`<i>`, `<v Bob>`, `{\an8}`) and replaces character references with their characters. */
function plainText(text: string): string {
  return text
    .replace(/<\/?[a-z0-9][^<>]*>/gi, "")
    .replace(/\{\\[^{}]*\}/g, "")
    .replace(/&(\w+);/g, (whole, name: string) => CHARACTER_REFERENCES[name] ?? whole)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}
