import type { Cue, CueWord } from "./timing/cue-timing.ts";
import { escapedVtt, vttClock } from "./write-subtitle-file.ts";

/**
 * Writes subtitles as a WebVTT file in which a timestamp stands before each word, when it is spoken. Players show the
 * words that follow as not yet spoken.
 */
export function wordsVttDocument(cues: readonly Cue[], frameRate: number): string {
  const blocks = cues.map((cue) => {
    const times = `${vttClock(cue.start / frameRate)} --> ${vttClock(cue.end / frameRate)}`;
    const lines = textWithTimes(cue, frameRate).split("\n");
    return `${times}\n${lines.filter((line) => line.trim() !== "").join("\n")}\n`;
  });
  return ["WEBVTT\n", ...blocks].join("\n");
}

function textWithTimes({ text, start, end, words = [] }: Cue, frameRate: number): string {
  let written = "";
  let position = 0;
  // Timestamps inside a cue have to be later than its start and the timestamp before, and earlier than its end.
  let last = start;
  for (const word of words) {
    written += escapedVtt(text.slice(position, word.from));
    if (word.start > last && word.start < end) {
      written += `<${vttClock(word.start / frameRate)}>`;
      last = word.start;
    }
    written += escapedVtt(text.slice(word.from, word.to));
    position = word.to;
  }
  return written + escapedVtt(text.slice(position));
}

/** Writes the words of subtitles as JSON: a list of `{word, start, end}` in seconds. */
export function wordsJsonDocument(cues: readonly Cue[], frameRate: number): string {
  const seconds = (frame: number) => Math.round((frame / frameRate) * 1000) / 1000;
  const listed = cues.flatMap(({ text, words = [] }) =>
    words.map(({ from, to, start, end }: CueWord) =>
      JSON.stringify({ word: text.slice(from, to), start: seconds(start), end: seconds(end) }),
    ),
  );
  return `[\n${listed.join(",\n")}\n]\n`;
}
