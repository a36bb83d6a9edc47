import type { VideoTransitionMode } from "../api/video-request.ts";
import type { Transition } from "../protocol/render-job.ts";
import { chooseTransition } from "./choose-transition.ts";
import { seededRandom, shuffled } from "./seeded-random.ts";

/** A material as planning sees it. Times in seconds. */
export interface Source {
  kind: "video" | "image";
  /** From the file's start to the first picture. */
  start: number;
  /** 0 for an image. */
  duration: number;
  /** To show at most at once; 0 for no limit of its own. */
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
  transition: Transition | null;
  /** Which way the picture moves, where the source is a still. */
  zoom: "in" | "out";
}

export interface ShotOptions {
  mode: "random" | "sequential";
  /** Longest shot, in seconds. */
  clipDuration: number;
  transition: VideoTransitionMode;
  frameRate: number;
  /** Frames the shots must fill, or null to let the sources decide: each is shown once. */
  totalFrames: number | null;
  /** Decides everything that is left to chance. */
  seed: string;
  /** Which of the task's videos this is, from 0, and of how many; each gets pictures of its own. */
  variant: number;
  variants: number;
}

/** A stretch of a source. */
interface Window {
  start: number;
  frames: number;
}

/** Most stretches one source is cut into: a file may claim to last for a century, and a list of them has to fit. */
const MAX_WINDOWS = 10_000;
/** Seconds that no shot is shorter than, where there is a choice: less is a flash. */
const SHORTEST_SHOT = 0.5;

/**
 * Chooses what is seen when. The shots fill `totalFrames` exactly. Each begins inside its source and
 * ends there, but for one shorter than half a second that has to fill time: its last picture stays.
 *
 * Sources take turns: none is shown again before all the others were (`random` shuffles each
 * round). A source shown again goes on where it stopped, and starts anew at its end.
 */
export function planShots(sources: readonly Source[], options: ShotOptions): Shot[] {
  if (sources.length === 0) throw new RangeError("planShots needs a source");
  const random = seededRandom(`${options.seed}/${options.variant}`);
  // Apart, so that the same pictures come in the same order whatever the transition.
  const effects = seededRandom(`${options.seed}/${options.variant}/transitions`);
  const windows = sources.map((source) => {
    const list = sourceWindows(source, options, random);
    return options.mode === "random" ? shuffled(list, random) : list;
  });
  const shots: Shot[] = [];
  let filled = 0;
  // Stills move the other way in every other video.
  let stills = options.variant;
  for (let round = 0; ; round++) {
    for (const source of roundOrder(sources.length, options, random)) {
      const list = windows[source] ?? [];
      // A later sequential variant starts further into each source, so that its pictures differ.
      const turn = options.mode === "sequential" ? round + options.variant : round;
      const window = list[turn % list.length];
      if (!window) throw new RangeError("a source without a window");
      const frames =
        options.totalFrames === null
          ? window.frames
          : shareOut(window.frames, options.totalFrames - filled, options.frameRate);
      if (sources[source]?.kind === "image") stills++;
      shots.push({
        source,
        start: window.start,
        frames,
        transition: chooseTransition(options.transition, frames, options.frameRate, effects),
        zoom: stills % 2 === 1 ? "in" : "out",
      });
      filled += frames;
      if (filled === options.totalFrames) return shots;
    }
    if (options.totalFrames === null) return shots;
  }
}

/** Frames of the next shot when `left` are to be filled: what is left after it is nothing, or no flash. */
function shareOut(offered: number, left: number, frameRate: number): number {
  if (offered >= left) return left;
  const shortest = Math.ceil(SHORTEST_SHOT * frameRate);
  const missing = shortest - (left - offered);
  return missing > 0 && offered - missing >= shortest ? offered - missing : offered;
}

function roundOrder(count: number, options: ShotOptions, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  return options.mode === "random" ? shuffled(order, random) : order;
}

/** The stretches a source is cut into: as long as allowed, the remainder only where nothing longer exists. */
function sourceWindows(source: Source, options: ShotOptions, random: () => number): Window[] {
  const { clipDuration, frameRate, totalFrames, mode, variant, variants } = options;
  const longest = source.limit > 0 ? Math.min(source.limit, clipDuration) : clipDuration;
  const frames = Math.max(1, Math.round(longest * frameRate));
  if (source.kind === "image") return [{ start: 0, frames }];
  const available = Math.max(1, Math.floor(source.duration * frameRate + 1e-6));
  if (available <= frames) {
    const held = totalFrames === null ? 1 : Math.min(frames, Math.ceil(SHORTEST_SHOT * frameRate));
    return [{ start: source.start, frames: Math.max(available, held) }];
  }
  const count = Math.min(MAX_WINDOWS, Math.floor(available / frames));
  // With one stretch, what it leaves over is where other videos of the task can differ.
  const spare = count === 1 ? available - frames : 0;
  const share = variant === 0 ? 0 : mode === "random" ? random() : variant / Math.max(1, variants - 1);
  const shift = Math.floor(spare * share);
  return Array.from({ length: count }, (_, index) => ({
    start: source.start + (index * frames + shift) / frameRate,
    frames,
  }));
}
