import { z } from "zod";
import { frameFields } from "./fields/frame.ts";
import { subtitleFields } from "./fields/subtitles.ts";
import { textFields } from "./fields/texts.ts";
import { aspects } from "./video-request.ts";

/** Max characters of the text of a preview: more than can be said in it. */
const MAX_PREVIEW_TEXT = 200;

const { subtitle_enabled: _, subtitle_file: __, ...lookFields } = subtitleFields;

/** The body of `POST /api/v1/caption-previews`: the fields of `POST /api/v1/videos` that decide how captions look. */
export const captionPreviewRequestSchema = z
  .strictObject({
    video_script: z
      .string()
      .max(MAX_PREVIEW_TEXT)
      .refine((text) => text.trim() !== "", { error: "must have the text to show" })
      .meta({
        description: "The first words of the script. The preview shows as many of them as are said in its time.",
        example: "Cats purr when they are happy.",
      }),
    video_language: textFields.video_language,
    video_aspect: z.enum(aspects).default("9:16"),
    video_size: frameFields.video_size,
    ...lookFields,
  })
  .meta({ id: "CaptionPreviewRequest" });
export type CaptionPreviewRequest = z.output<typeof captionPreviewRequestSchema>;
