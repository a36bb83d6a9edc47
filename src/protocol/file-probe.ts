import { z } from "zod";
import { mediaProbeSchema } from "./render-job.ts";

/** What inspecting a file found: ffmpeg's description of media, or what a font or subtitle file holds. */
export const fileProbeSchema = z.discriminatedUnion("kind", [
  mediaProbeSchema,
  /** `family` is the name by which subtitles refer to the font. */
  z.strictObject({ kind: z.literal("font"), family: z.string() }),
  z.strictObject({ kind: z.literal("subtitles"), cues: z.number().int() }),
]);
export type FileProbe = z.infer<typeof fileProbeSchema>;
