import { CodedError } from "../api/errors.ts";
import { keys } from "../storage/keys.ts";
import { sha256Hex } from "../util/sha256.ts";
import { Author, type AuthorBindings } from "./author.ts";
import { storePaid } from "./store-paid.ts";

/** A sample of a voice, and its media type. */
export interface VoiceSample {
  audio: ReadableStream<Uint8Array> | Uint8Array;
  mediaType: string;
}

/**
 * A sentence that a voice speaks in its language. It is made once and then kept.
 *
 * @throws CodedError `not_found` if there is no such voice; AuthorError.
 */
export async function voiceSample(env: AuthorBindings & { MEDIA: R2Bucket }, id: string): Promise<VoiceSample> {
  const author = new Author(env);
  const voice = (await author.voices()).find((each) => each.id === id);
  if (!voice) throw new CodedError("not_found", `no voice ${JSON.stringify(id)}: GET /api/v1/voices lists them`);
  const text = await author.sampleSentence(voice.language);
  const key = keys.voiceSample(await sha256Hex(JSON.stringify([id, text])));
  const kept = await env.MEDIA.get(key);
  if (kept) return { audio: kept.body, mediaType: kept.httpMetadata?.contentType ?? "audio/wav" };
  const { audio, mediaType } = await author.speak({ text, voice: id, language: voice.language, rate: 1 });
  await storePaid(() => env.MEDIA.put(key, audio, { httpMetadata: { contentType: mediaType } }));
  return { audio, mediaType };
}
