import type { Env } from "../env.ts";
import type { Collection } from "../media/formats.ts";
import { type MediaFile, MediaLibrary } from "../media/library.ts";
import { cleanFileName, FileNameError } from "../media/names.ts";
import { bundledFonts, loadCaptionSources } from "../render/caption-sources.ts";
import type { Input, TaskMedia } from "../tasks/jobs.ts";
import type { TaskInput } from "../tasks/task-store.ts";
import { charactersWithoutGlyph } from "../timeline/caption-fonts.ts";
import { seededRandom } from "../timeline/random.ts";
import type { VideoRequest } from "../timeline/request.ts";
import { RequestError } from "./errors.ts";

/**
 * Finds the owner's files that a request names, as they are now.
 *
 * @param taskId decides which music `random` is.
 * @throws RequestError naming the field of a file that is not there.
 */
export async function resolveFiles(
  env: Env,
  request: VideoRequest,
  taskId: string,
  owner: string,
): Promise<Omit<TaskInput, "origin">> {
  const library = new MediaLibrary(env.DB, owner);
  const names = request.video_materials.map((material, index) =>
    fileName(material.url, `video_materials[${index}].url`),
  );
  const found = await library.find("video_materials", names);
  const materials = names.map((name, index) => {
    const file = found.get(name);
    if (!file) throw notUploaded(name, `video_materials[${index}].url`, "video_materials");
    return asTaskMedia(file);
  });
  const { custom_audio_file, subtitle_enabled, subtitle_file } = request;
  const narration =
    custom_audio_file === null ? null : await named(library, custom_audio_file, "custom_audio_file", NARRATIONS);
  const subtitles = subtitle_file === null ? null : await named(library, subtitle_file, "subtitle_file", ["subtitles"]);
  return {
    request,
    materials,
    narration: narration && asTaskMedia(narration),
    music: await chooseMusic(library, request, narration, taskId),
    font: subtitle_enabled && request.font_name !== "" ? await findFont(env, library, request.font_name) : null,
    subtitles: subtitles && asInput(subtitles),
  };
}

/**
 * Checks that the fonts of a task have every glyph of its subtitles.
 *
 * @throws RequestError naming the characters that would come out as empty boxes.
 */
export async function checkCaptions(env: Env, input: TaskInput): Promise<void> {
  const { text, fonts } = await loadCaptionSources(env, input);
  const missing = charactersWithoutGlyph(
    text,
    fonts.map(({ font }) => font),
  );
  if (missing.length === 0) return;
  const field = input.subtitles ? "subtitle_file" : "video_script";
  const font = input.font ? `the font ${input.font.name} has` : "the bundled fonts have";
  const remedy = input.font ? "choose another font_name" : "upload a font that has and name it in font_name";
  throw new RequestError(
    400,
    `${field}: ${font} no glyph for ${missing.map((character) => JSON.stringify(character)).join(", ")}; ` +
      `${remedy}, change the text, or set subtitle_enabled to false`,
  );
}

/** Speech has a shelf of its own, so that `bgm_type: "random"` does not take it for music; both are looked through. */
const NARRATIONS = ["narrations", "musics"] as const;

async function named(
  library: MediaLibrary,
  given: string,
  field: string,
  shelves: readonly Collection[],
): Promise<MediaFile> {
  const name = fileName(given, field);
  for (const shelf of shelves) {
    const file = (await library.find(shelf, [name])).get(name);
    if (file) return file;
  }
  throw notUploaded(name, field, shelves.join(" or /api/v1/"));
}

async function chooseMusic(
  library: MediaLibrary,
  { bgm_type, bgm_file }: VideoRequest,
  narration: MediaFile | null,
  taskId: string,
): Promise<TaskMedia | null> {
  if (bgm_file !== null) return asTaskMedia(await named(library, bgm_file, "bgm_file", ["musics"]));
  if (bgm_type !== "random") return null;
  const musics = (await library.list("musics")).filter(({ sha256 }) => sha256 !== narration?.sha256);
  const chosen = musics[Math.floor(seededRandom(`${taskId}/music`)() * musics.length)];
  return chosen ? asTaskMedia(chosen) : null;
}

async function findFont(env: Env, library: MediaLibrary, given: string): Promise<Input> {
  const name = fileName(given, "font_name");
  const uploaded = (await library.find("fonts", [name])).get(name);
  if (uploaded) return asInput(uploaded);
  const bundled = (await bundledFonts(env)).find((font) => font.name === name);
  if (bundled) return bundled;
  throw new RequestError(
    400,
    `font_name: there is no font ${JSON.stringify(name)}: upload it to /api/v1/fonts, ` +
      "take one that GET /api/v1/fonts lists, or leave it out for the bundled ones",
  );
}

function fileName(given: string, field: string): string {
  try {
    return cleanFileName(given);
  } catch (error) {
    if (error instanceof FileNameError) throw new RequestError(400, `${field}: ${error.message}`);
    throw error;
  }
}

function notUploaded(name: string, field: string, shelf: string): RequestError {
  return new RequestError(400, `${field}: no file named ${JSON.stringify(name)} was uploaded to /api/v1/${shelf}`);
}

function asTaskMedia(file: MediaFile): TaskMedia {
  const { probe } = file;
  if (probe.kind === "font" || probe.kind === "subtitles") throw new TypeError(`${file.name} is no media file`);
  return { input: asInput(file), probe };
}

function asInput({ name, size, sha256, key }: MediaFile): Input {
  return { name, size, sha256, from: { store: "r2", key } };
}
