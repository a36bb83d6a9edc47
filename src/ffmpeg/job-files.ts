import type { RenderJob } from "../protocol/render-job.ts";

/** File names inside a render job's working directory. */
export const JOB_FILES = {
  input: (index: number) => `input-${index}`,
  captions: "captions.ass",
  fonts: "fonts",
  font: (index: number) => `fonts/font-${index}.ttf`,
  /** An input's sound, written anew by the renderer. */
  decoded: (index: number) => `decoded-${index}.wav`,
  output: "output.mp4",
} as const;

/** The file name for a job's input. Fonts go into the directory that libass searches. */
export function inputFile(job: RenderJob, index: number): string {
  return isCaptionFont(job, index) ? JOB_FILES.font(index) : JOB_FILES.input(index);
}

/**
 * True if a job's input is a font of its captions. Before libass reads the file, `preferFullCharacterMap` must have
 * edited it.
 */
export function isCaptionFont(job: RenderJob, index: number): boolean {
  return job.kind === "segment" && job.captions?.fonts.includes(index) === true;
}
