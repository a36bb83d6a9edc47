import type { ImageMotion } from "../api/fields/pictures.ts";
import type { VideoTransitionMode } from "../api/video-request.ts";
import type { Transition } from "../protocol/render-job.ts";
import { chooseTransition } from "./choose-transition.ts";
import { seededRandom, shuffled } from "./seeded-random.ts";
import { shotLengths } from "./shot-lengths.ts";

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
  /** Seconds of the source that are shown per second. */
  speed: number;
  transition: Transition | null;
  /** The zoom direction if the source is an image. */
  zoom: "in" | "out" | "none";
}

export interface ShotOptions {
  mode: "random" | "sequential";
  /** Max duration of a shot, in seconds. */
  clipDuration: number;
  /** How fast videos play, as a factor. */
  clipSpeed: number;
  imageMotion: ImageMotion;
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

/** A stretch of a source. `start` is in seconds at the speed at which the source plays, lengths are in output frames. */
interface SourceWindow {
  start: number;
  frames: number;
  /** Max length of a shot of this window. */
  longest: number;
  /** Length of the whole source. */
  available: number;
}

/** A window that is shown, and the index of its source. */
interface Turn {
  source: number;
  window: SourceWindow;
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
  const played = sources.map((source) => playedAt(source, options.clipSpeed));
  const random = seededRandom(`${options.seed}/${options.variant}`);
  // A separate generator, so that the transition mode does not change the order of the shots.
  const effects = seededRandom(`${options.seed}/${options.variant}/transitions`);
  const windows = played.map((source) => {
    const list = sourceWindows(source, options, random);
    return options.mode === "random" ? shuffled(list, random) : list;
  });
  const turns = takeTurns(windows, options, random);
  const frames =
    options.totalFrames === null
      ? turns.map(({ window }) => window.frames)
      : shotLengths(
          turns.map(({ window }) => ({ wanted: window.frames, longest: window.longest })),
          options.totalFrames,
          Math.ceil(MIN_SHOT_SECONDS * options.frameRate),
        );
  // Images alternate their zoom direction, and every second video starts with the other direction.
  let stills = options.variant;
  const starts = shotStarts(turns, frames, played, options.frameRate);
  return frames.map((length, index) => {
    const source = turns[index]?.source ?? 0;
    const isImage = sources[source]?.kind === "image";
    if (isImage) stills++;
    const speed = isImage ? 1 : options.clipSpeed;
    const transition = chooseTransition(options.transition, length, options.frameRate, effects);
    // A transition that zooms replaces the image's own zoom. Opposite directions would cancel each other.
    const isStill =
      options.imageMotion === "static" || transition?.kind === "zoom_in" || transition?.kind === "zoom_out";
    const zoom = isStill ? "none" : stills % 2 === 1 ? "in" : "out";
    return { source, start: (starts[index] ?? 0) * speed, frames: length, speed, transition, zoom };
  });
}

/** A source with its times at the speed at which it plays. */
function playedAt(source: Source, speed: number): Source {
  if (source.kind === "image") return source;
  return { ...source, start: source.start / speed, duration: source.duration / speed };
}

/** The windows in playback order: just enough to fill `totalFrames`, or one of each source. */
function takeTurns(windows: readonly SourceWindow[][], options: ShotOptions, random: () => number): Turn[] {
  const turns: Turn[] = [];
  let filled = 0;
  for (let round = 0; ; round++) {
    for (const source of roundOrder(windows.length, options, random)) {
      const list = windows[source] ?? [];
      // Each further sequential video starts at a later window of each source, so that it shows other pictures.
      const turn = options.mode === "sequential" ? round + options.variant : round;
      const window = list[turn % list.length];
      if (!window) throw new RangeError("the source has no window");
      turns.push({ source, window });
      filled += window.frames;
      if (options.totalFrames !== null && filled >= options.totalFrames) return turns;
    }
    if (options.totalFrames === null) return turns;
  }
}

/**
 * The start of each shot within its source, in seconds at the source's speed. If a shot has another length than its window, and the next shot
 * continues it in the source, the next shot still begins where it ends. So there is no jump.
 */
function shotStarts(
  turns: readonly Turn[],
  frames: readonly number[],
  sources: readonly Source[],
  frameRate: number,
): number[] {
  const starts: number[] = [];
  for (const [index, length] of frames.entries()) {
    const { source, window } = turns[index] as Turn;
    const before = turns[index - 1];
    const continues =
      before?.source === source &&
      Math.abs(before.window.start + before.window.frames / frameRate - window.start) < 0.5 / frameRate;
    const start = continues ? (starts[index - 1] ?? 0) + (frames[index - 1] ?? 0) / frameRate : window.start;
    const latest = (sources[source]?.start ?? 0) + Math.max(0, window.available - length) / frameRate;
    starts.push(sources[source]?.kind === "image" ? start : Math.min(start, latest));
  }
  return starts;
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
  // A shot can be a frame longer than its max if another shot would be a flash otherwise.
  const most = Math.max(frames, Math.floor(longest * frameRate + 1));
  if (source.kind === "image") return [{ start: 0, frames, longest: most, available: most }];
  const available = Math.max(1, Math.floor(source.duration * frameRate + 1e-6));
  if (available <= frames) {
    const held = totalFrames === null ? 1 : Math.min(frames, Math.ceil(MIN_SHOT_SECONDS * frameRate));
    const shown = Math.max(available, held);
    return [{ start: source.start, frames: shown, longest: shown, available }];
  }
  const count = Math.min(MAX_WINDOWS_PER_SOURCE, Math.floor(available / frames));
  // A single window can be moved within the source, so that the videos of the task differ.
  const spare = count === 1 ? available - frames : 0;
  const share = variant === 0 ? 0 : mode === "random" ? random() : variant / Math.max(1, variants - 1);
  const shift = Math.floor(spare * share);
  return Array.from({ length: count }, (_, index) => ({
    start: source.start + (index * frames + shift) / frameRate,
    frames,
    longest: Math.min(most, available),
    available,
  }));
}
