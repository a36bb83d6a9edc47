import type { CaptionStyle } from "../caption-style.ts";
import type { CueWord } from "../timing/cue-timing.ts";
import { fadeFrames, fadeOpacity, popFrames, popScale } from "./animations.ts";

/** How a word is drawn for some frames. */
export interface WordLook {
  /** True for the colours of the spoken word. */
  highlighted: boolean;
  /** True if the box of the spoken word is behind it. */
  boxed: boolean;
  /** 0 to 1. */
  opacity: number;
  /** Factor of the letters' height. Their width stays, so that no other word moves. */
  height: number;
}

/** What is drawn of a text from the frame `start` until before the frame `end`. */
export interface CaptionState {
  start: number;
  end: number;
  /** Size of the whole text as a factor. */
  scale: number;
  /** Opacity of the whole text, from 0 to 1. */
  opacity: number;
  /** A look for each word of the text; null if all words look the same. */
  words: readonly WordLook[] | null;
  /** A word that fills with colour, and the share of it that is filled at the start and at the end. */
  fill: { word: number; from: number; to: number } | null;
}

/** A text with its times in output frames. */
export interface TimedWords {
  start: number;
  end: number;
  words: readonly Pick<CueWord, "start" | "end">[];
}

/** Frames from `start` until before `end`. */
export interface Frames {
  start: number;
  end: number;
}

/** A word stays highlighted until the next one begins, if the pause between is at most this long, in seconds. */
const MAX_HELD_PAUSE_SECONDS = 0.4;

/**
 * Divides the time of a text at every frame where its picture changes. Only what is shown within `window` counts, so a
 * part of a video does not depend on what is shown before or after it.
 */
export function captionStates(
  text: TimedWords,
  style: CaptionStyle,
  frameRate: number,
  window: Frames,
): CaptionState[] {
  const first = Math.max(text.start, window.start);
  const last = Math.min(text.end, window.end);
  if (first >= last) return [];
  const changes = [...new Set([first, ...changesOf(text, style, frameRate), last])]
    .filter((frame) => frame >= first && frame <= last)
    .sort((a, b) => a - b);
  const states: CaptionState[] = [];
  for (const [index, start] of changes.slice(0, -1).entries()) {
    const end = changes[index + 1] ?? last;
    const state = stateAt({ start, end }, text, style, frameRate);
    const before = states.at(-1);
    if (
      before &&
      !before.fill &&
      JSON.stringify({ ...state, start: 0, end: 0 }) === JSON.stringify({ ...before, start: 0, end: 0 })
    ) {
      before.end = end;
    } else {
      states.push(state);
    }
  }
  return states;
}

/** All frames at which the picture of a text may change. */
function changesOf({ start, end, words }: TimedWords, style: CaptionStyle, frameRate: number): number[] {
  const following = (frame: number, count: number) => Array.from({ length: count + 1 }, (_, index) => frame + index);
  const starts = style.mode === "reveal" ? words.map((word) => word.start) : [start];
  const changes: number[] = [];
  if (style.mode === "karaoke" || style.mode === "reveal")
    changes.push(...words.flatMap((word) => [word.start, word.end]));
  if (style.animation === "pop_spring")
    changes.push(...starts.flatMap((frame) => following(frame, popFrames(frameRate))));
  if (style.animation === "fade") {
    const frames = fadeFrames(frameRate, end - start);
    changes.push(...starts.flatMap((frame) => following(frame, frames)), ...following(end - frames, frames));
  }
  return changes;
}

function stateAt(frames: Frames, text: TimedWords, style: CaptionStyle, frameRate: number): CaptionState {
  const { start } = frames;
  const age = start - text.start;
  const fade = style.animation === "fade" ? fadeFrames(frameRate, text.end - text.start) : 0;
  const fadedIn = style.mode === "reveal" ? 1 : fadeOpacity(age, fade);
  const popped = style.animation === "pop_spring" && style.mode !== "reveal";
  return {
    ...frames,
    scale: popped ? popScale(age, frameRate) : 1,
    opacity: Math.min(fadedIn, fadeOpacity(text.end - 1 - start, fade)),
    words: wordLooks(start, text, style, frameRate, fade),
    fill: fillOf(frames, text, style),
  };
}

function wordLooks(
  frame: number,
  { words }: TimedWords,
  { mode, animation, highlight }: CaptionStyle,
  frameRate: number,
  fade: number,
): WordLook[] | null {
  if (mode !== "karaoke" && mode !== "reveal") return null;
  const current = words.findLastIndex((word) => word.start <= frame);
  const next = words[current + 1];
  const held = (word: TimedWords["words"][number]) =>
    frame < word.end || (next !== undefined && next.start - word.end <= MAX_HELD_PAUSE_SECONDS * frameRate);
  return words.map((word, index) => {
    const age = frame - word.start;
    const spoken = index === current && held(word);
    const filled = highlight.fill && mode === "karaoke";
    const look = { highlighted: false, boxed: spoken && highlight.background !== null, opacity: 1, height: 1 };
    if (mode === "karaoke") return { ...look, highlighted: filled ? frame >= word.end : spoken };
    if (age < 0) return { ...look, boxed: false, opacity: 0 };
    return {
      ...look,
      highlighted: spoken && highlight.colour !== null,
      opacity: fadeOpacity(age, fade),
      height: animation === "pop_spring" ? Math.min(1, popScale(age, frameRate)) : 1,
    };
  });
}

function fillOf(
  { start, end }: Frames,
  { words }: TimedWords,
  { mode, highlight }: CaptionStyle,
): CaptionState["fill"] {
  if (mode !== "karaoke" || !highlight.fill) return null;
  const word = words.findLastIndex((candidate) => candidate.start <= start && start < candidate.end);
  const spoken = words[word];
  if (!spoken) return null;
  const share = (frame: number) => Math.min(1, (frame - spoken.start) / (spoken.end - spoken.start));
  return { word, from: share(start), to: share(end) };
}
