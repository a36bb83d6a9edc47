import { CodedError } from "../api/errors.ts";
import type { EntityNames } from "../text/decode-entities.ts";
import { type DecodedText, decodeText, EncodingError } from "../text/decode-text.ts";
import { type SubtitleBlock, subtitleBlocks, TimingError } from "./subtitle-blocks.ts";
import { subtitleText } from "./subtitle-text.ts";

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

/** The content of a subtitle file. */
export interface SubtitleFile {
  /** Sorted by start time. */
  subtitles: TimedText[];
  /** The encoding of the text, as `TextDecoder` names it. Anything but `utf-8` was guessed from the bytes. */
  encoding: string;
}

/**
 * Parses a SubRip or WebVTT file, also if it is damaged as such files often are; see {@link subtitleBlocks}. Markup is removed from
 * the text.
 *
 * @param bytes text in UTF-8, UTF-16 or a known legacy encoding.
 * @param entities the named character references that are replaced. By default, only the most common ones.
 * @throws SubtitleFileError if the file is malformed, empty or too long, or its encoding is unknown.
 */
export function readSubtitleFile(bytes: Uint8Array, type: "srt" | "vtt", entities?: EntityNames): SubtitleFile {
  const { text, encoding } = decode(bytes);
  if (type === "vtt" && !/^WEBVTT(?:[ \t\r\n]|$)/.test(text)) {
    throw new SubtitleFileError("line 1: a VTT file must begin with WEBVTT");
  }
  const subtitles = blocksOf(text)
    .map(({ start, end, text, line }) => {
      if (end < start) {
        throw new SubtitleFileError(`line ${line}: the subtitle ends at ${end} s, before its start at ${start} s`);
      }
      return { start, end, text: subtitleText(text, entities) };
    })
    .filter(({ start, end, text }) => end > start && text !== "")
    .sort((a, b) => a.start - b.start);
  if (subtitles.length === 0) throw new SubtitleFileError("the file has no subtitles");
  if (subtitles.length > MAX_SUBTITLES) {
    throw new SubtitleFileError(`the file has ${subtitles.length} subtitles; the max is ${MAX_SUBTITLES}`);
  }
  return { subtitles, encoding };
}

function decode(bytes: Uint8Array): DecodedText {
  try {
    return decodeText(bytes);
  } catch (error) {
    if (error instanceof EncodingError) throw new SubtitleFileError(error.message, { cause: error });
    throw error;
  }
}

function blocksOf(text: string): SubtitleBlock[] {
  try {
    return subtitleBlocks(text);
  } catch (error) {
    if (error instanceof TimingError) {
      throw new SubtitleFileError(`line ${error.line}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
