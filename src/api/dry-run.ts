import { z } from "zod";
import { rendererKinds } from "./task-state.ts";
import { slideSides, transitionKinds } from "./video-request.ts";

const seconds = z.number().nonnegative();

/** What a request would be made of: the answer to `dry_run`. Times in seconds. */
export const dryRunSchema = z
  .object({
    dry_run: z.literal(true),
    renderer: z.enum(rendererKinds),
    width: z.int().meta({ description: "Pixels." }),
    height: z.int(),
    durations: z.array(seconds).meta({ description: "Seconds, of each video." }),
    videos: z.array(
      z.object({
        duration: seconds,
        shots: z
          .array(
            z.object({
              file: z.string().meta({ description: "The material shown.", example: "beach.mp4" }),
              start: seconds.meta({ description: "When it begins in the video." }),
              source_start: seconds.meta({ description: "Where in the material it begins." }),
              duration: seconds,
              transition: z
                .object({ kind: z.enum(transitionKinds), side: z.enum(slideSides).nullable(), duration: seconds })
                .nullable(),
            }),
          )
          .meta({ description: "In playback order, without gaps." }),
        segments: z
          .array(z.object({ start: seconds, duration: seconds }))
          .meta({ description: "The stretches that are rendered each alone." }),
      }),
    ),
    pixel_seconds: z.number().meta({
      description:
        "Width × height × seconds that have to be encoded: twice where subtitles are seen, since the clean picture is kept too.",
    }),
  })
  .meta({ id: "DryRun" });
export type DryRun = z.output<typeof dryRunSchema>;
