/** A measurement by ffmpeg's `ebur128` filter (EBU R128, ITU-R BS.1770). */
export interface Loudness {
  /** Integrated loudness in LUFS. -Infinity if the sound is too quiet or too short to measure. */
  integrated: number;
  /** True peak in dBTP. -Infinity for silence, or if the peak was not measured. */
  peak: number;
}

/** The loudness of every soundtrack, in LUFS. The large platforms play videos at this loudness. */
export const TARGET_LOUDNESS = -14;

/** The absolute gate of BS.1770, in LUFS. Sound below it counts as silence. */
const SILENCE_GATE = -70;
/** Max amplification in decibels. More would only make noise audible. */
const MAX_GAIN_DECIBELS = 40;

/** The log of an ffmpeg run has no loudness measurement. */
export class MeasurementError extends Error {
  override name = "MeasurementError";
}

/**
 * Reads the summary that ffmpeg's `ebur128` filter prints at the end of a log.
 *
 * @throws MeasurementError if the log has no summary.
 */
export function readLoudness(log: string): Loudness {
  const summary = log.slice(log.lastIndexOf("Summary:"));
  const integrated = /\bI:\s*(-?[\d.]+|-inf|nan) LUFS/.exec(summary)?.[1];
  const peak = /\bPeak:\s*(-?[\d.]+|-inf|nan) dBFS/.exec(summary)?.[1] ?? "-inf";
  if (integrated === undefined) throw new MeasurementError("ffmpeg printed no loudness summary");
  const level = decibels(integrated);
  return { integrated: level <= SILENCE_GATE ? Number.NEGATIVE_INFINITY : level, peak: decibels(peak) };
}

/** The gain in decibels that brings a sound to {@link TARGET_LOUDNESS}, at most {@link MAX_GAIN_DECIBELS}. 0 for silence. */
export function loudnessGain({ integrated }: Loudness): number {
  if (integrated === Number.NEGATIVE_INFINITY) return 0;
  return Math.min(MAX_GAIN_DECIBELS, TARGET_LOUDNESS - integrated);
}

function decibels(text: string): number {
  const value = Number(text);
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
