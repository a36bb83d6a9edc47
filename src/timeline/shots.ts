import { seededRandom, shuffled } from "./random.ts";

/** A material as planning sees it. */
export interface Source {
  kind: "video" | "image";
  /** Seconds; 0 for an image. */
  duration: number;
  frameRate: number | null;
  /** Seconds to show at most at once; 0 for no limit of its own. */
  limit: number;
}

/** One source shown without interruption. */
export interface Shot {
  /** Index into the sources. */
  source: number;
  /** Seconds into the source. */
  start: number;
  /** Output frames. */
  frames: number;
}

export interface ShotOptions {
  mode: "random" | "sequential";
  /** Longest shot, in seconds. */
  clipDuration: number;
  frameRate: number;
  /** Frames the shots must fill, or null to let the sources decide: each is shown once. */
  totalFrames: number | null;
  /** Decides every shuffle. */
  seed: string;
  /** Which of the task's videos this is, from 0; each gets an order of its own. */
  variant: number;
}

/**
 * Chooses what is seen when. The shots fill `totalFrames` exactly; each lies inside its source.
 *
 * Sources take turns: none is shown again before all the others were (`random` shuffles each
 * round). A source shown again goes on where it stopped, and starts anew at its end.
 */
export function planShots(sources: readonly Source[], options: ShotOptions): Shot[] {
  if (sources.length === 0) throw new RangeError("planShots needs a source");
  const random = seededRandom(`${options.seed}/${options.variant}`);
  const windows = sources.map((source) => sourceWindows(source, options));
  if (options.mode === "random") {
    for (const [index, list] of windows.entries()) windows[index] = shuffled(list, random);
  }
  const shots: Shot[] = [];
  let filled = 0;
  for (let round = 0; ; round++) {
    for (const source of roundOrder(sources.length, options, random)) {
      const list = windows[source] ?? [];
      // A later sequential variant starts further into each source, so that its pictures differ.
      const turn = options.mode === "sequential" ? round + options.variant : round;
      const window = list[turn % list.length];
      if (!window) throw new RangeError("a source without a window");
      const frames =
        options.totalFrames === null ? window.frames : Math.min(window.frames, options.totalFrames - filled);
      shots.push({ source, start: window.start, frames });
      filled += frames;
      if (filled === options.totalFrames) return shots;
    }
    if (options.totalFrames === null) return shots;
  }
}

function roundOrder(count: number, options: ShotOptions, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  return options.mode === "random" ? shuffled(order, random) : order;
}

/** Most stretches one source is cut into: a file may claim to last for a century, and a list of them has to fit. */
const MAX_WINDOWS = 10_000;

/** The stretches a source is cut into: as long as allowed, the remainder only where nothing longer exists. */
function sourceWindows(source: Source, { clipDuration, frameRate }: ShotOptions): { start: number; frames: number }[] {
  const longest = source.limit > 0 ? Math.min(source.limit, clipDuration) : clipDuration;
  const frames = Math.max(1, Math.round(longest * frameRate));
  if (source.kind === "image") return [{ start: 0, frames }];
  const available = Math.max(1, Math.floor(source.duration * frameRate + 1e-6));
  if (available <= frames) return [{ start: 0, frames: available }];
  return Array.from({ length: Math.min(MAX_WINDOWS, Math.floor(available / frames)) }, (_, index) => ({
    start: (index * frames) / frameRate,
    frames,
  }));
}
