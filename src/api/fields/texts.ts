import { z } from "zod";

/** The fields of a request for videos that say what its script is, or how a language model writes it. */

/** Max characters of a subject. Some clients send a whole prompt as the subject. */
export const MAX_SUBJECT_LENGTH = 5_000;

/** Max characters of a language: a tag or a name, such as `zh-CN` or `Chinese (Simplified)`. */
export const MAX_LANGUAGE_LENGTH = 100;

export const textFields = {
  video_subject: z.string().max(MAX_SUBJECT_LENGTH).default("").meta({
    description:
      "What the video is about. It is stored with the task and written into the MP4 files as their title. If `video_script` is empty and a voice speaks, a language model writes the script from it.",
  }),
  video_script: z.string().max(20_000).default("").meta({
    description:
      "The text that is spoken and shown as subtitles. `[pause: 2s]` is a pause in the speech. Markdown, HTML and SSML are removed. If empty, a language model writes it from `video_subject`.",
  }),
  video_language: z.string().max(MAX_LANGUAGE_LENGTH).default("").meta({
    description:
      "BCP 47 tag of the language of `video_script`, used to find the ends of words and sentences: abbreviations, ordinals. Rarely needed.",
    example: "zh-CN",
  }),
  video_script_prompt: z.string().max(2_000).default("").meta({
    description: "More requirements for a script that a language model writes.",
  }),
  custom_system_prompt: z.string().max(8_000).default("").meta({
    description: "Replaces the instructions that the language model gets for a script.",
  }),
  paragraph_number: z.int().min(1).max(10).default(1).meta({
    description: "How many paragraphs a language model writes if `video_script` is empty.",
  }),
};
