import { CodedError } from "../../api/errors.ts";
import type { StockFootage } from "../../api/stock-footage.ts";
import type { VideoAspect } from "../../api/video-request.ts";
import type { SearchFootageRequest, StockClip } from "../../protocol/author.ts";
import { frameSize } from "../../timeline/plan-timeline.ts";
import { Author, type AuthorBindings, AuthorError } from "../author.ts";
import { clipsInTurn, FOOTAGE_SHORT_SIDE, orientationOf, rankClips, smallestCovering } from "../select-footage.ts";
import { cachedSearch } from "./search-cache.ts";
import { thumbnailPath } from "./thumbnail.ts";

/** A search for clips that a person looks through. */
export interface FootageQuery {
  query: string;
  aspect: VideoAspect;
  /** Null for all providers that are configured. */
  provider: string | null;
  /** From 1. */
  page: number;
}

/** Max clips of an answer. */
const MAX_CLIPS = 48;

/**
 * Searches for clips at the stock providers, which take turns in the result. What the same search found in the last 24 hours
 * is used again.
 *
 * @param count is called before providers are asked, and throws if the owner may search no more.
 * @returns the clips, and why a provider found none if it failed.
 * @throws CodedError `not_configured` without a provider; AuthorError if all providers fail.
 */
export async function findFootage(
  env: AuthorBindings,
  { query, aspect, provider, page }: FootageQuery,
  count: () => Promise<void>,
): Promise<{ footage: StockFootage[]; warnings: { code: string; message: string }[] }> {
  const author = new Author(env);
  const { footage: providers, hints } = await author.abilities();
  const asked = provider === null ? providers : providers.filter((name) => name === provider);
  if (asked.length === 0) {
    const hint = provider === null ? Object.values(hints.footage).join(" ") : (hints.footage[provider] ?? "");
    const what = provider === null ? "no provider of footage is" : `the provider ${provider} is not`;
    throw new CodedError("not_configured", `${what} configured: ${hint}`);
  }
  const frame = frameSize(aspect, FOOTAGE_SHORT_SIDE);
  const orientation = orientationOf(frame);
  await count();
  const failures: AuthorError[] = [];
  const found = await Promise.all(
    asked.map(async (name) => {
      const request = { provider: name, term: query, orientation, page, shortSide: FOOTAGE_SHORT_SIDE } as const;
      const clips = await clipsOf(author, request, failures);
      return { term: name, clips: rankClips(clips, { clipSeconds: 1, speed: 1 }, frame.width / frame.height) };
    }),
  );
  const [failure] = failures;
  if (failure && failures.length === asked.length) throw failure;
  const footage = clipsInTurn(found)
    .slice(0, MAX_CLIPS)
    .flatMap(({ clip }) => shownClip(clip, query, frame) ?? []);
  return { footage, warnings: failures.map(({ message }) => ({ code: "footage_search_failed", message })) };
}

/** The clips that one provider has; none, and an entry in `failures`, if it fails. Finding nothing is no failure here. */
async function clipsOf(author: Author, request: SearchFootageRequest, failures: AuthorError[]): Promise<StockClip[]> {
  try {
    return await cachedSearch(request, async () => (await author.searchFootage(request)).clips);
  } catch (error) {
    if (!(error instanceof AuthorError)) throw error;
    if (error.code !== "footage_not_found") failures.push(error);
    return [];
  }
}

function shownClip(clip: StockClip, term: string, frame: { width: number; height: number }): StockFootage | null {
  const file = smallestCovering(clip, frame);
  if (!file) return null;
  const { provider, id, page, author, authorPage, licence, duration, thumbnail } = clip;
  return {
    id,
    ...file,
    duration,
    thumbnail: thumbnail === undefined ? null : thumbnailPath(thumbnail),
    credit: { provider, page: page || null, author: author || null, author_page: authorPage, licence, term },
  };
}
