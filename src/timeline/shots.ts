import type { VideoTransitionMode } from "../api/video-request.ts";
import type { Transition } from "../protocol/render-job.ts";
import { chooseTransition } from "./choose-transition.ts";
import { seededRandom, shuffled } from "./seeded-random.ts";

/** A video or image that shots can be taken from. Times are in seconds. */
export interface Source {
  kind: "video" | "image";
  /** From the start of the file to its first picture. */
  start: number;
  /** 0 for an image. */
  duration: number;
  /** Max duration of one shot of this source, or 0 for no limit. */
  limit: number;
}

/** A stretch of one source, shown without interruption. */
export interface Shot {
  /** Index into the sources. */
  source: number;
  /** Start within the source, in seconds. */
  start: number;
  /** Length in output frames. */
  frames: number;
  transition: Transition | null;
  /** The zoom direction if the source is an image. */
  zoom: "in" | "out";
}

export interface ShotOptions {
  mode: "random" | "sequential";
  /** Max duration of a shot, in seconds. */
  clipDuration: number;
  transition: VideoTransitionMode;
  /** Output frames per second. */
  frameRate: number;
  /** The number of frames to fill. Null shows each source once, for as long as it allows. */
  totalFrames: number | null;
  /** Decides all random choices. */
  seed: string;
  /** Index of this video among the task's videos, from 0. Each video gets different shots. */
  variant: number;
  /** Number of videos of the task. */
  variants: number;
}

/** A stretch of a source. `start` is in seconds. */
interface SourceWindow {
  start: number;
  frames: number;
}

/** Max windows of one source. A file can claim a duration of a century, and the list must fit into memory. */
const MAX_WINDOWS_PER_SOURCE = 10_000;
/** Shots are not shorter than this if possible. A shorter one looks like a flash. */
const MIN_SHOT_SECONDS = 0.5;

/**
 * Chooses the shots of one video. If `totalFrames` is set, the shots fill it exactly. A shot stays inside its source,
 * with one exception: a source shorter than half a second is extended by its last picture.
 *
 * Sources take turns: every source is shown once per round, and `random` shuffles each round. A source that is shown
 * again continues with its next window, and starts over after its last one.
 *
 * @throws RangeError if there are no sources.
 */
export function planShots(sources: readonly Source[], options: ShotOptions): Shot[] {
  if (sources.length === 0) throw new RangeError("planShots needs at least one source");
  const random = seededRandom(`${options.seed}/${options.variant}`);
  // A separate generator, so that the transition mode does not change the order of the shots.
  const effects = seededRandom(`${options.seed}/${options.variant}/transitions`);
  const windows = sources.map((source) => {
    const list = sourceWindows(source, options, random);
    return options.mode === "random" ? shuffled(list, random) : list;
  });
  const shots: Shot[] = [];
  let filled = 0;
  // Images alternate their zoom direction, and every second video starts with the other direction.
  let stills = options.variant;
  for (let round = 0; ; round++) {
    for (const source of roundOrder(sources.length, options, random)) {
      const list = windows[source] ?? [];
      // Each further sequential video starts at a later window of each source, so that it shows other pictures.
      const turn = options.mode === "sequential" ? round + options.variant : round;
      const window = list[turn % list.length];
      if (!window) throw new RangeError("the source has no window");
      const frames =
        options.totalFrames === null
          ? window.frames
          : nextShotFrames(window.frames, options.totalFrames - filled, options.frameRate);
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

/**
 * The length of the next shot, in frames. The shot is made shorter if the rest would be too short for another shot.
 *
 * @param offered length of the window.
 * @param left frames that are still to be filled.
 */
function nextShotFrames(offered: number, left: number, frameRate: number): number {
  if (offered >= left) return left;
  const shortest = Math.ceil(MIN_SHOT_SECONDS * frameRate);
  const missing = shortest - (left - offered);
  return missing > 0 && offered - missing >= shortest ? offered - missing : offered;
}

function roundOrder(count: number, options: ShotOptions, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  return options.mode === "random" ? shuffled(order, random) : order;
}

/**
 * Cuts a source into windows of the max length. The remainder at the end is not used. A source shorter than that has
 * one window.
 */
function sourceWindows(source: Source, options: ShotOptions, random: () => number): SourceWindow[] {
  const { clipDuration, frameRate, totalFrames, mode, variant, variants } = options;
  const longest = source.limit > 0 ? Math.min(source.limit, clipDuration) : clipDuration;
  const frames = Math.max(1, Math.round(longest * frameRate));
  if (source.kind === "image") return [{ start: 0, frames }];
  const available = Math.max(1, Math.floor(source.duration * frameRate + 1e-6));
  if (available <= frames) {
    const held = totalFrames === null ? 1 : Math.min(frames, Math.ceil(MIN_SHOT_SECONDS * frameRate));
    return [{ start: source.start, frames: Math.max(available, held) }];
  }
  const count = Math.min(MAX_WINDOWS_PER_SOURCE, Math.floor(available / frames));
  // A single window can be moved within the source, so that the videos of the task differ.
  const spare = count === 1 ? available - frames : 0;
  const share = variant === 0 ? 0 : mode === "random" ? random() : variant / Math.max(1, variants - 1);
  const shift = Math.floor(spare * share);
  return Array.from({ length: count }, (_, index) => ({
    start: source.start + (index * frames + shift) / frameRate,
    frames,
  }));
}
