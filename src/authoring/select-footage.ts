import type { StockClip } from "../protocol/author.ts";

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

/** Pixels of the frame's shorter side that footage should cover. */
export const FOOTAGE_SHORT_SIDE = 1080;

/** Clips shorter than this are not worth a cut, in seconds. */
const MIN_CLIP_SECONDS = 1;

/**
 * Orders the clips of a term: those that are long enough for a whole shot come first, and otherwise the order of the
 * search stays. Clips whose picture has the wrong orientation come last.
 *
 * @param shotSeconds the length of a shot.
 * @param aspect width / height of the frame.
 */
export function rankClips(clips: readonly StockClip[], shotSeconds: number, aspect: number): StockClip[] {
  const isLong = ({ duration }: StockClip) => duration >= shotSeconds;
  const fits = ({ files }: StockClip) => {
    const { width, height } = files[0] ?? { width: 1, height: 1 };
    return width / height >= 1 === aspect >= 1;
  };
  const score = (clip: StockClip) => (fits(clip) ? 2 : 0) + (isLong(clip) ? 1 : 0);
  return clips.filter(({ duration }) => duration >= MIN_CLIP_SECONDS).toSorted((a, b) => score(b) - score(a));
}

/**
 * The smallest file that covers the frame without being enlarged; else the largest one.
 *
 * @param frame pixels.
 */
export function fileFor({ files }: StockClip, frame: { width: number; height: number }): string {
  const bySize = files.toSorted((a, b) => a.width * a.height - b.width * b.height);
  const covering = bySize.find(({ width, height }) => width >= frame.width && height >= frame.height);
  return (covering ?? bySize.at(-1))?.url ?? "";
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
