import { CodedError } from "../api/errors.ts";
import type { SpeechJob } from "../protocol/render-job.ts";
import type { TaskMedia } from "../protocol/task-jobs.ts";
import { firstThatAnswers } from "../renderers/first-that-answers.ts";
import type { Renderer } from "../renderers/renderer.ts";
import { type InputBindings, openInput } from "../storage/open-input.ts";
import { type SampleStream, wavSamples } from "./sound/wav-samples.ts";

/**
 * Reads the samples of a narration as they arrive: of a WAV file as they are, of any other file as the first renderer
 * that answers decodes them.
 *
 * @param sampleRate of decoded samples.
 * @param read may be called again after a renderer broke off.
 * @throws RenderError if no renderer answers, or none can decode the narration; CodedError `input_missing`, `bad_input`;
 *   the signal's reason; what `read` throws.
 */
export async function withNarrationSamples<T>(
  env: InputBindings,
  { input }: TaskMedia,
  sampleRate: SpeechJob["sampleRate"],
  renderers: readonly Renderer[],
  signal: AbortSignal,
  read: (samples: SampleStream) => Promise<T>,
): Promise<T> {
  const own = await wavSamples(await openInput(env, input));
  if (own) return read(own);
  return firstThatAnswers(renderers, async (renderer) => {
    const results: T[] = [];
    const store = async (file: Uint8Array | ReadableStream<Uint8Array>) => {
      const samples = await wavSamples(file instanceof Uint8Array ? new Blob([new Uint8Array(file)]).stream() : file);
      if (samples) results.push(await read(samples));
    };
    const open = (each: TaskMedia["input"]) => openInput(env, each);
    await renderer.render({ kind: "speech", sampleRate }, [input], { open, store, signal });
    if (results.length === 0) throw new CodedError("bad_input", "the narration has no sound");
    return results.at(-1) as T;
  });
}
