import { z } from "zod";
import { warningSchema } from "./authored.ts";
import { rendererKinds } from "./task-state.ts";
import { slideSides, transitionKinds } from "./video-request.ts";

const seconds = z.number().nonnegative();

/** The response to a request with `dry_run`: the plan of its videos. Times and durations are in seconds. */
export const dryRunSchema = z
  .object({
    dry_run: z.literal(true),
    renderer: z.enum(rendererKinds),
    width: z.int().meta({ description: "Pixels." }),
    height: z.int(),
    durations: z.array(seconds).meta({ description: "Length of each video in seconds." }),
    videos: z.array(
      z.object({
        duration: seconds,
        shots: z
          .array(
            z.object({
              file: z.string().meta({ description: "Name of the material.", example: "beach.mp4" }),
              start: seconds.meta({ description: "Start time in the video." }),
              source_start: seconds.meta({ description: "Start time in the material." }),
              duration: seconds,
              transition: z
                .object({ kind: z.enum(transitionKinds), side: z.enum(slideSides).nullable(), duration: seconds })
                .nullable(),
            }),
          )
          .meta({ description: "What is shown, in playback order and without gaps." }),
        segments: z
          .array(z.object({ start: seconds, duration: seconds }))
          .meta({ description: "The parts of the video that are rendered separately." }),
      }),
    ),
    pixel_seconds: z.number().meta({
      description:
        "Width × height × seconds of everything that has to be encoded. Parts with subtitles count twice if `outputs` has " +
        "both files, because the clean picture of `combined-N.mp4` is encoded too.",
    }),
    warnings: z
      .array(warningSchema)
      .meta({ description: "What a task would do in another way than requested, for example with another font." }),
  })
  .meta({ id: "DryRun" });
export type DryRun = z.output<typeof dryRunSchema>;
