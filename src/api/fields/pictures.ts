import { z } from "zod";

/** The motion of still pictures: a slow zoom, or none. */
export const imageMotions = ["zoom", "static"] as const;
export type ImageMotion = (typeof imageMotions)[number];

/** The files of each video: with subtitles and sound, and without both. */
export const videoOutputs = ["final", "combined"] as const;
export type VideoOutput = (typeof videoOutputs)[number];

const OUTPUTS_FORM = 'must be "final", "combined", or a list of at least one of these';

/** One output or a list; null or no value for both. */
const outputs = z
  .union([z.enum(videoOutputs), z.array(z.enum(videoOutputs)).min(1).max(10)], { error: OUTPUTS_FORM })
  .nullish()
  .transform((given): VideoOutput[] => {
    const wanted = typeof given === "string" ? [given] : (given ?? videoOutputs);
    return videoOutputs.filter((output) => wanted.includes(output));
  });

/** Fields of a request that decide how clips move, and which files are made of them. */
export const pictureFields = {
  video_clip_speed: z.number().min(0.5).max(2).default(1).meta({
    description:
      "How fast clips play, as a factor: 2 shows a clip of 4 seconds within 2. Their own sound keeps its pitch. No effect on images.",
  }),
  image_motion: z.enum(imageMotions).default("zoom").meta({
    description: "`zoom` moves images slowly, in and out in turn; `static` does not move them.",
  }),
  outputs: outputs.meta({
    description:
      "Which files to make: `final` with sound and subtitles, `combined` without both, or a list of these. Without `combined`, a video with subtitles is encoded only once. Default: both. Not in MoneyPrinterTurbo.",
  }),
};
