/** How loud speech is over time, and where it pauses. Pure. Times are in frames of {@link FRAME_SECONDS}. */

export const FRAME_SECONDS = 0.01;

/** Silence, in decibels. */
const SILENCE_DB = -96;
/** The levels below and above which this share of the frames is. */
const FLOOR_SHARE = 0.08;
const SPEECH_SHARE = 0.85;
/** A frame is silent if its level is below this share of the way from the floor to speech, in decibels. */
const SILENT_SHARE = 0.35;
/** How far the threshold is below the level of speech: the min and the max, in decibels. */
const LEAST_BELOW_SPEECH_DB = 14;
const MOST_BELOW_SPEECH_DB = 40;
/** A lower level is silence in any recording: −72 dB. */
const INAUDIBLE = 48;
/** A sound between silences that is shorter is a click or a breath. */
const MIN_SOUND_FRAMES = 4;

/** A stretch without speech. `end` is the first frame after it. */
export interface Pause {
  start: number;
  end: number;
}

/** Collects the level of each frame from samples that arrive in pieces of any length. */
export class EnvelopeBuilder {
  readonly #samplesPerFrame: number;
  #levels = new Uint8Array(4096);
  #frames = 0;
  #energy = 0;
  #samples = 0;
  #total = 0;

  /** @param sampleRate hertz. */
  constructor(sampleRate: number) {
    this.#samplesPerFrame = sampleRate * FRAME_SECONDS;
  }

  /** @param samples of one channel, with 16 bits. */
  add(samples: Int16Array): void {
    for (const sample of samples) {
      this.#energy += sample * sample;
      this.#samples++;
      // At some rates, a frame has no whole number of samples.
      if (++this.#total >= (this.#frames + 1) * this.#samplesPerFrame) this.#endFrame();
    }
  }

  /** The levels of all whole frames; see {@link levelInDecibels}. */
  finish(): Uint8Array {
    return this.#levels.slice(0, this.#frames);
  }

  #endFrame(): void {
    if (this.#frames === this.#levels.length) {
      const longer = new Uint8Array(2 * this.#levels.length);
      longer.set(this.#levels);
      this.#levels = longer;
    }
    const decibels = 10 * Math.log10(this.#energy / this.#samples / 32768 ** 2 + 1e-12);
    this.#levels[this.#frames++] = Math.max(0, Math.min(255, Math.round((decibels - SILENCE_DB) * 2)));
    this.#energy = 0;
    this.#samples = 0;
  }
}

/** A stored level in decibels relative to full scale. One step is half a decibel. */
export function levelInDecibels(level: number): number {
  return SILENCE_DB + level / 2;
}

/**
 * Finds the stretches without speech. What counts as silence follows from how loud the speech and the noise behind it are.
 *
 * @param levels of frames, from {@link EnvelopeBuilder}.
 * @param least the shortest pause, in frames.
 */
export function findPauses(levels: Uint8Array, least: number): Pause[] {
  const threshold = silenceThreshold(levels);
  const pauses: Pause[] = [];
  let start: number | null = 0;
  for (let frame = 0; frame <= levels.length; frame++) {
    const silent = frame < levels.length && (levels[frame] ?? 0) < threshold;
    if (silent) start ??= frame;
    else if (start !== null) {
      if (frame > start) pauses.push({ start, end: frame });
      start = null;
    }
  }
  return joinOverClicks(pauses).filter((pause) => pause.end - pause.start >= least);
}

function joinOverClicks(pauses: readonly Pause[]): Pause[] {
  const joined: Pause[] = [];
  for (const pause of pauses) {
    const last = joined.at(-1);
    // A short sound next to a short silence is a plosive, which belongs to a word.
    const long = last && Math.max(last.end - last.start, pause.end - pause.start) >= 3 * MIN_SOUND_FRAMES;
    if (last && long && pause.start - last.end < MIN_SOUND_FRAMES) last.end = pause.end;
    else joined.push({ ...pause });
  }
  return joined;
}

function silenceThreshold(levels: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const level of levels) counts[level] = (counts[level] ?? 0) + 1;
  const speech = quantile(counts.slice().fill(0, 0, INAUDIBLE), SPEECH_SHARE);
  const floor = Math.max(quantile(counts, FLOOR_SHARE), speech - 2 * 60);
  const wanted = floor + SILENT_SHARE * (speech - floor);
  const threshold = Math.max(speech - 2 * MOST_BELOW_SPEECH_DB, Math.min(speech - 2 * LEAST_BELOW_SPEECH_DB, wanted));
  return Math.max(INAUDIBLE, threshold);
}

/** The level up to which this share of all frames is. */
function quantile(counts: Uint32Array, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [level, count] of counts.entries()) {
    seen += count;
    if (seen >= share * total) return level;
  }
  return 255;
}
