import { RenderError } from "./renderer.ts";

/** How often a renderer at work is asked whether it is still there, in milliseconds. */
const ASK_INTERVAL = 5_000;

/** A watch over a renderer that is at work. */
export interface Watch {
  /** Aborts when the renderer fell silent, or when the caller wants the work no more. */
  signal: AbortSignal;
  /** Settles as `work` does, or throws as soon as the renderer fell silent, even if `work` never ends. */
  until<T>(work: Promise<T>): Promise<T>;
  /** Ends the watch. */
  stop(): void;
}

/**
 * Tells a renderer that works for long from one that hangs, or whose host is gone without a word: it is
 * asked now and then, and given up when it did not answer for a while. How long the work itself takes
 * does not matter.
 *
 * @param ask resolves with the renderer's answer, whatever it says.
 * @param patience milliseconds without an answer.
 */
export function watchRenderer(ask: () => Promise<unknown>, patience: number, signal: AbortSignal): Watch {
  const silence = new AbortController();
  let answered = Date.now();
  let asking = false;
  const timer = setInterval(() => {
    if (Date.now() - answered > patience) {
      clearInterval(timer);
      const message = `the renderer did not answer: it has been silent for ${Math.round(patience / 1000)} s`;
      silence.abort(new RenderError("renderer_unavailable", message));
    } else if (!asking) {
      asking = true;
      ask()
        .then(() => {
          answered = Date.now();
        })
        // What is wrong with one answer shows in the work's own, or in the silence.
        .catch(() => {})
        .finally(() => {
          asking = false;
        });
    }
  }, ASK_INTERVAL);
  const silent = new Promise<never>((_, reject) => {
    silence.signal.addEventListener("abort", () => reject(silence.signal.reason), { once: true });
  });
  silent.catch(() => {});
  return {
    signal: AbortSignal.any([signal, silence.signal]),
    until: (work) => Promise.race([work, silent]),
    stop: () => clearInterval(timer),
  };
}
