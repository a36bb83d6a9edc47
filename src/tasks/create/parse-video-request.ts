import type { Warning } from "../../api/authored.ts";
import { CodedError } from "../../api/errors.ts";
import { musicGenerators } from "../../api/fields/sound.ts";
import { withPresetFields } from "../../api/subtitle-presets.ts";
import { type VideoRequest, videoRequestSchema } from "../../api/video-request.ts";
import { checkColours } from "../../captions/caption-style.ts";
import { isUrl } from "../../outbound/input-url.ts";
import { ignoredFields } from "../../requests/ignored-fields.ts";
import { readRequest } from "../../requests/read-request.ts";
import { languageTag } from "../../util/language-tag.ts";

/** A request for videos, and what the task does in another way than the request asks for. */
export interface ParsedVideoRequest {
  request: VideoRequest;
  warnings: Warning[];
}

/**
 * Reads the body of a request for videos. A named look of subtitles becomes the values of its fields.
 *
 * @param strict whether unknown fields are errors. If not, they are ignored, with warnings.
 * @throws CodedError `invalid_request` naming every wrong field.
 */
export function parseVideoRequest(body: unknown, strict = true): ParsedVideoRequest {
  if (typeof body !== "object" || body === null) {
    throw new CodedError("invalid_request", "the request must be a JSON object");
  }
  const { request: read, given, ignored } = readRequest(videoRequestSchema, withPresetFields(body), strict);
  checkColours(read);
  const warnings = [...ignoredFields(ignored), ...musicWarnings(read)];
  const request = withoutSearchedMaterials(withFit(read, given), warnings);
  return { request: { ...request, video_language: languageTag(request.video_language) }, warnings };
}

/** Moves the value of `video_fit_mode` to `video_fit`, which means the same. */
function withFit({ video_fit_mode, ...request }: VideoRequest, given: Record<string, unknown>): VideoRequest {
  if (video_fit_mode === undefined) return request;
  if (given.video_fit !== undefined && request.video_fit !== video_fit_mode) {
    throw new CodedError(
      "invalid_request",
      `video_fit_mode: is ${JSON.stringify(video_fit_mode)}, but video_fit, which means the same, is ${JSON.stringify(request.video_fit)}: send one of them`,
    );
  }
  return { ...request, video_fit: video_fit_mode };
}

/**
 * Removes the materials that MoneyPrinterTurbo ignores: if footage is searched, files of another provider than `local`.
 * The example body of its documentation has one.
 */
function withoutSearchedMaterials(request: VideoRequest, warnings: Warning[]): VideoRequest {
  const { video_source, video_materials } = request;
  if (video_source.length === 0 || video_source.includes("local")) return request;
  const kept = video_materials.filter(({ provider, url }) => provider === "local" || isUrl(url));
  if (kept.length === video_materials.length) return request;
  const names = video_materials.filter((material) => !kept.includes(material)).map(({ url }) => JSON.stringify(url));
  warnings.push({
    code: "materials_ignored",
    message: `video_materials: ${names.slice(0, 5).join(", ")} ignored, because their provider is not "local" and video_source does not include "local"`,
  });
  return { ...request, video_materials: kept };
}

/** Says why a video has no background music although the request asks for some. */
function musicWarnings(request: VideoRequest): Warning[] {
  const { bgm_type, bgm_file, bgm_volume, video_count } = request;
  if (bgm_volume === 0) return [];
  const generator = musicGenerators.find((name) => name === bgm_type);
  if (generator && bgm_file === null) {
    // The codes of MoneyPrinterTurbo, whose videos have no music either if the generator fails.
    return Array.from({ length: video_count }, (_, index) => ({
      code: `${generator}_bgm_failed`,
      message: `bgm_type: this service has no music generator ${JSON.stringify(generator)}, so the video has no background music: upload music to /api/v1/musics, and use "random" or "custom"`,
      video_index: index + 1,
    }));
  }
  if (bgm_type === "custom" && bgm_file === null) {
    return [{ code: "music_missing", message: 'bgm_type is "custom", but bgm_file is empty: the video has no music' }];
  }
  const field = (["video_music_prompt", "sonilo_bgm_prompt"] as const).find((name) => request[name] !== undefined);
  if (field === undefined) return [];
  return [{ code: "music_prompt_ignored", message: `${field}: this service has no music generator: no effect` }];
}
