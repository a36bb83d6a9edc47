import { Author } from "../../authoring/author.ts";
import { storePaid } from "../../authoring/store-paid.ts";
import type { Env } from "../../env.ts";
import type { Pictured, PictureWork } from "../../protocol/authoring.ts";
import { storeJson } from "../../storage/stored-json.ts";
import { sha256Hex } from "../../util/sha256.ts";
import type { Run } from "../run.ts";
import { lastingFailure } from "./part-failure.ts";

/**
 * Has a picture made, and stores it with its description. A failure that lasts is stored instead if the task can go on
 * without the picture.
 *
 * @throws AuthorError; CodedError `author_unavailable`.
 */
export async function runPictureJob({
  env,
  work,
  ticket,
}: Pick<Run<PictureWork>, "env" | "work" | "ticket">): Promise<void> {
  try {
    const pictured = await makePicture(env, work);
    await storePaid(() => storeJson(env.MEDIA, work.key, pictured));
  } catch (error) {
    const failure = work.optional ? lastingFailure(env, error, ticket.run) : null;
    if (!failure) throw error;
    await storeJson(env.MEDIA, work.key, { failure });
  }
}

async function makePicture(env: Env, work: PictureWork): Promise<Pictured> {
  const { image, mediaType, provider, model } = await new Author(env).makePicture(work.request);
  await storePaid(() => env.MEDIA.put(work.picture, image, { httpMetadata: { contentType: mediaType } }));
  const about = { provider, model, prompt: work.request.prompt, mediaType };
  return { ...about, key: work.picture, size: image.byteLength, sha256: await sha256Hex(image) };
}
