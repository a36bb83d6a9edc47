import type { VideoRequest } from "../api/video-request.ts";
import { readConfig } from "../config/config.ts";
import { type MediaFile, MediaLibrary } from "../db/media-files.ts";
import type { Env } from "../env.ts";
import { RequestError } from "../http/response/request-error.ts";
import { cleanFileName, FileNameError } from "../library/file-names.ts";
import type { Collection } from "../library/formats.ts";
import { checkInputUrl, isUrl } from "../outbound/input-url.ts";
import { OutboundUrlError } from "../outbound/url-rules.ts";
import { bundledFonts, describeMissingGlyphs, loadCaptionSources } from "../planning/caption-sources.ts";
import type { Input, TaskMedia } from "../protocol/task-jobs.ts";
import { seededRandom } from "../timeline/seeded-random.ts";
import type { RemoteInput, TaskInput } from "./object/task-store.ts";

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
  const remote = remoteInputs(env, request);
  const names = request.video_materials.flatMap(({ url }, index) =>
    isUrl(url) ? [] : [{ name: fileName(url, `video_materials[${index}].url`), index }],
  );
  const found = await library.find(
    "video_materials",
    names.map(({ name }) => name),
  );
  const materials = names.map(({ name, index }) => {
    const file = found.get(name);
    if (!file) throw notUploaded(name, `video_materials[${index}].url`, "video_materials");
    return asTaskMedia(file);
  });
  const { custom_audio_file, subtitle_enabled, subtitle_file } = request;
  const narration = isHere(custom_audio_file)
    ? await named(library, custom_audio_file, "custom_audio_file", NARRATIONS)
    : null;
  const subtitles = isHere(subtitle_file) ? await named(library, subtitle_file, "subtitle_file", ["subtitles"]) : null;
  return {
    request,
    materials,
    narration: narration && asTaskMedia(narration),
    music: await chooseMusic(library, request, narration, taskId),
    font: subtitle_enabled && request.font_name !== "" ? await findFont(env, library, request.font_name) : null,
    subtitles: subtitles && asInput(subtitles),
    remote,
  };
}

/** Whether a field names an uploaded file. */
const isHere = (given: string | null): given is string => given !== null && !isUrl(given);

/** The files elsewhere that a request names, by addresses that may be called as far as can be seen of them. */
function remoteInputs(env: Env, request: VideoRequest): RemoteInput[] {
  const { custom_audio_file, bgm_file, subtitle_file } = request;
  const given: [RemoteInput["place"], string, string | null, number][] = [
    ...request.video_materials.map(
      ({ url }, index) => ["material", `video_materials[${index}].url`, url, index] satisfies (typeof given)[number],
    ),
    ["narration", "custom_audio_file", custom_audio_file, 0],
    ["music", "bgm_file", bgm_file, 0],
    ["subtitles", "subtitle_file", request.subtitle_enabled ? subtitle_file : null, 0],
  ];
  return given.flatMap(([place, field, url, position]) => {
    if (url === null || !isUrl(url)) return [];
    checkAddress(env, url, field);
    if (request.dry_run) {
      throw new RequestError(400, `${field}: a dry run looks at uploaded files only: upload this one and name it`);
    }
    return [{ place, field, url, position }];
  });
}

function checkAddress(env: Env, url: string, field: string): void {
  try {
    checkInputUrl(url, readConfig(env).OUTBOUND_ALLOW);
  } catch (error) {
    if (error instanceof OutboundUrlError) throw new RequestError(400, `${field}: ${error.message}`);
    throw error;
  }
}

/**
 * Checks that the fonts of a task have every glyph of its subtitles. Those of a file elsewhere are
 * checked when it was fetched.
 *
 * @throws RequestError naming the characters that would come out as empty boxes.
 */
export async function checkCaptions(env: Env, input: TaskInput): Promise<void> {
  if (input.remote?.some(({ place }) => place === "subtitles")) return;
  const missing = describeMissingGlyphs(input, await loadCaptionSources(env, input));
  if (missing !== null) throw new RequestError(400, missing);
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
  if (isHere(bgm_file)) return asTaskMedia(await named(library, bgm_file, "bgm_file", ["musics"]));
  if (bgm_file !== null || bgm_type !== "random") return null;
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
