import { writeWav } from "../sound/wav.ts";
import type { SampleStream } from "../sound/wav-samples.ts";

/** Speech is understood as well at this sample rate as at a higher one. */
const ENOUGH_HERTZ = 16_000;
/** Max seconds of a part. At 32 kHz, that is 8 MB, while providers take 25 MB. */
const MAX_PART_SECONDS = 120;
/** A part is cut at the quietest moment of its last seconds. */
const CUT_WITHIN_SECONDS = 20;
/** The length of the moments that are compared, in seconds. */
const MOMENT_SECONDS = 0.1;

/** A part of a narration that can be transcribed alone. */
export interface NarrationPart {
  /** Where it begins in the narration, in seconds. */
  start: number;
  /** A mono WAV file. */
  wav: Uint8Array;
}

/** Cuts a narration into parts of at most two minutes, where it is quiet. One part at a time is in memory. */
export async function* narrationParts({ sampleRate, channels, samples }: SampleStream): AsyncGenerator<NarrationPart> {
  const group = Math.max(1, Math.floor(sampleRate / ENOUGH_HERTZ)) * channels;
  const rate = Math.round((sampleRate * channels) / group);
  const part = new Int16Array(rate * MAX_PART_SECONDS);
  let length = 0;
  let position = 0;
  let sum = 0;
  let summed = 0;
  for await (const piece of samples) {
    for (const sample of piece) {
      sum += sample;
      if (++summed < group) continue;
      part[length++] = Math.round(sum / group);
      sum = 0;
      summed = 0;
      if (length < part.length) continue;
      const cut = quietestMoment(part, rate);
      yield { start: position / rate, wav: writeWav(rate, part.slice(0, cut)) };
      part.copyWithin(0, cut);
      length -= cut;
      position += cut;
    }
  }
  if (length > 0) yield { start: position / rate, wav: writeWav(rate, part.slice(0, length)) };
}

/** The index of the middle of the quietest moment near the end. */
function quietestMoment(samples: Int16Array, rate: number): number {
  const moment = Math.round(MOMENT_SECONDS * rate);
  let best = { at: samples.length, loudness: Number.POSITIVE_INFINITY };
  for (let from = samples.length - CUT_WITHIN_SECONDS * rate; from + moment <= samples.length; from += moment) {
    let loudness = 0;
    for (let index = from; index < from + moment; index++) loudness += Math.abs(samples[index] ?? 0);
    if (loudness < best.loudness) best = { at: from + Math.round(moment / 2), loudness };
  }
  return best.at;
}
