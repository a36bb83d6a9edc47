import { CodedError } from "../../api/errors.ts";
import { Author } from "../../authoring/author.ts";
import type { Searched, SearchWork } from "../../protocol/authoring.ts";
import type { Run } from "../run.ts";
import { storeJson } from "./stored-once.ts";

/**
 * Searches one provider for one term. A lasting failure is stored as a result without clips, because other searches may
 * find enough.
 *
 * @throws AuthorError that may pass; CodedError `author_unavailable`.
 */
export async function runSearchJob({ env, work }: Pick<Run<SearchWork>, "env" | "work">): Promise<void> {
  await storeJson(env.MEDIA, work.key, await search(env, work));
}

async function search(env: Run["env"], { request }: SearchWork): Promise<Searched> {
  try {
    const { clips } = await new Author(env).searchFootage(request);
    return { clips, failure: null };
  } catch (error) {
    if (!(error instanceof CodedError) || error.rerun !== "never") throw error;
    return { clips: [], failure: { code: error.code, message: error.message } };
  }
}
