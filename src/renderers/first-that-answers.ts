import { RenderError, type Renderer } from "./renderer.ts";

/** Whether a renderer did not answer or had no free slot, so that another one may do the work. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof RenderError && (error.rerun === "renderer_away" || error.rerun === "renderer_full");
}

/**
 * Asks renderers in turn until one of them answers.
 *
 * @param renderers in order of preference.
 * @throws what the first renderer that answers throws; the last renderer's error if none of them answers.
 */
export async function firstThatAnswers<T>(
  renderers: readonly Renderer[],
  ask: (renderer: Renderer) => Promise<T>,
): Promise<T> {
  let unanswered: unknown = new RenderError("renderer_unavailable", "no renderer is available");
  for (const renderer of renderers) {
    try {
      return await ask(renderer);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      unanswered = error;
    }
  }
  throw unanswered;
}
