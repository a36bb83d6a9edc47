import { z } from "zod";
import { type SpokenWord, spokenWordSchema } from "../../protocol/author.ts";
import type { TaskMedia } from "../../protocol/task-jobs.ts";
import type { Renderer } from "../../renderers/renderer.ts";
import type { InputBindings } from "../../storage/open-input.ts";
import { storeJson } from "../../storage/stored-json.ts";
import { Author, type AuthorBindings } from "../author.ts";
import { withNarrationSamples } from "../narration-samples.ts";
import { authoredKey } from "../outline-jobs.ts";
import { storePaid } from "../store-paid.ts";
import { narrationParts } from "./narration-parts.ts";

/** Enough to understand speech. */
const SAMPLE_RATE = 16_000;

const partsSchema = z.array(z.strictObject({ start: z.number(), key: z.string() }));
type Parts = z.infer<typeof partsSchema>;
const wordsSchema = z.array(spokenWordSchema);

/** A narration and what is needed to have it transcribed. */
export interface TranscriptionJob {
  env: InputBindings & AuthorBindings;
  taskId: string;
  narration: TaskMedia;
  /** BCP 47 tag; empty if unknown. */
  language: string;
  /** They decode the narration, in order of preference. */
  renderers: readonly Renderer[];
  signal: AbortSignal;
}

/** Whether a provider of transcriptions is configured. */
export async function canTranscribe(env: AuthorBindings): Promise<boolean> {
  if (!env.AUTHOR) return false;
  try {
    const { transcription = [] } = await new Author(env).abilities();
    return transcription.length > 0;
  } catch {
    // Without the author Worker, nothing is configured.
    return false;
  }
}

/**
 * The words of a narration as a provider heard them, in the order of time. The narration is cut into parts. Each part
 * and its words are stored under a hash of the narration, so a run after a failure pays only for what is missing.
 *
 * @throws AuthorError; CodedError `author_unavailable`; RenderError if the narration cannot be decoded; the signal's
 * reason.
 */
export async function transcribeNarration(job: TranscriptionJob): Promise<SpokenWord[]> {
  const { env, taskId, narration, language, signal } = job;
  const key = await authoredKey(taskId, "transcription", narration.input.sha256, language);
  const parts = await storedParts(job, key);
  const words: SpokenWord[] = [];
  for (const part of parts) {
    signal.throwIfAborted();
    const heard = await heardInPart(env, part.key, language);
    words.push(...heard.map((word) => ({ ...word, start: part.start + word.start, end: part.start + word.end })));
  }
  await env.MEDIA.delete(parts.map((part) => part.key));
  return words;
}

async function storedParts({ env, narration, renderers, signal }: TranscriptionJob, key: string): Promise<Parts> {
  const known = await env.MEDIA.get(key);
  if (known) return partsSchema.parse(await known.json());
  const parts = await withNarrationSamples(env, narration, SAMPLE_RATE, renderers, signal, async (samples) => {
    const stored: Parts = [];
    for await (const { start, wav } of narrationParts(samples)) {
      const part = `${key}.part-${stored.length + 1}`;
      await env.MEDIA.put(part, wav);
      stored.push({ start, key: part });
    }
    return stored;
  });
  await storeJson(env.MEDIA, key, parts);
  return parts;
}

async function heardInPart(env: TranscriptionJob["env"], key: string, language: string): Promise<SpokenWord[]> {
  const words = `${key}.words`;
  const known = await env.MEDIA.get(words);
  if (known) return wordsSchema.parse(await known.json());
  const part = await env.MEDIA.get(key);
  if (!part) throw new Error("a part of the narration is no longer stored");
  const heard = await new Author(env).transcribe({ audio: await part.bytes(), language });
  await storePaid(() => storeJson(env.MEDIA, words, heard.words));
  return heard.words;
}
