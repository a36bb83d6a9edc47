import type { Warning } from "../../api/authored.ts";
import { CodedError, checkField } from "../../api/errors.ts";
import type { Collection } from "../../api/files.ts";
import type { VideoRequest } from "../../api/video-request.ts";
import { fontSubstitute, simpleFontName } from "../../captions/fonts/font-names.ts";
import { readConfig } from "../../config/config.ts";
import { type MediaFile, MediaLibrary } from "../../db/media-files.ts";
import { bundledFonts } from "../../library/bundled-fonts.ts";
import { nameInPath, normalizeFileName } from "../../library/file-names.ts";
import { checkInputUrl, isUrl } from "../../outbound/input-url.ts";
import { describeMissingGlyphs, loadCaptionSources } from "../../planning/load-caption-sources.ts";
import type { RemoteInput, TaskInput } from "../../protocol/task-input.ts";
import type { Input, TaskMedia } from "../../protocol/task-jobs.ts";
import type { InputBindings } from "../../storage/open-input.ts";
import { seededRandom } from "../../timeline/seeded-random.ts";

/** The files of a request, and which files stand for others. */
export interface ResolvedFiles {
  files: Omit<TaskInput, "origin" | "authoring" | "warnings">;
  replaced: Warning[];
}

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
): Promise<ResolvedFiles> {
  const library = new MediaLibrary(env.DB, owner);
  const remote = remoteInputs(env, request);
  const { custom_audio_file, subtitle_enabled, subtitle_file, word_timings } = request;
  const materials = await findMaterials(library, request);
  const narration = isUploaded(custom_audio_file)
    ? await findFile(library, custom_audio_file, "custom_audio_file", NARRATION_COLLECTIONS)
    : null;
  const subtitles = isUploaded(subtitle_file)
    ? await findFile(library, subtitle_file, "subtitle_file", ["subtitles"])
    : null;
  if (subtitles && /\.(?:json|lrc)$/i.test(subtitles.name)) {
    throw new CodedError("invalid_request", "subtitle_file: this file has the times of words: name it in word_timings");
  }
  const timings =
    typeof word_timings === "string" && isUploaded(word_timings)
      ? await findFile(library, word_timings, "word_timings", ["subtitles"])
      : null;
  const music = await chooseMusic(library, request, narration, taskId);
  const font =
    subtitle_enabled && request.font_name !== ""
      ? await findFont(env, library, request.font_name)
      : { font: null, replaced: [] };
  const files = {
    request,
    materials,
    narration: narration && asTaskMedia(narration),
    music: music.music,
    font: font.font,
    subtitles: subtitles && asInput(subtitles),
    timings: timings && asInput(timings),
    remote,
  };
  return { files, replaced: [...music.replaced, ...font.replaced] };
}

/**
 * Checks that the fonts have a glyph for every character of the subtitles. A linked subtitle file is checked
 * after it was fetched.
 *
 * @throws CodedError `invalid_request` listing the characters that would be drawn as empty boxes.
 */
export async function checkGlyphs(env: InputBindings, input: TaskInput): Promise<void> {
  if (input.remote?.some(({ place }) => place === "subtitles" || place === "timings")) return;
  const missing = describeMissingGlyphs(input, await loadCaptionSources(env, input));
  if (missing !== null) throw new CodedError("invalid_request", missing);
}

/** Whether a field names an uploaded file. */
const isUploaded = (value: string | null): value is string => value !== null && !isUrl(value);

