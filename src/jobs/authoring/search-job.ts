import { Author } from "../../authoring/author.ts";
import { cachedSearch } from "../../authoring/footage/search-cache.ts";
import { storePaid } from "../../authoring/store-paid.ts";
import type { Env } from "../../env.ts";
import type { StockClip } from "../../protocol/author.ts";
import type { Searched, SearchWork } from "../../protocol/authoring.ts";
import { storeJson } from "../../storage/stored-json.ts";
import type { Run } from "../run.ts";
import { lastingFailure } from "./part-failure.ts";

/**
 * Searches one provider for one term. A failure that lasts is stored as a result without clips, because other searches
 * may find enough.
 *
 * @throws AuthorError or CodedError `author_unavailable` that may pass.
 */
export async function runSearchJob({
  env,
  work,
  ticket,
}: Pick<Run<SearchWork>, "env" | "work" | "ticket">): Promise<void> {
  const { request, key } = work;
  let searched: Searched;
  try {
    searched = { clips: await search(env, request), failure: null };
  } catch (error) {
    const failure = lastingFailure(env, error, ticket.run);
    if (!failure) throw error;
    searched = { clips: [], failure: { ...failure, request } };
  }
  await storePaid(() => storeJson(env.MEDIA, key, searched));
}

/**
 * Repeats a search that failed, and replaces its stored result if it succeeds.
 *
 * @throws as the author Worker fails.
 */
export async function searchAgain(env: Env, key: string, request: SearchWork["request"]): Promise<Searched> {
  const searched: Searched = { clips: await search(env, request), failure: null };
  await storePaid(() => storeJson(env.MEDIA, key, searched));
  return searched;
}

function search(env: Env, request: SearchWork["request"]): Promise<StockClip[]> {
  return cachedSearch(request, async () => (await new Author(env).searchFootage(request)).clips);
}
