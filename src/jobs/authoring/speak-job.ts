import { z } from "zod";
import { CodedError } from "../../api/errors.ts";
import { Author } from "../../authoring/author.ts";
import { type PcmSound, readWav, toMono, writeWav } from "../../authoring/sound/wav.ts";
import { storePaid } from "../../authoring/store-paid.ts";
import type { Env } from "../../env.ts";
import { type Speech, spokenWordSchema } from "../../protocol/author.ts";
import type { SpeakWork, Spoken } from "../../protocol/authoring.ts";
import { renderersFor } from "../../renderers/choose-renderer.ts";
import { firstThatAnswers, isUnanswered } from "../../renderers/first-that-answers.ts";
import { RenderError } from "../../renderers/renderer.ts";
import { storeJson } from "../../storage/stored-json.ts";
import { sha256Hex } from "../../util/sha256.ts";
import type { Run } from "../run.ts";
import { countUsage } from "./count-usage.ts";

/**
 * Has one sentence spoken, and stores the sound as mono WAV with its description.
 *
 * @throws AuthorError; CodedError; RenderError; the signal's reason.
 */
export async function runSpeakJob({ env, owner, work, signal }: Run<SpeakWork>): Promise<void> {
  const speech = (await storedAnswer(env.MEDIA, work)) ?? (await askAndStore(env, owner, work));
  const sound = readWav(speech.audio) ?? (await decode(env, speech.audio, signal));
  if (!sound || sound.samples.length === 0) {
    throw new CodedError("provider_failed", `the speech from ${speech.provider} has no sound`, { rerun: "never" });
  }
  const { sampleRate, samples } = toMono(sound);
  await env.MEDIA.put(work.sound, writeWav(sampleRate, samples), { httpMetadata: { contentType: "audio/wav" } });
  const { provider, voice, rate, words } = speech;
  const spoken: Spoken = { provider, voice, rate, sampleRate, samples: samples.length, words };
  await storeJson(env.MEDIA, work.key, spoken);
}

const answerSchema = z.strictObject({
  mediaType: z.string(),
  provider: z.string(),
  voice: z.string(),
  words: z.array(spokenWordSchema).nullable(),
  rate: z.number(),
});

/** The keys of what the provider answered. They are kept, because what follows may fail and the answer was paid for. */
const answerKeys = ({ key }: SpeakWork) => ({ audio: `${key}.answer`, about: `${key}.answer.json` });

async function storedAnswer(bucket: R2Bucket, work: SpeakWork): Promise<Speech | null> {
  const keys = answerKeys(work);
  const about = await bucket.get(keys.about);
  const audio = about && (await bucket.get(keys.audio));
  return audio ? { ...answerSchema.parse(await about.json()), audio: new Uint8Array(await audio.arrayBuffer()) } : null;
}

async function askAndStore(env: Env, owner: string, work: SpeakWork): Promise<Speech> {
  const speech = await new Author(env).speak(work.request);
  const { audio, ...about } = speech;
  const keys = answerKeys(work);
  await storePaid(() => env.MEDIA.put(keys.audio, audio));
  await storePaid(() => storeJson(env.MEDIA, keys.about, about));
  await countUsage(env, owner, { characters: work.request.text.length });
  return speech;
}

/** Decodes a file that is no WAV file with 16-bit samples. The first renderer that answers does it. */
async function decode(env: Env, audio: Uint8Array, signal: AbortSignal): Promise<PcmSound | null> {
  const input = { sha256: await sha256Hex(audio), size: audio.byteLength };
  const open = async () => new Blob([new Uint8Array(audio)]).stream();
  try {
    return await firstThatAnswers(await renderersFor(env, []), async (renderer) => {
      let decoded: PcmSound | null = null;
      const store = async (file: Uint8Array | ReadableStream<Uint8Array>) => {
        decoded = readWav(file instanceof Uint8Array ? file : await new Response(file).bytes());
      };
      await renderer.render({ kind: "speech", sampleRate: 48_000 }, [input], { open, store, signal });
      return decoded;
    });
  } catch (error) {
    if (isUnanswered(error) || !(error instanceof RenderError)) throw error;
    throw new CodedError("provider_failed", `the speech cannot be decoded: ${error.message}`, { rerun: "never" });
  }
}
