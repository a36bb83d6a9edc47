/** The length of the windows in which loudness is measured, in seconds. */
const WINDOW_SECONDS = 0.005;
/** A window is silent if it is quieter than the loudest window by this factor (-40 dB). */
const SILENT_SHARE = 0.01;

/** A range of samples: from `start`, before `end`. */
export interface SampleRange {
  start: number;
  end: number;
}

/**
 * The samples from the first to the last audible window, exact to 5 ms. Null if all samples are zero.
 */
export function audibleRange(samples: Int16Array, sampleRate: number): SampleRange | null {
  const window = Math.max(1, Math.round(sampleRate * WINDOW_SECONDS));
  const loudness: number[] = [];
  for (let start = 0; start < samples.length; start += window) {
    let sum = 0;
    const end = Math.min(samples.length, start + window);
    for (let index = start; index < end; index++) sum += (samples[index] ?? 0) ** 2;
    loudness.push(Math.sqrt(sum / (end - start)));
  }
  const silent = SILENT_SHARE * loudness.reduce((loudest, value) => Math.max(loudest, value), 0);
  const first = loudness.findIndex((value) => value > silent);
  if (first < 0) return null;
  const last = loudness.findLastIndex((value) => value > silent);
  return { start: first * window, end: Math.min(samples.length, (last + 1) * window) };
}

/** Copies a range of samples, with `silence` zero samples before and after it. */
export function padded(samples: Int16Array, { start, end }: SampleRange, silence: number): Int16Array {
  const result = new Int16Array(end - start + 2 * silence);
  result.set(samples.subarray(start, end), silence);
  return result;
}
