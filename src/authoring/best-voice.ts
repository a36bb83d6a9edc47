import { CodedError } from "../api/errors.ts";
import { Author, type AuthorBindings } from "./author.ts";

/**
 * The id of the voice that speaks a text best; null if no voice can.
 *
 * @param language BCP 47 tag; empty if unknown.
 */
export async function bestVoice(env: AuthorBindings, text: string, language = ""): Promise<string | null> {
  const author = new Author(env);
  try {
    if ((await author.abilities()).speech.length === 0) return null;
    const { voice } = await author.chooseVoice({ name: "", language, text, without: [] });
    return voice.id;
  } catch (error) {
    // A service without an author Worker, and a language that nobody speaks, must not stop a video of given files.
    if (error instanceof CodedError && ["author_unavailable", "voice_unavailable"].includes(error.code)) return null;
    throw error;
  }
}
