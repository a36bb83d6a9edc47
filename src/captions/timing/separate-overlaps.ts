import type { TimedText } from "../read-subtitle-file.ts";

/** Subtitles that overlap for a shorter time, in seconds, are shown one after the other. */
const SHORT_OVERLAP = 0.5;
/** Max subtitles shown at the same time. More do not fit into the frame; then the earliest one ends. */
const MAX_AT_ONCE = 6;

/**
 * Changes subtitles so that only one is shown at a time. During an overlap, the texts are shown below each other, the
 * earlier one first. An overlap too short to read is removed.
 *
 * @param subtitles sorted by start.
 */
export function separateOverlaps(subtitles: readonly TimedText[]): TimedText[] {
  const separate: TimedText[] = [];
  let active: TimedText[] = [];
  const showUntil = (time: number) => {
    while (active.length > 0) {
      const start = Math.max(separate.at(-1)?.end ?? 0, ...active.map((subtitle) => subtitle.start));
      const end = Math.min(time, ...active.map((subtitle) => subtitle.end));
      if (end > start) separate.push({ start, end, text: active.map(({ text }) => text).join("\n") });
      const least = end < time ? SHORT_OVERLAP : 0;
      active = active.filter((subtitle) => subtitle.end > end && subtitle.end - end >= least);
      if (end >= time) return;
    }
  };
  for (const subtitle of subtitles) {
    showUntil(subtitle.start);
    active = active.filter(
      ({ start, end }) => end - subtitle.start >= SHORT_OVERLAP || subtitle.start - start < SHORT_OVERLAP,
    );
    const same = active.find(({ text }) => text === subtitle.text);
    if (same) same.end = Math.max(same.end, subtitle.end);
    else active.push({ ...subtitle });
    if (active.length > MAX_AT_ONCE) active.shift();
  }
  showUntil(Number.POSITIVE_INFINITY);
  return separate;
}
