import { CodedError } from "../../api/errors.ts";
import type { FootageSource } from "../../api/fields/footage.ts";
import type { VideoRequest } from "../../api/video-request.ts";
import { Author, type AuthorBindings } from "../../authoring/author.ts";
import type { AuthorAbilities } from "../../protocol/author.ts";
import type { Authoring } from "../../protocol/authoring.ts";

/** The names that ask for a silent narration, as in MoneyPrinterTurbo. */
const SILENT_VOICES = new Set(["no-voice", "none", "no voice", "novoice"]);

const NO_TIMINGS_OF_VOICE =
  "is for a narration that you have: set custom_audio_file to it, or leave word_timings out, because the voice that speaks the script gives its own times";

/**
 * Decides what has to be authored for a request: its script, search terms, speech and footage.
 *
 * @returns null if the request names everything that its task needs.
 * @throws CodedError `invalid_request` naming the field and the settings that would help, if something cannot be
 *   authored; `author_unavailable`.
 */
export async function decideAuthoring(env: AuthorBindings, request: VideoRequest): Promise<Authoring | null> {
  const { video_script, video_materials, voice_name, stop_at: stopAt } = request;
  const wantsFootage = stopAt === "materials" || stopAt === "video";
  const narration = narrationOf(request);
  if (narration === "voice" && request.word_timings !== null) throw invalid("word_timings", NO_TIMINGS_OF_VOICE);
  const named = request.video_source.filter((source): source is FootageSource => source !== "local");
  const searches = wantsFootage && (named.length > 0 || video_materials.length === 0);
  if (narration === "none" && !searches && stopAt === "video") return null;
  const noTerms = request.video_terms.length === 0;
  const writeScript = video_script.trim() === "" && (narration !== "none" || stopAt === "script");
  const writeTerms = noTerms && (searches || stopAt === "terms");
  if (narration !== "voice" && !searches && !writeScript && !writeTerms) {
    return { writeScript, writeTerms, narration, sources: [], stopAt };
  }
  const author = new Author(env);
  const abilities = await author.abilities();
  if (writeScript) requireModel(abilities, "video_script");
  const sources = searches ? sourcesOf(named, abilities) : [];
  if (writeTerms) requireModel(abilities, "video_terms");
  if (narration === "voice" && !["script", "terms"].includes(stopAt)) {
    if (abilities.speech.length === 0) throw invalid("voice_name", `no voice can speak: ${abilities.hints.speech}`);
    const text = video_script.trim() === "" ? request.video_subject : video_script;
    await checkVoice(author, { name: voice_name, language: request.video_language, text });
  }
  return { writeScript, writeTerms, narration, sources, stopAt };
}

/** How a request's narration is made; `none` if it names one, or wants none. */
function narrationOf({ custom_audio_file, voice_name, video_materials }: VideoRequest): Authoring["narration"] {
  if (custom_audio_file !== null) return "none";
  if (SILENT_VOICES.has(voice_name.trim().toLowerCase())) return "silence";
  return voice_name.trim() !== "" || video_materials.length === 0 ? "voice" : "none";
}

function requireModel({ model, hints }: AuthorAbilities, field: string): void {
  if (model === null) throw invalid(field, `is empty, and no language model can write it: ${hints.model}`);
}

/** The providers to search: those that the request names, or all that are configured. */
function sourcesOf(named: readonly FootageSource[], { footage, pictures, hints }: AuthorAbilities): FootageSource[] {
  for (const source of named) {
    if (source === "image" && pictures.length === 0) throw invalid("video_source", `"image": ${hints.pictures}`);
    if (source !== "image" && !footage.includes(source)) {
      throw invalid("video_source", `"${source}": ${hints.footage[source] ?? "is not configured"}`);
    }
  }
  if (named.length > 0) return [...named];
  const configured = (["pexels", "pixabay", "coverr"] as const).filter((source) => footage.includes(source));
  if (configured.length > 0) return configured;
  if (pictures.length > 0) return ["image"];
  const ways = Object.values(hints.footage).join(" ");
  throw invalid("video_materials", `is empty, and no footage provider is configured. ${ways}`);
}

/** @throws CodedError `invalid_request` if no voice can speak the text. */
async function checkVoice(author: Author, asked: { name: string; language: string; text: string }): Promise<void> {
  try {
    await author.chooseVoice({ ...asked, without: [] });
  } catch (error) {
    if (error instanceof CodedError && error.code === "voice_unavailable" && !error.retryable) {
      throw invalid("voice_name", error.message);
    }
    // A voice list that is away for a moment must not refuse the task: its job asks again.
    if (!(error instanceof CodedError)) throw error;
  }
}

const invalid = (field: string, message: string) => new CodedError("invalid_request", `${field}: ${message}`);
