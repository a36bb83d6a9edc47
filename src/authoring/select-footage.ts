import type { VideoRequest } from "../api/video-request.ts";
import type { SearchFootageRequest, StockClip } from "../protocol/author.ts";

/** Chooses clips from the results of searches. Pure: the same arguments give the same choice. */

/** The results of the searches for one term, in the order of the providers. */
export interface TermClips {
  term: string;
  clips: readonly StockClip[];
}

/** A clip to fetch. */
export interface ChosenClip {
  term: string;
  clip: StockClip;
  url: string;
}

/** The size of a picture in pixels. */
interface Size {
  width: number;
  height: number;
}

/** Pixels of the frame's shorter side that footage should cover. */
export const FOOTAGE_SHORT_SIDE = 1080;

/** Clips that play for less than this are not worth a cut, in seconds. */
const MIN_CLIP_SECONDS = 1;

/** How a video shows its clips. */
export interface ShotTimes {
  /** Max seconds of a clip that are shown at once. */
  clipSeconds: number;
  /** The speed at which clips play: at 2, a clip fills half of its own length. */
  speed: number;
}

/** How a request shows its clips. */
export function shotTimesOf(request: Pick<VideoRequest, "video_clip_duration" | "video_clip_speed">): ShotTimes {
  return { clipSeconds: request.video_clip_duration, speed: request.video_clip_speed };
}

/** For how long a clip of some seconds is shown, in seconds. */
export function shownSeconds(duration: number, { clipSeconds, speed }: ShotTimes): number {
  return Math.min(duration / speed, clipSeconds);
}

/** How many clips, taken from the start of the list, fill a time if each is shown once; all if they do not fill it. */
export function countToFill(clips: readonly StockClip[], seconds: number, shots: ShotTimes): number {
  let missing = seconds;
  // Sums of durations have rounding errors.
  const enough = clips.findIndex(({ duration }) => {
    missing -= shownSeconds(duration, shots);
    return missing <= 1e-6;
  });
  return enough < 0 ? clips.length : enough + 1;
}

/**
 * Orders the clips of a term: those that are long enough for a whole shot come first, and otherwise the order of the
 * search stays. Clips whose picture has the wrong orientation come last.
 *
 * @param aspect width / height of the frame.
 */
export function rankClips(clips: readonly StockClip[], shots: ShotTimes, aspect: number): StockClip[] {
  const isLong = ({ duration }: StockClip) => shownSeconds(duration, shots) >= shots.clipSeconds;
  const fits = ({ files }: StockClip) => {
    const { width, height } = files[0] ?? { width: 1, height: 1 };
    return width / height >= 1 === aspect >= 1;
  };
  const score = (clip: StockClip) => (fits(clip) ? 2 : 0) + (isLong(clip) ? 1 : 0);
  const isWorthACut = ({ duration }: StockClip) => duration / shots.speed >= MIN_CLIP_SECONDS;
  return clips.filter(isWorthACut).toSorted((a, b) => score(b) - score(a));
}

/**
 * The smallest file that covers the frame without being enlarged; else the largest one.
 *
 * @param frame pixels.
 */
export function smallestCovering({ files }: StockClip, frame: Size): StockClip["files"][number] | undefined {
  const bySize = files.toSorted((a, b) => a.width * a.height - b.width * b.height);
  return bySize.find(({ width, height }) => width >= frame.width && height >= frame.height) ?? bySize.at(-1);
}

/** The URL of {@link smallestCovering}. */
export function fileFor(clip: StockClip, frame: Size): string {
  return smallestCovering(clip, frame)?.url ?? "";
}

/** The orientation of footage for a frame. */
export function orientationOf({ width, height }: Size): SearchFootageRequest["orientation"] {
  if (width === height) return "square";
  return width > height ? "landscape" : "portrait";
}

/**
 * Takes turns between the terms: the best clip of each term, then the second best of each, and so on. No clip is taken
 * twice, even if several terms or providers found it.
 */
export function clipsInTurn(terms: readonly TermClips[]): { term: string; clip: StockClip }[] {
  const seen = new Set<string>();
  const waiting = terms.map(({ term, clips }) => ({ term, clips: [...clips] }));
  const chosen: { term: string; clip: StockClip }[] = [];
  while (waiting.some(({ clips }) => clips.length > 0)) {
    for (const { term, clips } of waiting) {
      for (let clip = clips.shift(); clip; clip = clips.shift()) {
        const identity = identityOf(clip);
        if (seen.has(identity)) continue;
        seen.add(identity);
        chosen.push({ term, clip });
        break;
      }
    }
  }
  return chosen;
}

/** What makes a clip the same one, even if several terms or providers found it. */
export const identityOf = ({ provider, id }: StockClip) => `${provider} ${id}`;
