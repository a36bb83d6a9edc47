import { Author } from "../../authoring/author.ts";
import type { Pictured, PictureWork } from "../../protocol/authoring.ts";
import { storeJson } from "../../storage/stored-json.ts";
import { sha256Hex } from "../../util/sha256.ts";
import type { Run } from "../run.ts";

/** Has a picture made, and stores it with its description. */
export async function runPictureJob({ env, work }: Pick<Run<PictureWork>, "env" | "work">): Promise<void> {
  const { image, mediaType, provider, model } = await new Author(env).makePicture(work.request);
  await env.MEDIA.put(work.picture, image, { httpMetadata: { contentType: mediaType } });
  const about = { provider, model, prompt: work.request.prompt, mediaType };
  const stored = { key: work.picture, size: image.byteLength, sha256: await sha256Hex(image) };
  const pictured: Pictured = { ...about, ...stored };
  await storeJson(env.MEDIA, work.key, pictured);
}
