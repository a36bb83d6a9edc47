import { CodedError } from "../api/errors.ts";
import { Author, type AuthorBindings } from "../authoring/author.ts";
import { bestVoice } from "../authoring/best-voice.ts";
import { WORDS_PER_SECOND } from "../authoring/reading-time.ts";

/** Max characters of `video_subject`, and of a prompt that becomes instructions for a script. */
const MAX_SUBJECT = 500;
const MAX_INSTRUCTIONS = 1_800;

/** What a prompt is told with. */
export interface Telling {
  prompt: string;
  /** The length that the video should have; null if it is open. */
  seconds: number | null;
  /** Request fields that the client sets itself. They go before what the prompt becomes. */
  given: Readonly<Record<string, unknown>>;
}

/**
 * The fields of a request for videos that a prompt becomes. A language model writes a script about it, as long as the
 * video should be; on a service without a language model the prompt is the script. The best voice speaks it. If no voice
 * can, subtitles show it for as long as reading takes.
 *
 * @throws CodedError `invalid_request` if the prompt is too long for a language model.
 */
export async function promptFields(
  env: AuthorBindings,
  { prompt, seconds, given }: Telling,
): Promise<Record<string, unknown>> {
  const subject = prompt.length <= MAX_SUBJECT ? prompt : `${prompt.slice(0, MAX_SUBJECT - 1)}…`;
  const fields: Record<string, unknown> = { video_subject: subject };
  if (!("video_script" in given)) Object.assign(fields, await scriptFields(env, prompt, seconds));
  if (!("voice_name" in given) && !("custom_audio_file" in given)) {
    const text = typeof given.video_script === "string" ? given.video_script : prompt;
    fields.voice_name = (await bestVoice(env, text)) ?? "no-voice";
  }
  return fields;
}

async function scriptFields(
  env: AuthorBindings,
  prompt: string,
  seconds: number | null,
): Promise<Record<string, unknown>> {
  if (!(await hasModel(env))) return { video_script: prompt };
  if (prompt.length > MAX_INSTRUCTIONS) {
    throw new CodedError(
      "invalid_request",
      `prompt: has ${prompt.length} characters, the max is ${MAX_INSTRUCTIONS}; if it is the text to speak, send it as video_script`,
    );
  }
  const instructions = [
    ...(prompt.length > MAX_SUBJECT ? [prompt] : []),
    ...(seconds === null ? [] : [lengthOf(seconds)]),
  ];
  return { video_script: "", video_script_prompt: instructions.join("\n") };
}

function lengthOf(seconds: number): string {
  const words = Math.max(3, Math.round(seconds * WORDS_PER_SECOND));
  return `Speaking the whole script takes at most ${seconds} seconds: write at most ${words} words.`;
}

/** False also without an author Worker: the request is then refused with what it lacks. */
async function hasModel(env: AuthorBindings): Promise<boolean> {
  try {
    return (await new Author(env).abilities()).model !== null;
  } catch (error) {
    if (error instanceof CodedError && error.code === "author_unavailable") return false;
    throw error;
  }
}
