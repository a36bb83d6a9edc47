import type { TimedText } from "../read-subtitle-file.ts";
import { speechLength } from "./speech-length.ts";

/** A subtitle and when it is shown, in output frames. `end` is the first frame that does not show it. */
export interface Cue {
  start: number;
  end: number;
  /** Lines separated by `\n`. */
  text: string;
  /** The words of the text in their order, with their times; missing if they are unknown. */
  words?: readonly CueWord[];
}

/** A word of a cue's text, and when it is spoken, in output frames from the same zero as the cue's times. */
export interface CueWord {
  /** Index of its first UTF-16 code unit in the cue's text, and of the first one after it. */
  from: number;
  to: number;
  /** The first frame in which it is spoken. `end` is the first frame after it. */
  start: number;
  end: number;
}

/**
 * Spreads texts over `frames` frames in proportion to {@link speechLength}, but gives each at least `least` frames if
 * there is time for that. The cues follow each other without a gap. If there are more texts than frames, the texts that would get no frame
 * are left out.
 */
export function timeCues(texts: readonly string[], frames: number, least = 1, language = "und"): Cue[] {
  const min = Math.min(least, Math.floor(frames / Math.max(1, texts.length)));
  const times = sharesOf(
    texts.map((text) => speechLength(text, language)),
    frames,
    min,
  );
  let spoken = 0;
  let start = 0;
  return texts.flatMap((text, index) => {
    // Rounding errors of the sum must not make a cue one frame too short.
    spoken = Math.round((spoken + (times[index] ?? 0)) * 1e6) / 1e6;
    const begin = start;
    const end = index === texts.length - 1 ? frames : Math.round(spoken);
    start = end;
    return end > begin ? [{ start: begin, end, text }] : [];
  });
}

/** Divides `total` in proportion to weights, so that no share is less than `min`. */
function sharesOf(weights: readonly number[], total: number, min: number): number[] {
  const small = new Set<number>();
  for (;;) {
    const left = total - small.size * min;
    const sum = weights.reduce((all, weight, index) => (small.has(index) ? all : all + weight), 0);
    const shares = weights.map((weight, index) => (small.has(index) ? min : (weight / sum) * left));
    const before = small.size;
    for (const [index, share] of shares.entries()) if (share < min) small.add(index);
    if (small.size === before) return shares;
  }
}

/** Converts the subtitles of a file to cues of a video with `frames` frames. Subtitles past its end are left out. */
export function framedCues(timed: readonly TimedText[], frames: number, frameRate: number): Cue[] {
  return timed.flatMap(({ start, end, text }) => {
    const first = Math.round(start * frameRate);
    const last = Math.min(frames, Math.round(end * frameRate));
    return last > first ? [{ start: first, end: last, text }] : [];
  });
}
