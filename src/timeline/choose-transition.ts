import type { VideoTransitionMode } from "../api/video-request.ts";
import type { Transition } from "../protocol/render-job.ts";

/** Seconds that a transition takes, where the shot is not shorter. */
const TRANSITION_SECONDS = 1;

const sides = ["left", "right", "top", "bottom"] as const;
const kinds = ["FadeIn", "FadeOut", "SlideIn", "SlideOut"] as const;

/** The transition of one shot; `Shuffle` picks a kind, and every slide a side. */
export function chooseTransition(
  mode: VideoTransitionMode,
  shotFrames: number,
  frameRate: number,
  random: () => number,
): Transition | null {
  const kind = mode === "Shuffle" ? pick(kinds, random) : mode;
  const frames = Math.min(shotFrames, TRANSITION_SECONDS * frameRate);
  // A single frame would be black and nothing else.
  if (kind === null || frames < 2) return null;
  switch (kind) {
    case "FadeIn":
      return { kind: "fade_in", frames };
    case "FadeOut":
      return { kind: "fade_out", frames };
    case "SlideIn":
      return { kind: "slide_in", side: pick(sides, random), frames };
    case "SlideOut":
      return { kind: "slide_out", side: pick(sides, random), frames };
  }
}

function pick<T extends string>(values: readonly [T, ...T[]], random: () => number): T {
  return values[Math.floor(random() * values.length)] ?? values[0];
}
