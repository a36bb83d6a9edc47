import type { RenderWork } from "../protocol/task-jobs.ts";
import { rendererOf } from "../renderers/choose-renderer.ts";
import { RenderError } from "../renderers/renderer.ts";
import { openInput } from "../storage/open-input.ts";
import type { Run } from "./run.ts";

/**
 * Renders a segment or a soundtrack and stores it.
 *
 * @throws RenderError naming the job and its uploaded files; CodedError `input_missing`; the signal's reason.
 */
export async function runRenderJob({ env, jobId, work, signal, accepted }: Run<RenderWork>): Promise<void> {
  const renderer = rendererOf(work.renderer, env);
  try {
    await renderer.render(work.job, work.inputs, {
      open: (input) => openInput(env, input),
      store: (rendered) => env.MEDIA.put(work.key, rendered, { httpMetadata: { contentType: "video/mp4" } }),
      signal,
      accepted,
    });
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    const names = work.inputs.filter(({ from }) => from.store === "r2").map(({ name }) => name);
    const { code, message, retryable, rerun } = error;
    throw new RenderError(code, `${jobId} of ${names.join(", ")}: ${message}`, { retryable, rerun, cause: error });
  }
}
