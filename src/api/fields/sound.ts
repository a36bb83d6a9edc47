import { z } from "zod";
import { fileName } from "./file-name.ts";
import { wordTimings } from "./word-timings.ts";

/** The fields of a request for videos that say what it sounds like. */

/** MoneyPrinterTurbo's paid music generators. This service does not have them, and such a video has no music. */
export const musicGenerators = ["sonilo", "elevenlabs"] as const;

/** Where background music comes from: `""` is no music. */
export type MusicType = "random" | "custom" | "" | (typeof musicGenerators)[number];

/** The prompt for a music generator; undefined if there is none. */
const musicPrompt = z
  .string()
  .max(2_000)
  .optional()
  .transform((prompt) => prompt?.trim() || undefined)
  .meta({
    description:
      "A prompt for a paid music generator of MoneyPrinterTurbo. This service has none: the prompt has no effect, and `warnings` says so.",
  });

export const soundFields = {
  custom_audio_file: fileName.meta({
    description:
      "The name of an uploaded narration or music, or an https URL, used as narration. The video gets its length.",
  }),
  word_timings: wordTimings,
  voice_name: z
    .string()
    .max(200)
    .nullish()
    .transform((name) => name ?? "")
    .meta({
      description:
        "The voice that speaks `video_script`, from `GET /api/v1/voices`, or a name as MoneyPrinterTurbo has them. If nobody has the voice, the nearest one by language and gender speaks, and `warnings` says so. `no-voice` is a silent narration of reading length. Empty: the best voice for the language if the request has no `video_materials`, otherwise no speech. No effect if `custom_audio_file` is set.",
    }),
  voice_volume: z.number().min(0).max(10).default(1).meta({
    description: "Volume of the narration relative to the rest of the mix, as a factor. The whole mix is at −14 LUFS.",
  }),
  voice_rate: z.number().min(0.25).max(4).default(1).meta({
    description: "Speed of the speech, as a factor. No effect if `custom_audio_file` is set.",
  }),
  bgm_type: z
    .enum(["random", "custom", "", "none", ...musicGenerators], {
      error: 'must be "random", "custom", "none" or ""',
    })
    .nullish()
    .transform((type): MusicType => (type === "none" ? "" : (type ?? "")))
    .default("random")
    .meta({
      description:
        'Background music: `random` takes one of the uploaded musics, if there are any; `custom` takes `bgm_file`; `""`, `none` and null are no music. `sonilo` and `elevenlabs` generate music in MoneyPrinterTurbo; here the video has no music then, and `warnings` says so.',
    }),
  bgm_file: fileName.meta({
    description: "The name of an uploaded music, or an https URL. It plays whatever `bgm_type` is.",
  }),
  bgm_volume: z.number().min(0).max(10).default(0.2).meta({
    description:
      "Volume of the music relative to the rest of the mix, as a factor. The music is looped, quieter under narration and faded out. 0 is no music.",
  }),
  video_music_prompt: musicPrompt,
  sonilo_bgm_prompt: musicPrompt,
  clip_volume: z.number().min(0).max(10).default(0).meta({
    description: "Volume of the clips' own sound in the mix, as a factor. Not in MoneyPrinterTurbo.",
  }),
};
