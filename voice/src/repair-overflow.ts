/** A step between two samples that only an overflow makes: sound does not cross most of the range in one sample. */
const OVERFLOW_STEP = 40_000;
/** The longest row of overflowed samples. */
const MAX_ROW = 32;
const RANGE = 65_536;
const MAX_SAMPLE = 32_767;

/**
 * Repairs samples that overflowed: flite stores a peak above the range of 16 bits at the other end of the range, which is
 * heard as a click. A row of such samples lies between two large steps in opposite directions.
 *
 * @returns the same samples if none overflowed. Otherwise all of them are made quieter, so that the peaks fit.
 */
export function repairOverflow(samples: Int16Array): Int16Array {
  const repaired = Int32Array.from(samples);
  const step = (index: number) => (samples[index] ?? 0) - (samples[index - 1] ?? 0);
  let peak = 0;
  for (let start = 1; start < samples.length; start++) {
    const into = step(start);
    if (Math.abs(into) <= OVERFLOW_STEP) continue;
    const shift = into > 0 ? -RANGE : RANGE;
    let end = start + 1;
    while (end < samples.length && end - start <= MAX_ROW && Math.sign(shift) * step(end) <= OVERFLOW_STEP) end++;
    if (end >= samples.length || end - start > MAX_ROW) continue;
    for (let index = start; index < end; index++) {
      const value = (samples[index] ?? 0) + shift;
      repaired[index] = value;
      peak = Math.max(peak, Math.abs(value));
    }
    start = end;
  }
  return peak === 0 ? samples : Int16Array.from(repaired, (value) => Math.round((value * MAX_SAMPLE) / peak));
}
