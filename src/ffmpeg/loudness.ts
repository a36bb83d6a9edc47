/** What `ebur128` measured (EBU R128, ITU-R BS.1770). */
export interface Loudness {
  /** Integrated, in LUFS; -Infinity where nothing was loud or long enough to count. */
  integrated: number;
  /** True peak, in dBTP; -Infinity for silence, and where it was not measured. */
  peak: number;
}

/** The loudness of every soundtrack, in LUFS: what the large platforms play videos at. */
export const TARGET_LOUDNESS = -14;

/** The gate of BS.1770: what is below counts as silence. */
const GATE = -70;
/** More than this, in decibels, would only make noise audible. */
const MAX_GAIN = 40;

/** ffmpeg printed no measurement. */
export class MeasurementError extends Error {
  override name = "MeasurementError";
}

/**
 * Reads the summary that ffmpeg's `ebur128` filter prints at the end of a log.
 *
 * @throws MeasurementError where there is none.
 */
export function readLoudness(log: string): Loudness {
  const summary = log.slice(log.lastIndexOf("Summary:"));
  const integrated = /\bI:\s*(-?[\d.]+|-inf|nan) LUFS/.exec(summary)?.[1];
  const peak = /\bPeak:\s*(-?[\d.]+|-inf|nan) dBFS/.exec(summary)?.[1] ?? "-inf";
  if (integrated === undefined) throw new MeasurementError("ffmpeg printed no loudness");
  const level = decibels(integrated);
  return { integrated: level <= GATE ? Number.NEGATIVE_INFINITY : level, peak: decibels(peak) };
}

/** How many decibels a measured sound is below {@link TARGET_LOUDNESS}; 0 for silence, which stays silent. */
export function loudnessGain({ integrated }: Loudness): number {
  if (integrated === Number.NEGATIVE_INFINITY) return 0;
  return Math.min(MAX_GAIN, TARGET_LOUDNESS - integrated);
}

function decibels(text: string): number {
  const value = Number(text);
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
