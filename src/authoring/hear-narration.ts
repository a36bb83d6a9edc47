import { CodedError } from "../api/errors.ts";
import { EnvelopeBuilder } from "../captions/pauses/sound-envelope.ts";
import type { TaskMedia } from "../protocol/task-jobs.ts";
import { RenderError, type Renderer } from "../renderers/renderer.ts";
import { type InputBindings, openInput } from "../storage/open-input.ts";
import { authoredKey } from "./outline-jobs.ts";
import { wavSamples } from "./sound/wav-samples.ts";

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
  { input }: TaskMedia,
  renderers: readonly Renderer[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const key = await authoredKey(taskId, "envelope", input.sha256);
  const known = await env.MEDIA.get(key);
  if (known) return known.bytes();
  const levels = (await levelsOf(await openInput(env, input))) ?? (await decodedLevels(env, input, renderers, signal));
  await env.MEDIA.put(key, levels);
  return levels;
}

async function levelsOf(file: ReadableStream<Uint8Array>): Promise<Uint8Array | null> {
  const sound = await wavSamples(file);
  if (!sound) return null;
  const builder = new EnvelopeBuilder(sound.sampleRate * sound.channels);
  for await (const samples of sound.samples) builder.add(samples);
  return builder.finish();
}

/** Has the narration decoded by the first renderer that answers. */
async function decodedLevels(
  env: InputBindings,
  input: TaskMedia["input"],
  renderers: readonly Renderer[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  let unanswered: unknown = new RenderError("renderer_unavailable", "no renderer is available");
  for (const renderer of renderers) {
    let levels: Uint8Array | null = null;
    const store = async (file: Uint8Array | ReadableStream<Uint8Array>) => {
      levels = await levelsOf(file instanceof Uint8Array ? new Blob([new Uint8Array(file)]).stream() : file);
    };
    try {
      const job = { kind: "speech", sampleRate: SAMPLE_RATE } as const;
      await renderer.render(job, [input], { open: (each) => openInput(env, each), store, signal });
      if (levels) return levels;
      throw new CodedError("bad_input", "the narration has no sound");
    } catch (error) {
      if (!(error instanceof RenderError) || !["renderer_away", "renderer_full"].includes(error.rerun)) throw error;
      unanswered = error;
    }
  }
  throw unanswered;
}
