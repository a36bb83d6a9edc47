import { z } from "zod";
import { mediaProbeSchema } from "./render-job.ts";

/** What inspecting a file found: ffmpeg's description of media, or what a font or subtitle file holds. */
export const fileProbeSchema = z.discriminatedUnion("kind", [
  mediaProbeSchema,
  /** `family` is the name by which subtitles refer to the font. */
  z.strictObject({ kind: z.literal("font"), family: z.string() }),
  /** `encoding` is missing in descriptions that version 0.2.0 and older wrote. */
  z.strictObject({ kind: z.literal("subtitles"), cues: z.number().int(), encoding: z.string().optional() }),
]);
export type FileProbe = z.infer<typeof fileProbeSchema>;
