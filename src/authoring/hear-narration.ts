import { EnvelopeBuilder } from "../captions/pauses/sound-envelope.ts";
import type { TaskMedia } from "../protocol/task-jobs.ts";
import type { Renderer } from "../renderers/renderer.ts";
import type { InputBindings } from "../storage/open-input.ts";
import { withNarrationSamples } from "./narration-samples.ts";
import { authoredKey } from "./outline-jobs.ts";
import type { SampleStream } from "./sound/wav-samples.ts";

/** Enough to tell speech from silence. An hour has 58 MB. */
const SAMPLE_RATE = 8000;

/**
 * How loud a narration is over time, in frames of 10 ms; see EnvelopeBuilder. It is found once and then kept.
 *
 * @param renderers decode the narration, in order of preference.
 * @throws RenderError if no renderer answers, or none can decode the narration; CodedError `input_missing`; the signal's
 *   reason.
 */
export async function hearNarration(
  env: InputBindings,
  taskId: string,
  narration: TaskMedia,
  renderers: readonly Renderer[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const key = await authoredKey(taskId, "envelope", narration.input.sha256);
  const known = await env.MEDIA.get(key);
  if (known) return known.bytes();
  const levels = await withNarrationSamples(env, narration, SAMPLE_RATE, renderers, signal, levelsOf);
  await env.MEDIA.put(key, levels);
  return levels;
}

async function levelsOf({ sampleRate, channels, samples }: SampleStream): Promise<Uint8Array> {
  const builder = new EnvelopeBuilder(sampleRate * channels);
  for await (const piece of samples) builder.add(piece);
  return builder.finish();
}
