import { clipTransitions, slideSides, type VideoTransitionMode } from "../api/video-request.ts";
import type { Transition } from "../protocol/render-job.ts";

/** Max duration of a fade or slide. A shorter shot has a shorter one. A zoom lasts as long as its shot. */
const MAX_TRANSITION_SECONDS = 1;

/**
 * Chooses the transition of one shot. `Shuffle` picks a random mode, and every slide gets a random side.
 *
 * @param random returns numbers in [0, 1).
 * @returns null for no transition: if the mode is null, or the shot is shorter than two frames.
 */
export function chooseTransition(
  mode: VideoTransitionMode,
  shotFrames: number,
  frameRate: number,
  random: () => number,
): Transition | null {
  const chosen = mode === "Shuffle" ? pick(clipTransitions, random) : mode;
  const frames = Math.min(shotFrames, MAX_TRANSITION_SECONDS * frameRate);
  // A transition of one frame would only be a black frame.
  if (chosen === null || frames < 2) return null;
  switch (chosen) {
    case "FadeIn":
      return { kind: "fade_in", frames };
    case "ZoomIn":
      return { kind: "zoom_in", frames: shotFrames };
    case "ZoomOut":
      return { kind: "zoom_out", frames: shotFrames };
    case "FadeOut":
      return { kind: "fade_out", frames };
    case "SlideIn":
      return { kind: "slide_in", side: pick(slideSides, random), frames };
    case "SlideOut":
      return { kind: "slide_out", side: pick(slideSides, random), frames };
  }
}

function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)] as T;
}
