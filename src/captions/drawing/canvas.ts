import type { CaptionCanvas } from "../../protocol/render-job.ts";
import { overhang } from "../caption-layout.ts";
import type { CaptionBlock } from "./caption-block.ts";
import type { CaptionState, Frames } from "./caption-states.ts";

/** How far letters may reach beyond the ascent and descent of their font, in ems. */
const BEYOND_LINE = 0.6;

/** A text as it is drawn in some frames. */
export interface DrawnState {
  block: CaptionBlock;
  state: CaptionState;
}

/**
 * The rows that captions may touch, and the frames at which their picture changes.
 *
 * @param window the frames of the video that are drawn. The times of the result count from its start.
 */
export function captionCanvas(
  drawn: readonly DrawnState[],
  window: Frames,
): Pick<CaptionCanvas, "top" | "height" | "changes"> {
  const frameHeight = drawn[0]?.block.style.height ?? 2;
  let [top, bottom] = [frameHeight, 0];
  const changes = new Set<number>();
  for (const { block, state } of drawn) {
    const { style, y, height } = block;
    const half = (height / 2 + overhang(style).y) * state.scale + BEYOND_LINE * style.fontSize;
    top = Math.min(top, y - half);
    bottom = Math.max(bottom, y + half);
    const first = Math.max(state.start, window.start) - window.start;
    const last = Math.min(state.end, window.end) - window.start;
    for (let frame = first; frame < last; frame += state.fill ? 1 : last) changes.add(frame);
    if (state.end < window.end) changes.add(last);
  }
  const even = (row: number) => 2 * Math.min(frameHeight / 2, Math.max(0, Math.round(row / 2)));
  const first = Math.min(even(top - 1), frameHeight - 2);
  return { top: first, height: Math.max(2, even(bottom + 1) - first), changes: [...changes].sort((a, b) => a - b) };
}

/** A text in the coordinates of a canvas's rows. */
export function onCanvas(block: CaptionBlock, { top }: Pick<CaptionCanvas, "top">): CaptionBlock {
  const lines = block.lines.map((line) => ({ ...line, middle: line.middle - top, baseline: line.baseline - top }));
  return { ...block, lines, y: block.y - top };
}
