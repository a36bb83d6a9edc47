import { z } from "zod";

/** The fields of a request for videos that fix its size and length. */

/** Limits of each side of a frame, in pixels. */
export const FRAME_SIDE = { min: 64, max: 3840 } as const;
/** How many times as long as the other a side may be. */
const MAX_ASPECT = 4;

/** True for `WIDTHxHEIGHT` with even sides within the limits. */
function isFrameSize(text: string): boolean {
  const sides = text.split("x").map(Number);
  const [long = 0, short = 0] = sides.toSorted((a, b) => b - a);
  return (
    /^[1-9]\d{1,3}x[1-9]\d{1,3}$/.test(text) &&
    sides.every((side) => side % 2 === 0) &&
    short >= FRAME_SIDE.min &&
    long <= FRAME_SIDE.max &&
    long <= MAX_ASPECT * short
  );
}

export const frameFields = {
  video_size: z
    .string()
    .refine((text) => text === "" || isFrameSize(text), {
      error: `must be WIDTHxHEIGHT in pixels, such as 720x1280: both even, ${FRAME_SIDE.min} to ${FRAME_SIDE.max}, and at most ${MAX_ASPECT}:1`,
    })
    .nullish()
    .transform((size) => size || null)
    .meta({
      description:
        "Width and height in pixels, in place of `video_aspect`. A renderer that makes only smaller frames keeps the shape. Not in MoneyPrinterTurbo.",
      example: "720x1280",
    }),
  video_duration: z
    .number()
    .min(0.5)
    .max(7200)
    .nullish()
    .transform((seconds) => seconds ?? null)
    .meta({
      description:
        "Seconds that each video lasts. Clips are repeated to fill them. If the narration is longer, the video has its length; after a shorter one, there is silence. Not in MoneyPrinterTurbo.",
    }),
};