async function findMaterials(library: MediaLibrary, { video_materials }: VideoRequest): Promise<TaskMedia[]> {
  const names = video_materials.flatMap(({ url }, index) => {
    const field = `video_materials[${index}].url`;
    return isUrl(url) ? [] : [{ name: checkField(field, () => normalizeFileName(nameInPath(url))), field }];
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
  const { custom_audio_file, bgm_file, subtitle_file, word_timings } = request;
  const given: { place: RemoteInput["place"]; field: string; url: string | null; position: number }[] = [
    ...request.video_materials.map(({ url }, position) => ({
      place: "material" as const,
      field: `video_materials[${position}].url`,
      url,
      position,
    })),
    { place: "narration", field: "custom_audio_file", url: custom_audio_file, position: 0 },
    { place: "music", field: "bgm_file", url: hasMusic(request) ? bgm_file : null, position: 0 },
    { place: "subtitles", field: "subtitle_file", url: request.subtitle_enabled ? subtitle_file : null, position: 0 },
    {
      place: "timings",
      field: "word_timings",
      url: request.subtitle_enabled && typeof word_timings === "string" ? word_timings : null,
      position: 0,
    },
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
  const name = checkField(field, () => normalizeFileName(nameInPath(given)));
  for (const collection of collections) {
    const file = (await library.find(collection, [name])).get(name);
    if (file) return file;
  }
  throw notUploaded(name, field, collections);
}

/** The names of the music that MoneyPrinterTurbo ships. */
const SHIPPED_MUSIC = /^output\d{3}\.mp3$/;

async function chooseMusic(
  library: MediaLibrary,
  request: VideoRequest,
  narration: MediaFile | null,
  taskId: string,
): Promise<{ music: TaskMedia | null; replaced: Warning[] }> {
  const { bgm_type, bgm_file } = request;
  const none = { music: null, replaced: [] };
  if (!hasMusic(request) || (bgm_file !== null && isUrl(bgm_file))) return none;
  const replaced: Warning[] = [];
  if (bgm_file !== null) {
    const name = checkField("bgm_file", () => normalizeFileName(nameInPath(bgm_file)));
    const file = (await library.find("musics", [name])).get(name);
    if (file) return { music: asTaskMedia(file), replaced };
    if (!SHIPPED_MUSIC.test(name)) throw notUploaded(name, "bgm_file", ["musics"]);
    const message = `bgm_file: ${name} of MoneyPrinterTurbo is not here: one of the uploaded musics plays instead, if there is one`;
    replaced.push({ code: "music_replaced", message });
  } else if (bgm_type !== "random") return none;
  const musics = (await library.list("musics")).filter(({ sha256 }) => sha256 !== narration?.sha256);
  const chosen = musics[Math.floor(seededRandom(`${taskId}/music`)() * musics.length)];
  return { music: chosen ? asTaskMedia(chosen) : null, replaced };
}

/** Whether the task plays music, if there is any: it makes videos, and the music can be heard. */
const hasMusic = ({ stop_at, bgm_volume }: VideoRequest) => stop_at === "video" && bgm_volume > 0;

/** Finds a font by the name of a file, or of a family. Null, with a warning, if the bundled fonts of a similar look stand for it. */
export async function findFont(
  env: InputBindings,
  library: MediaLibrary,
  given: string,
): Promise<{ font: Input | null; replaced: Warning[] }> {
  const bundled = await bundledFonts(env);
  const name = nameInPath(given);
  // A family's name, such as `Bebas Neue`, has no extension and cannot be the name of a file.
  const fileName = /\.[a-z]{3}$/i.test(name.trim()) ? checkField("font_name", () => normalizeFileName(name)) : null;
  const uploaded = fileName === null ? undefined : (await library.find("fonts", [fileName])).get(fileName);
  if (uploaded) return { font: asInput(uploaded), replaced: [] };
  const same = bundled.find((font) => simpleFontName(font.name) === simpleFontName(name));
  if (same) return { font: same, replaced: [] };
  const substitute = fontSubstitute(name);
  if (substitute) {
    const font = "font" in substitute ? (bundled.find((each) => each.name === substitute.font) ?? null) : null;
    const stand = "font" in substitute ? substitute.font : `the bundled ${substitute.look} fonts`;
    const message = `font_name: ${JSON.stringify(given)} is not here: ${stand} draw the subtitles instead`;
    return { font, replaced: [{ code: "font_replaced", message }] };
  }
  throw new CodedError(
    "invalid_request",
    `font_name: no font ${JSON.stringify(given)}: upload it to /api/v1/fonts, ` +
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
