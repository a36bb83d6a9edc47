import { z } from "zod";
import type { CaptionTiming } from "../api/task.ts";
import { charactersWithoutGlyph, EMOJI_FONT, fontOrder, undrawableCharacters } from "../captions/fonts/choose-fonts.ts";
import { lookOfFont } from "../captions/fonts/font-names.ts";
import { readFont } from "../captions/fonts/read-font-file.ts";
import { readSubtitleFile, type TimedText } from "../captions/read-subtitle-file.ts";
import { textOfWords } from "../captions/timing/heard-sentences.ts";
import { readWordTimings, timedWords } from "../captions/word-timings/read-word-timings.ts";
import { bundledFonts } from "../library/bundled-fonts.ts";
import type { SpokenWord } from "../protocol/author.ts";
import type { TimedSentence } from "../protocol/authoring.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import type { Input } from "../protocol/task-jobs.ts";
import { type InputBindings, openInput, readAsset } from "../storage/open-input.ts";
import type { EntityNames } from "../text/decode-entities.ts";
import { removeMarkup } from "../text/remove-markup.ts";
import type { LoadedFont } from "./drawn-captions.ts";

/** The text and fonts of a task's subtitles. */
export interface CaptionSources {
  /** The text without its times. Empty if the task has no subtitles. */
  text: string;
  /** The content of the subtitle file; null if the script is shown. */
  timed: TimedText[] | null;
  /** The times of words that the request gives; null if it gives none, or there is a subtitle file. */
  words: SpokenWord[] | null;
  /**
   * Fonts in order of preference: the requested font, and as many bundled fonts as it takes to have a glyph for every
   * character. With an uploaded font, this is at most the bundled emoji font.
   */
  fonts: LoadedFont[];
}

/** Max characters without a glyph that an error message lists. */
const MAX_LISTED_CHARACTERS = 10;
/** What subtitles are planned from. */
export interface CaptionMaterials extends Pick<CaptionSources, "fonts" | "timed"> {
  /** The spoken sentences of the script with their times; null if nothing was spoken. */
  sentences?: readonly TimedSentence[] | null;
  /** Where the times come from. */
  timing: CaptionTiming;
}

/** Cache of parsed bundled fonts, by name. They cannot change while this Worker runs, and are small without outlines. */
const bundledFontCache = new Map<string, LoadedFont>();

const entityNamesSchema = z.object({ names: z.record(z.string(), z.string()), legacy: z.array(z.string()) });
let entityNameCache: EntityNames | null = null;

/**
 * Loads the text and fonts of a task's subtitles.
 *
 * @throws InputMissingError, FontError, SubtitleFileError
 */
export async function loadCaptionSources(
  env: InputBindings,
  task: Pick<TaskInput, "request" | "font" | "subtitles" | "timings">,
): Promise<CaptionSources> {
  const { request, font, subtitles } = task;
  if (!request.subtitle_enabled) return { text: "", timed: null, words: null, fonts: [] };
  const timed = subtitles ? await readSubtitles(env, subtitles) : null;
  const words = timed ? null : await requestedWords(env, task);
  const script = removeMarkup(request.video_script);
  const spoken = words && script.trim() === "" ? textOfWords(words) : script;
  const text = timed ? timed.map((cue) => cue.text).join("\n") : spoken;
  if (text.trim() === "") return { text: "", timed, words, fonts: [] };
  const fonts = font ? [await loadFont(env, font)] : [];
  const missing = () =>
    charactersWithoutGlyph(
      text,
      fonts.map((loaded) => loaded.font),
    );
  if (missing().length === 0) return { text, timed, words, fonts };
  const inputs = await bundledFonts(env);
  for (const name of isUploaded(font) ? [EMOJI_FONT] : fontOrder(text, lookOfFont(request.font_name))) {
    const characters = missing();
    if (characters.length === 0) break;
    const input = inputs.find((candidate) => candidate.name === name);
    if (!input) continue;
    const loaded = await loadBundledFont(env, input);
    const helps = characters.some((character) => charactersWithoutGlyph(character, [loaded.font]).length === 0);
    if (helps) fonts.push(loaded);
  }
  return { text, timed, words, fonts };
}

/**
 * Lists the characters of a task's subtitles for which no font has a glyph, so that they would be drawn as empty boxes.
 * The message names the request field and says what to do; null if every character has a glyph.
 */
export function describeMissingGlyphs(
  { request, font, subtitles }: Pick<TaskInput, "request" | "font" | "subtitles">,
  { text, fonts }: CaptionSources,
): string | null {
  const missing = undrawableCharacters(
    text,
    fonts.map((loaded) => loaded.font),
  );
  if (missing.length === 0) return null;
  const script = request.video_script.trim() === "" ? "word_timings" : "video_script";
  const field = subtitles ? "subtitle_file" : script;
  const listed = missing.slice(0, MAX_LISTED_CHARACTERS).map((character) => JSON.stringify(character));
  const which = isUploaded(font) ? `the font ${font.name} has` : "the bundled fonts have";
  const remedy = isUploaded(font) ? "choose another font_name" : "upload a font that has them and set font_name";
  return (
    `${field}: ${which} no glyph for ${listed.join(", ")}; ` +
    `${remedy}, change the text, or set subtitle_enabled to false`
  );
}

/** Whether a font is a user's own. Its letters are not mixed with those of other fonts. */
const isUploaded = (font: Input | null): font is Input => font?.from.store === "r2";

/** The times of words that a request gives, in itself or in a stored file. */
async function requestedWords(
  env: InputBindings,
  { request, timings }: Pick<TaskInput, "request" | "timings">,
): Promise<SpokenWord[] | null> {
  if (timings) return readWordTimings(await new Response(await openInput(env, timings)).bytes()).words;
  const listed = request.word_timings;
  if (!Array.isArray(listed)) return null;
  return timedWords(
    listed.map(({ word, start, end }, index) => ({ text: word, start, end, where: `word_timings[${index}]` })),
  );
}

/** Reads a stored subtitle file. The extension of its name decides how it is parsed. */
async function readSubtitles(env: InputBindings, input: Input): Promise<TimedText[]> {
  const bytes = await new Response(await openInput(env, input)).bytes();
  const type = input.name.toLowerCase().endsWith(".vtt") ? "vtt" : "srt";
  return readSubtitleFile(bytes, type, await entityNames(env)).subtitles;
}

/** The names of characters in HTML. scripts/assets.ts writes them. They are too many for the Worker's code. */
async function entityNames(env: InputBindings): Promise<EntityNames> {
  entityNameCache ??= entityNamesSchema.parse(
    await new Response(await readAsset(env, "/vendor/html/entities.json")).json(),
  );
  return entityNameCache;
}

async function loadBundledFont(env: InputBindings, input: Input): Promise<LoadedFont> {
  const known = bundledFontCache.get(input.name);
  if (known) return known;
  const loaded = await loadFont(env, input);
  // Cache the value, not the promise: on Workers, one request must not wait for the I/O of another.
  bundledFontCache.set(input.name, loaded);
  return loaded;
}

async function loadFont(env: InputBindings, input: Input): Promise<LoadedFont> {
  return { input, font: readFont(await new Response(await openInput(env, input)).bytes()) };
}
