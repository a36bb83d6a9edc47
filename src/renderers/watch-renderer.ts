import { RenderError } from "./renderer.ts";

/** How often to ask a working renderer whether it is alive. */
const ASK_INTERVAL_MS = 5_000;

/** A watch over a renderer while it works. */
export interface Watch {
  /** Aborts when the renderer has been silent for too long, or when the caller's signal aborts. */
  signal: AbortSignal;
  /** Settles as `work` does, but rejects if the renderer is silent for too long, even if `work` never settles. */
  until<T>(work: Promise<T>): Promise<T>;
  /** Ends the watch. */
  stop(): void;
}

/**
 * Starts a watch over a renderer. It asks every few seconds whether the renderer is alive, and gives up when there
 * was no answer for `maxSilenceMs`. The work itself may take any time. So a long job is not mistaken for a renderer
 * that hangs or whose host is gone.
 *
 * @param ask resolves if the renderer answers, whatever the answer is.
 */
export function watchRenderer(ask: () => Promise<unknown>, maxSilenceMs: number, signal: AbortSignal): Watch {
  const silence = new AbortController();
  let answered = Date.now();
  let asking = false;
  const timer = setInterval(() => {
    if (Date.now() - answered > maxSilenceMs) {
      clearInterval(timer);
      const message = `the renderer did not answer: it has been silent for ${Math.round(maxSilenceMs / 1000)} s`;
      silence.abort(new RenderError("renderer_unavailable", message));
    } else if (!asking) {
      asking = true;
      ask()
        .then(() => {
          answered = Date.now();
        })
        // One failed call does not matter: the work itself fails, or the silence becomes too long.
        .catch(() => {})
        .finally(() => {
          asking = false;
        });
    }
  }, ASK_INTERVAL_MS);
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
