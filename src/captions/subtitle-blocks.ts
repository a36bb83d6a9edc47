/** A subtitle as a file has it. Times are in seconds. */
export interface SubtitleBlock {
  start: number;
  end: number;
  /** With its markup. Lines are separated by `\n`. */
  text: string;
  /** The line of the file with its times, from 1. */
  line: number;
}

/** A line with times that cannot be read. */
export class TimingError extends Error {
  override name = "TimingError";
  /** From 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

const TIME = String.raw`[-−]?\d{1,4}(?:\s?[:.,;]\s?\d{1,9}){1,3}`;
const TIMING = new RegExp(
  `^(${TIME})\\s*(-->|--&gt;|-\\s?-?\\s?-?\\s?>|[–—]+\\s?>|→|=+>)\\s*(${TIME})(?:\\s+(.*))?$`,
  "u",
);
/** Settings of WebVTT and coordinates of SubRip after the times. */
const SETTINGS = /^(?:(?:[XY][12]\s?:\s?-?\d+|[A-Za-z]+\d?[:=]\S+)(?:\s+|$))*$/;
const NUMBER = /^\d+$/;

/**
 * Finds the subtitles of a SubRip or WebVTT file as players do, however it was damaged: blank lines may be missing, or have spaces; numbers may be
 * missing; the times may have other marks, fewer digits or no hours; settings and coordinates are left out.
 *
 * @throws TimingError
 */
export function subtitleBlocks(text: string): SubtitleBlock[] {
  const webVtt = /^WEBVTT(?:[ \t\r\n]|$)/.test(text);
  const blocks: SubtitleBlock[] = [];
  let timing: Omit<SubtitleBlock, "text"> | null = null;
  /** The lines since the last times. */
  let lines: string[] = [];
  /** The last number of a subtitle; null if the file has no numbers. */
  let number: number | null = null;
  // In WebVTT, a blank line ends a subtitle. In SubRip files as they are found, subtitles may contain blank lines.
  let ended = webVtt;
  const endBlock = () => {
    if (timing) blocks.push({ ...timing, text: lines.filter((line) => line !== "").join("\n") });
    lines = [];
  };
  for (const [index, given] of text.split(/\r\n|[\r\n]/).entries()) {
    const line = given.trim();
    const times = timesOf(withAsciiTimes(line), index + 1);
    if (times) {
      if (timing === null || number !== null) number = takeNumber(lines, number, true) ?? number;
      endBlock();
      timing = { start: times.start, end: times.end, line: index + 1 };
      if (times.text !== "") lines.push(times.text);
      ended = false;
    } else if (ended) {
      if (NUMBER.test(line)) number = Number(line);
    } else if (webVtt && line === "") {
      // YouTube's files begin the text of a subtitle with a line that has a space.
      ended = given === "" || lines.length > 0;
    } else lines.push(line);
  }
  if (number !== null) takeNumber(lines, number, false);
  endBlock();
  return blocks;
}

/**
 * Takes the number of the next subtitle off the end of the lines of this one, and returns it; null if there is none. With a blank line before
 * it, each number right above times is one. Without a blank line, it must be the number after `previous`, because it could be text.
 */
function takeNumber(lines: string[], previous: number | null, beforeTimes: boolean): number | null {
  let last = lines.length - 1;
  while (last >= 0 && lines[last] === "") last--;
  const line = lines[last] ?? "";
  if (!NUMBER.test(line)) return null;
  const alone = last === 0 || lines[last - 1] === "";
  const next = previous !== null && Number(line) === previous + 1;
  const isNumber = beforeTimes ? next || (alone && (previous === null || last === lines.length - 1)) : next && alone;
  if (!isNumber) return null;
  lines.length = last;
  return Number(line);
}

/** A line with an arrow in which digits and marks of other scripts, as translation programs leave them, are ASCII. */
function withAsciiTimes(line: string): string {
  if (!/[>→＞]/.test(line) || !/[^\0-\u007f]/.test(line)) return line;
  const ascii = line.replace(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
  return ascii.replace(/[٠-٩۰-۹०-९๐-๙]/g, (digit) => String((digit.charCodeAt(0) - zeroOf(digit)) % 10));
}

/** The code of the zero of the digit's script. */
function zeroOf(digit: string): number {
  return [0x0660, 0x06f0, 0x0966, 0x0e50].findLast((zero) => zero <= digit.charCodeAt(0)) ?? 0;
}

/** The times of a line, and text after them; null for another line. */
function timesOf(line: string, number: number): { start: number; end: number; text: string } | null {
  if (!/>|→|&gt;/.test(line)) return null;
  const [, from = "", arrow = "", to = "", rest = ""] = TIMING.exec(line) ?? [];
  const [start, end] = [seconds(from), seconds(to)];
  // "10:30 -> 11:00" is text. Other arrows than the right one need precise times.
  const precise = /-->|&gt;/.test(arrow) || (/\d\d[.,]\d/.test(from) && /\d\d[.,]\d/.test(to));
  if (start !== null && end !== null && precise) return { start, end, text: SETTINGS.test(rest) ? "" : rest };
  const [before = "", after = ""] = line.split("-->", 2).map((side) => side.trim());
  const broken =
    line.includes("-->") && (/^\d+\s?:\s?\d/.test(after) || (/^\d/.test(before) && /^[^\s:]{1,9}:\S*$/.test(before)));
  if (!broken) return null;
  throw new TimingError(
    number,
    `${JSON.stringify(line.slice(0, 80))} has no valid timestamps; write them as 00:00:01,000 --> 00:00:02,000`,
  );
}

/**
 * Reads `[[hh:]mm:]ss[,fff]`, with any of `:.,;` between the parts. Null if it is no time. A negative time, as programs that
 * shift subtitles write it, is 0: players show what is left of the subtitle.
 */
function seconds(time: string): number | null {
  if (/^[-−]/.test(time)) return 0;
  const parts = time.split(/\s?[:.,;]\s?/);
  const marks = time.match(/[:.,;]/g) ?? [];
  const hasFraction =
    parts.length > 1 && (parts.length === 4 || marks.at(-1) !== ":" || (parts.at(-1) as string).length === 3);
  const fraction = hasFraction ? Number(`0.${parts.pop()}`) : 0;
  if (time === "" || parts.length === 0) return null;
  const whole = parts.reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number.isFinite(whole) ? Math.round((whole + fraction) * 1000) / 1000 : null;
}
