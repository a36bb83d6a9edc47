import { type ParseError, parseText } from "media-captions";
import type { Cue } from "./cue-timing.ts";

/** A subtitle file that cannot be used. The message says why, and names the line where it is one line's fault. */
export class SubtitleFileError extends Error {
  override name = "SubtitleFileError";
}

/** A subtitle with its times in seconds. */
export interface TimedText {
  start: number;
  end: number;
  text: string;
}

/** Most subtitles of one file. */
const MAX_CUES = 20_000;

const ENTITIES: Record<string, string> = {
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
 * Reads SubRip or WebVTT. Text is taken without its markup.
 *
 * @param bytes UTF-8, or UTF-16 with a byte order mark.
 * @throws SubtitleFileError
 */
export async function readSubtitleFile(bytes: Uint8Array, type: "srt" | "vtt"): Promise<TimedText[]> {
  const text = decode(bytes);
  if (type === "vtt" && !/^WEBVTT(?:[ \t\r\n]|$)/.test(text)) {
    throw new SubtitleFileError("line 1: a VTT file begins with WEBVTT");
  }
  const { cues, errors } = await parseText(text, { type, errors: true, strict: false });
  const fault = (errors as ParseError[])[0];
  if (fault) throw new SubtitleFileError(`line ${fault.line}: ${fault.message.replace(/ on line \d+$/, "")}`);
  const timed = cues.map((cue, index) => {
    const { startTime: start, endTime: end } = cue;
    if (!(Number.isFinite(start) && Number.isFinite(end) && end > start)) {
      throw new SubtitleFileError(`subtitle ${index + 1} ends (${end} s) before it begins (${start} s)`);
    }
    return { start, end, text: plainText(cue.text) };
  });
  const shown = timed.filter(({ text }) => text !== "").sort((a, b) => a.start - b.start);
  if (shown.length === 0) throw new SubtitleFileError("there is no subtitle in it");
  if (shown.length > MAX_CUES)
    throw new SubtitleFileError(`it has ${shown.length} subtitles, at most ${MAX_CUES} are taken`);
  return shown;
}

/** The cues of a video of `frames` frames; what lies past its end is left out. */
export function framedCues(timed: readonly TimedText[], frames: number, frameRate: number): Cue[] {
  return timed.flatMap(({ start, end, text }) => {
    const first = Math.round(start * frameRate);
    const last = Math.min(frames, Math.round(end * frameRate));
    return last > first ? [{ start: first, end: last, text }] : [];
  });
}

function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes).replace(/^\ufeff/, "");
  } catch {
    throw new SubtitleFileError("it is not UTF-8 text");
  }
}

/** Takes tags (`<i>`, `<v Bob>`, `{\an8}`) out and character references in. */
function plainText(text: string): string {
  return text
    .replace(/<\/?[a-z0-9][^<>]*>/gi, "")
    .replace(/\{\\[^{}]*\}/g, "")
    .replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}
