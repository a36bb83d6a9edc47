import { assDocument } from "../captions/ass-document.ts";
import type { CaptionStyle } from "../captions/caption-style.ts";
import type { Frames } from "../captions/drawing/caption-states.ts";
import type { Font } from "../captions/fonts/read-font-file.ts";
import type { Cue } from "../captions/timing/cue-timing.ts";
import type { SegmentJob } from "../protocol/render-job.ts";
import type { Input } from "../protocol/task-jobs.ts";
import { FRAME_RATE } from "../timeline/plan-timeline.ts";
import { indexOfInput } from "./job-inputs.ts";

/** A parsed font and the location of its file. */
export interface LoadedFont {
  font: Font;
  input: Input;
}

/**
 * The captions of a segment; null if it shows none.
 *
 * @param inputs the job's inputs, to which the fonts are added.
 */
export function drawnCaptions(
  cues: readonly Cue[],
  style: CaptionStyle,
  fonts: readonly LoadedFont[],
  window: Frames,
  inputs: Input[],
): SegmentJob["captions"] {
  const {
    text,
    fonts: used,
    ...drawing
  } = assDocument(
    cues,
    style,
    fonts.map(({ font }) => font),
    FRAME_RATE,
    window,
  );
  if (used.length === 0) return null;
  const files = used.flatMap((index) => fonts[index]?.input ?? []);
  return { ass: text, fonts: files.map((input) => indexOfInput(inputs, input)), ...drawing };
}
