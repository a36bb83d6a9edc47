import { subtitleBlocks, TimingError } from "../subtitle-blocks.ts";
import { subtitleText } from "../subtitle-text.ts";
import { type TimedPart, TimingsError } from "./timed-part.ts";

/** A time inside a cue of WebVTT: `<00:00:01.000>`. */
const VTT_TIME = /<(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})>/g;
/** The times of LRC: `[01:02.34]` before a line, `<01:02.34>` before a word. */
const LRC_TIME = /[[<](\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?[\]>]/g;
const LRC_LINE_TIME = /^\s*\[\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?\]/;

/**
 * The timed parts of a SubRip or WebVTT file: what stands between two timestamps of a cue, or the whole cue. Lines that a
 * cue repeats from the one before it, as YouTube's files do, are left out.
 *
 * @throws TimingsError if the file is malformed.
 */
export function subtitleTimings(text: string): TimedPart[] {
  let before: string[] = [];
  const parts: TimedPart[] = [];
  for (const { start, end, text: cue, line } of blocks(text)) {
    const lines = cue.split("\n").map((raw) => ({ raw, plain: subtitleText(raw) }));
    const added = lines.filter(({ raw, plain }) => plain !== "" && (hasTime(raw) || !before.includes(plain)));
    before = lines.map(({ plain }) => plain);
    if (end > start) parts.push(...partsBetween(added.map(({ raw }) => raw).join("\n"), start, end, `line ${line}`));
  }
  return parts;
}

function blocks(text: string): ReturnType<typeof subtitleBlocks> {
  try {
    return subtitleBlocks(text);
  } catch (error) {
    if (error instanceof TimingError) throw new TimingsError(`line ${error.line}: ${error.message}`, { cause: error });
    throw error;
  }
}

function hasTime(line: string): boolean {
  return line.search(VTT_TIME) >= 0;
}

function partsBetween(cue: string, start: number, end: number, where: string): TimedPart[] {
  const parts: TimedPart[] = [];
  let [position, time] = [0, start];
  const add = (to: number, until: number) => {
    const part = subtitleText(cue.slice(position, to)).replace(/\n/g, " ");
    if (part !== "") parts.push({ text: part, start: time, end: until, where });
  };
  for (const match of cue.matchAll(VTT_TIME)) {
    const [, hours = "0", minutes = "0", seconds = "0", fraction = "0"] = match;
    const next = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${fraction}`);
    add(match.index, next);
    [position, time] = [match.index + match[0].length, next];
  }
  add(cue.length, Math.max(time, end));
  return parts;
}

/**
 * The timed parts of an LRC file: its words in the enhanced form (A2), else its lines, which last until the next line.
 *
 * @throws TimingsError if no line has a time.
 */
export function lrcTimings(text: string): TimedPart[] {
  const offset = Number(/^\s*\[offset:\s*([+-]?\d+)\s*\]/im.exec(text)?.[1] ?? 0) / 1000;
  const parts: TimedPart[] = [];
  /** Where the next line or word begins, which ends the one before. */
  const close = (time: number) => {
    const last = parts.at(-1);
    if (last && last.end === null) last.end = Math.max(last.start ?? 0, time);
  };
  for (const { line, index } of timedLines(text)) {
    let position = 0;
    let time: number | null = null;
    const add = (to: number) => {
      const word = line.slice(position, to).trim();
      if (time !== null && word !== "") parts.push({ text: word, start: time, end: null, where: `line ${index + 1}` });
    };
    for (const match of line.matchAll(LRC_TIME)) {
      add(match.index);
      const [, minutes = "0", seconds = "0", fraction = ""] = match;
      // A positive offset shows the lyrics sooner.
      time = Math.max(0, Number(minutes) * 60 + Number(seconds) + Number(`0.${fraction || "0"}`) - offset);
      close(time);
      position = match.index + match[0].length;
    }
    add(line.length);
  }
  if (parts.length === 0) throw new TimingsError("no line of the LRC file has a time, such as [00:12.34]");
  return parts;
}

function timedLines(text: string): { line: string; index: number }[] {
  return text.split(/\r\n|[\r\n]/).flatMap((line, index) => (LRC_LINE_TIME.test(line) ? [{ line, index }] : []));
}
