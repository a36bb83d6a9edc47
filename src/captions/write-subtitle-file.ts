import type { Cue } from "./timing/cue-timing.ts";

/** Writes subtitles as a SubRip file with CRLF line ends. */
export function srtDocument(cues: readonly Cue[], frameRate: number): string {
  return cues
    .map(
      ({ start, end, text }, index) =>
        `${index + 1}\r\n${clock(start / frameRate, ",")} --> ${clock(end / frameRate, ",")}\r\n${lines(text).join("\r\n")}\r\n\r\n`,
    )
    .join("");
}

/** Writes subtitles as a WebVTT file. */
export function vttDocument(cues: readonly Cue[], frameRate: number): string {
  const blocks = cues.map(
    ({ start, end, text }) =>
      `${clock(start / frameRate, ".")} --> ${clock(end / frameRate, ".")}\n${lines(text).map(escapedVtt).join("\n")}\n`,
  );
  return ["WEBVTT\n", ...blocks].join("\n");
}

/** Text in which WebVTT finds no tag and no character reference. */
export function escapedVtt(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The lines of a cue without blank ones: a blank line would end the cue. */
function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** A time in seconds as a WebVTT timestamp, `hh:mm:ss.ttt`. */
export function vttClock(seconds: number): string {
  return clock(seconds, ".");
}

/** `hh:mm:ss`, the decimal mark, and three digits of milliseconds. */
function clock(seconds: number, decimalMark: string): string {
  const milliseconds = Math.round(seconds * 1000);
  const part = (value: number, digits = 2) => String(value).padStart(digits, "0");
  const whole = Math.floor(milliseconds / 1000);
  return `${part(Math.floor(whole / 3600))}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}${decimalMark}${part(milliseconds % 1000, 3)}`;
}
