import { charactersWithoutGlyph, fontOrder } from "../captions/choose-fonts.ts";
import { type Font, readFont } from "../captions/read-font-file.ts";
import { readSubtitleFile, type TimedText } from "../captions/read-subtitle-file.ts";
import { bundledFonts } from "../library/bundled-fonts.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import type { Input } from "../protocol/task-jobs.ts";
import { type InputBindings, openInput } from "../storage/open-input.ts";

/** A font and where its file is. */
export interface LoadedFont {
  font: Font;
  input: Input;
}

/** Everything that a task's subtitles are made from. */
export interface CaptionSources {
  /** The text to be shown, without its times. Empty where there are no subtitles. */
  text: string;
  /** A subtitle file's content, or null where the script is shown. */
  timed: TimedText[] | null;
  /** In order of preference: the one asked for alone, or bundled ones until every glyph is there. */
  fonts: LoadedFont[];
}

/** Parsed bundled fonts, by name; they do not change while this Worker runs, and are small without their outlines. */
const bundled = new Map<string, LoadedFont>();

/**
 * Loads what a task's subtitles are made from.
 *
 * @throws InputMissingError, FontError, SubtitleFileError
 */
export async function loadCaptionSources(
  env: InputBindings,
  task: Pick<TaskInput, "request" | "font" | "subtitles">,
): Promise<CaptionSources> {
  const { request, font, subtitles } = task;
  if (!request.subtitle_enabled) return { text: "", timed: null, fonts: [] };
  const timed = subtitles ? await readSubtitles(env, subtitles) : null;
  const text = timed ? timed.map((cue) => cue.text).join("\n") : request.video_script;
  if (text.trim() === "") return { text: "", timed, fonts: [] };
  if (font) return { text, timed, fonts: [await load(env, font)] };
  const inputs = await bundledFonts(env);
  const fonts: LoadedFont[] = [];
  for (const name of fontOrder(text)) {
    const missing = charactersWithoutGlyph(
      text,
      fonts.map((loaded) => loaded.font),
    );
    if (missing.length === 0) break;
    const input = inputs.find((candidate) => candidate.name === name);
    if (!input) continue;
    const loaded = await loadBundled(env, input);
    const helps = missing.some((character) => charactersWithoutGlyph(character, [loaded.font]).length === 0);
    if (helps) fonts.push(loaded);
  }
  return { text, timed, fonts };
}

/**
 * Which characters of a task's subtitles would come out as empty boxes, and what to do about it, naming
 * the field; null where there are none.
 */
export function describeMissingGlyphs(
  { font, subtitles }: Pick<TaskInput, "font" | "subtitles">,
  { text, fonts }: CaptionSources,
): string | null {
  const missing = charactersWithoutGlyph(
    text,
    fonts.map((loaded) => loaded.font),
  );
  if (missing.length === 0) return null;
  const field = subtitles ? "subtitle_file" : "video_script";
  const which = font ? `the font ${font.name} has` : "the bundled fonts have";
  const remedy = font ? "choose another font_name" : "upload a font that has and name it in font_name";
  return (
    `${field}: ${which} no glyph for ${missing.map((character) => JSON.stringify(character)).join(", ")}; ` +
    `${remedy}, change the text, or set subtitle_enabled to false`
  );
}

/** Reads an uploaded subtitle file; its type is its name's. */
async function readSubtitles(env: InputBindings, input: Input): Promise<TimedText[]> {
  const bytes = await new Response(await openInput(env, input)).bytes();
  return readSubtitleFile(bytes, input.name.toLowerCase().endsWith(".vtt") ? "vtt" : "srt");
}

async function loadBundled(env: InputBindings, input: Input): Promise<LoadedFont> {
  const known = bundled.get(input.name);
  if (known) return known;
  const loaded = await load(env, input);
  // The value and not the promise: one request must not wait for another's I/O.
  bundled.set(input.name, loaded);
  return loaded;
}

async function load(env: InputBindings, input: Input): Promise<LoadedFont> {
  return { input, font: readFont(await new Response(await openInput(env, input)).bytes()) };
}
