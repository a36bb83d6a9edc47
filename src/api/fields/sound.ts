import { z } from "zod";
import { fileName } from "./file-name.ts";

/** The fields of a request for videos that say what it sounds like. */

export const soundFields = {
  custom_audio_file: fileName.meta({
    description:
      "The name of an uploaded narration or music, or an https URL, used as narration. The video gets its length.",
  }),
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
    .enum(["random", "custom", ""], { error: 'must be "random", "custom" or ""' })
    .nullish()
    .transform((type) => type ?? "")
    .default("random")
    .meta({
      description:
        'Background music: `random` takes one of the uploaded musics, if there are any; `custom` takes `bgm_file`; `""` is no music.',
    }),
  bgm_file: fileName.meta({
    description: "The name of an uploaded music, or an https URL. It plays whatever `bgm_type` is.",
  }),
  bgm_volume: z.number().min(0).max(10).default(0.2).meta({
    description:
      "Volume of the music relative to the rest of the mix, as a factor. The music is looped, quieter under narration and faded out.",
  }),
  clip_volume: z.number().min(0).max(10).default(0).meta({
    description: "Volume of the clips' own sound in the mix, as a factor. Not in MoneyPrinterTurbo.",
  }),
};
