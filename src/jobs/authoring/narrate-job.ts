import type { Warning } from "../../api/authored.ts";
import { layOutNarration, type SentenceSound } from "../../authoring/narration.ts";
import { sentenceReadingTimes } from "../../authoring/reading-time.ts";
import { readWav, wavHeader } from "../../authoring/sound/wav.ts";
import { type Narrated, type NarrateWork, type Spoken, spokenSchema } from "../../protocol/authoring.ts";
import { putStream } from "../../storage/put-stream.ts";
import { readStored, storeJson } from "../../storage/stored-json.ts";
import type { Run } from "../run.ts";

/** The sample rate of a silent narration, in hertz. */
const SILENT_SAMPLE_RATE = 8_000;
/** Bytes of silence that are written at once. */
const SILENCE_BLOCK = new Uint8Array(64 * 1024);

/** A sentence as stored, with the R2 key of its sound; null for silence. */
interface StoredSentence extends SentenceSound {
  sound: string | null;
}

/** Joins the spoken sentences of a task into one WAV file, sample by sample, and stores when each one is said. */
export async function runNarrateJob({ env, work }: Pick<Run<NarrateWork>, "env" | "work">): Promise<void> {
  const { sampleRate, sentences, warnings } = await storedSentences(env.MEDIA, work);
  const layout = layOutNarration(sentences, { sampleRate, pauseAfter: work.pauseAfter });
  const file = narrationFile(env.MEDIA, sentences, layout, sampleRate);
  const limit = Number.POSITIVE_INFINITY;
  const { size, sha256 } = await putStream(env.MEDIA, work.sound, file, { limit, contentType: "audio/wav" });
  const duration = layout.samples / sampleRate;
  const narrated: Narrated = { sound: work.sound, size, sha256, duration, sentences: layout.sentences, warnings };
  await storeJson(env.MEDIA, work.key, narrated);
}

async function storedSentences(
  bucket: R2Bucket,
  { sentences, rate }: NarrateWork,
): Promise<{ sampleRate: number; sentences: StoredSentence[]; warnings: Warning[] }> {
  const warnings: Warning[] = [];
  let sampleRate: number | null = null;
  const silences = sentenceReadingTimes(sentences.map(({ text }) => text));
  const stored: StoredSentence[] = [];
  for (const [index, { text, pauseBefore, spoken }] of sentences.entries()) {
    if (!spoken) {
      sampleRate ??= SILENT_SAMPLE_RATE;
      const samples = Math.round((silences[index] ?? 0) * sampleRate);
      stored.push({ text, pauseBefore, samples, words: null, sound: null });
      continue;
    }
    const about: Spoken = await readStored(bucket, spoken.key, spokenSchema);
    sampleRate ??= about.sampleRate;
    if (about.rate !== rate && warnings.length === 0) {
      const message = `${about.provider} cannot speak at a voice_rate of ${rate}; it spoke at ${about.rate}`;
      warnings.push({ code: "voice_rate_replaced", message });
    }
    if (about.sampleRate !== sampleRate) {
      throw new Error(`the voice ${about.voice} speaks at ${about.sampleRate} Hz and at ${sampleRate} Hz`);
    }
    stored.push({ text, pauseBefore, samples: about.samples, words: about.words, sound: spoken.sound });
  }
  return { sampleRate: sampleRate ?? SILENT_SAMPLE_RATE, sentences: stored, warnings };
}

/** The bytes of the narration. One sentence at a time is in memory. */
async function* narrationFile(
  bucket: R2Bucket,
  sentences: readonly StoredSentence[],
  { samples, starts }: { samples: number; starts: readonly number[] },
  sampleRate: number,
): AsyncGenerator<Uint8Array> {
  yield wavHeader(sampleRate, samples);
  let position = 0;
  for (const [index, sentence] of sentences.entries()) {
    const start = starts[index] ?? position;
    yield* silence(start - position);
    if (sentence.sound === null) yield* silence(sentence.samples);
    else yield await soundBytes(bucket, sentence.sound);
    position = start + sentence.samples;
  }
  yield* silence(samples - position);
}

function* silence(samples: number): Generator<Uint8Array> {
  for (let left = 2 * samples; left > 0; left -= SILENCE_BLOCK.byteLength) {
    yield SILENCE_BLOCK.subarray(0, Math.min(left, SILENCE_BLOCK.byteLength));
  }
}

async function soundBytes(bucket: R2Bucket, key: string): Promise<Uint8Array> {
  const object = await bucket.get(key);
  const sound = object && readWav(await object.bytes());
  if (!sound) throw new Error("the sound of a sentence is no longer stored");
  const { buffer, byteOffset, byteLength } = sound.samples;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
