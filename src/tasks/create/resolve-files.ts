import { CodedError, checkField } from "../../api/errors.ts";
import type { Collection } from "../../api/files.ts";
import type { VideoRequest } from "../../api/video-request.ts";
import { readConfig } from "../../config/config.ts";
import { type MediaFile, MediaLibrary } from "../../db/media-files.ts";
import { bundledFonts } from "../../library/bundled-fonts.ts";
import { normalizeFileName } from "../../library/file-names.ts";
import { checkInputUrl, isUrl } from "../../outbound/input-url.ts";
import { describeMissingGlyphs, loadCaptionSources } from "../../planning/load-caption-sources.ts";
import type { RemoteInput, TaskInput } from "../../protocol/task-input.ts";
import type { Input, TaskMedia } from "../../protocol/task-jobs.ts";
import type { InputBindings } from "../../storage/open-input.ts";
import { seededRandom } from "../../timeline/seeded-random.ts";

/** The collections that `custom_audio_file` may name a file of, in the order of the search. */
const NARRATION_COLLECTIONS = ["narrations", "musics"] as const;

/**
 * Finds the owner's uploaded files that a request names, and checks the URLs of linked files.
 *
 * @param taskId seeds the choice of a `random` music.
 * @throws CodedError `invalid_request` naming the field whose file does not exist.
 */
export async function resolveFiles(
  env: InputBindings & { DB: D1Database },
  request: VideoRequest,
  taskId: string,
  owner: string,
): Promise<Omit<TaskInput, "origin" | "authoring">> {
  const library = new MediaLibrary(env.DB, owner);
  const remote = remoteInputs(env, request);
  const { custom_audio_file, subtitle_enabled, subtitle_file } = request;
  const materials = await findMaterials(library, request);
  const narration = isUploaded(custom_audio_file)
    ? await findFile(library, custom_audio_file, "custom_audio_file", NARRATION_COLLECTIONS)
    : null;
  const subtitles = isUploaded(subtitle_file)
    ? await findFile(library, subtitle_file, "subtitle_file", ["subtitles"])
    : null;
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

/**
 * Checks that the fonts have a glyph for every character of the subtitles. A linked subtitle file is checked
 * after it was fetched.
 *
 * @throws CodedError `invalid_request` listing the characters that would be drawn as empty boxes.
 */
export async function checkGlyphs(env: InputBindings, input: TaskInput): Promise<void> {
  if (input.remote?.some(({ place }) => place === "subtitles")) return;
  const missing = describeMissingGlyphs(input, await loadCaptionSources(env, input));
  if (missing !== null) throw new CodedError("invalid_request", missing);
}

/** Whether a field names an uploaded file. */
const isUploaded = (value: string | null): value is string => value !== null && !isUrl(value);

async function findMaterials(library: MediaLibrary, { video_materials }: VideoRequest): Promise<TaskMedia[]> {
  const names = video_materials.flatMap(({ url }, index) => {
    const field = `video_materials[${index}].url`;
    return isUrl(url) ? [] : [{ name: checkField(field, () => normalizeFileName(url)), field }];
  });
  const found = await library.find(
    "video_materials",
    names.map(({ name }) => name),
  );
  return names.map(({ name, field }) => {
    const file = found.get(name);
    if (!file) throw notUploaded(name, field, ["video_materials"]);
    return asTaskMedia(file);
  });
}

/** The linked files that a request names. Their URLs are checked as far as possible without a DNS lookup. */
function remoteInputs(env: object, request: VideoRequest): RemoteInput[] {
  const { OUTBOUND_ALLOW } = readConfig(env);
  const { custom_audio_file, bgm_file, subtitle_file } = request;
  const given: { place: RemoteInput["place"]; field: string; url: string | null; position: number }[] = [
    ...request.video_materials.map(({ url }, position) => ({
      place: "material" as const,
      field: `video_materials[${position}].url`,
      url,
      position,
    })),
    { place: "narration", field: "custom_audio_file", url: custom_audio_file, position: 0 },
    { place: "music", field: "bgm_file", url: bgm_file, position: 0 },
    { place: "subtitles", field: "subtitle_file", url: request.subtitle_enabled ? subtitle_file : null, position: 0 },
  ];
  return given.flatMap(({ url, ...input }) => {
    if (url === null || !isUrl(url)) return [];
    checkField(input.field, () => checkInputUrl(url, OUTBOUND_ALLOW));
    if (request.dry_run) {
      throw new CodedError(
        "invalid_request",
        `${input.field}: a dry run takes uploaded files only: upload this file and name it`,
      );
    }
    return [{ ...input, url }];
  });
}

async function findFile(
  library: MediaLibrary,
  given: string,
  field: string,
  collections: readonly Collection[],
): Promise<MediaFile> {
  const name = checkField(field, () => normalizeFileName(given));
  for (const collection of collections) {
    const file = (await library.find(collection, [name])).get(name);
    if (file) return file;
  }
  throw notUploaded(name, field, collections);
}

async function chooseMusic(
  library: MediaLibrary,
  { bgm_type, bgm_file }: VideoRequest,
  narration: MediaFile | null,
  taskId: string,
): Promise<TaskMedia | null> {
  if (isUploaded(bgm_file)) return asTaskMedia(await findFile(library, bgm_file, "bgm_file", ["musics"]));
  if (bgm_file !== null || bgm_type !== "random") return null;
  const musics = (await library.list("musics")).filter(({ sha256 }) => sha256 !== narration?.sha256);
  const chosen = musics[Math.floor(seededRandom(`${taskId}/music`)() * musics.length)];
  return chosen ? asTaskMedia(chosen) : null;
}

async function findFont(env: InputBindings, library: MediaLibrary, given: string): Promise<Input> {
  const name = checkField("font_name", () => normalizeFileName(given));
  const uploaded = (await library.find("fonts", [name])).get(name);
  if (uploaded) return asInput(uploaded);
  const bundled = (await bundledFonts(env)).find((font) => font.name === name);
  if (bundled) return bundled;
  throw new CodedError(
    "invalid_request",
    `font_name: no font ${JSON.stringify(name)}: upload it to /api/v1/fonts, ` +
      "use one that GET /api/v1/fonts lists, or leave the field out for the bundled fonts",
  );
}

function notUploaded(name: string, field: string, collections: readonly Collection[]): CodedError {
  const paths = collections.map((collection) => `/api/v1/${collection}`).join(" or ");
  return new CodedError(
    "invalid_request",
    `${field}: no file named ${JSON.stringify(name)} was uploaded to ${paths}: upload it first`,
  );
}

function asTaskMedia(file: MediaFile): TaskMedia {
  const { probe } = file;
  if (probe.kind === "font" || probe.kind === "subtitles") throw new TypeError(`${file.name} is not a media file`);
  return { input: asInput(file), probe };
}

function asInput({ name, size, sha256, key }: MediaFile): Input {
  return { name, size, sha256, from: { store: "r2", key } };
}
