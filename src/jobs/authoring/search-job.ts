import { CodedError } from "../../api/errors.ts";
import { Author } from "../../authoring/author.ts";
import type { Searched, SearchWork } from "../../protocol/authoring.ts";
import { storeJson } from "../../storage/stored-json.ts";
import type { Run } from "../run.ts";
import { cachedSearch } from "./search-cache.ts";

/** How often a provider is asked that does not answer. */
const MAX_TRIES = 4;
/** A provider that asks for a longer wait, in seconds, is left out. */
const MAX_WAIT_SECONDS = 60;

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
  await storeJson(env.MEDIA, work.key, await search(env, work, ticket.run));
}

async function search(env: Run["env"], { request }: SearchWork, tries: number): Promise<Searched> {
  try {
    const clips = await cachedSearch(request, async () => (await new Author(env).searchFootage(request)).clips);
    return { clips, failure: null };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const lasts = error.rerun === "never" || tries >= MAX_TRIES || (error.retryAfterSeconds ?? 0) > MAX_WAIT_SECONDS;
    if (!lasts) throw error;
    return { clips: [], failure: { code: error.code, message: error.message } };
  }
}
