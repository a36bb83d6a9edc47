import { z } from "zod";

/** Max timed words in a request. More come in a file. */
const MAX_WORDS = 5000;

const seconds = z.number({ error: "must be a number of seconds" }).min(0);

export const timedWordSchema = z
  .strictObject({ word: z.string().min(1).max(200), start: seconds, end: seconds })
  .refine(({ start, end }) => end >= start, { path: ["end"], error: "must not be before start" });
export type TimedWord = z.infer<typeof timedWordSchema>;

/** When the words of the narration are spoken: a list, or the name or URL of a file. */
export const wordTimings = z
  .union([z.string().min(1).max(2048), z.array(timedWordSchema).min(1).max(MAX_WORDS)])
  .nullish()
  .transform((timings) => timings ?? null)
  .meta({
    description:
      "When the words of the narration are spoken: a list of `{word, start, end}` in seconds, or the name of a file uploaded to `/api/v1/subtitles`, or its https URL. The file is such a list as JSON, the JSON of Whisper, ElevenLabs or Kokoro with word times, a VTT file with timestamps inside its cues, or an LRC file. The words are matched with `video_script`, which is shown. Without `video_script`, the words themselves are shown. Not in MoneyPrinterTurbo.",
  });
