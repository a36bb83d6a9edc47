import { captionPreviewRequestSchema } from "../../api/caption-preview.ts";
import { CodedError } from "../../api/errors.ts";
import { withPresetFields } from "../../api/subtitle-presets.ts";
import { type VideoRequest, videoRequestSchema } from "../../api/video-request.ts";
import { checkColours } from "../../captions/caption-style.ts";
import { MediaLibrary } from "../../db/media-files.ts";
import { renderedHash } from "../../planning/build-plan.ts";
import { previewJob } from "../../planning/caption-preview.ts";
import { describeMissingGlyphs, loadCaptionSources } from "../../planning/load-caption-sources.ts";
import type { RendererBindings } from "../../renderers/bindings.ts";
import { planForPreferred, renderersFor } from "../../renderers/choose-renderer.ts";
import { RenderError } from "../../renderers/renderer.ts";
import { readRequest } from "../../requests/read-request.ts";
import { type InputBindings, openInput } from "../../storage/open-input.ts";
import { languageTag } from "../../util/language-tag.ts";
import { log, messageOf } from "../../util/log.ts";
import { findFont } from "./resolve-files.ts";

/** How long a preview is kept in the data centre's cache, in seconds. */
const LIFETIME_SECONDS = 86_400;
/** Max milliseconds that a preview may take. */
const TIMEOUT_MS = 60_000;
/** Max previews that an isolate renders at a time, so that they do not hold up the rendering of videos. */
const MAX_RUNNING = 2;
let running = 0;

/**
 * Renders a short video of the first words of a script in the look that a request describes: as `POST /api/v1/videos`
 * draws its captions, with the same renderer. The same preview is rendered once and then comes from the cache of the data
 * centre (Cache API), which empties itself.
 *
 * @param body see captionPreviewRequestSchema.
 * @param count is called before a preview is rendered, and throws if the owner may render no more.
 * @returns an MP4 file.
 * @throws CodedError `invalid_request` naming the field; RenderError `renderer_unavailable`, `renderer_busy`.
 */
export async function previewCaptions(
  env: InputBindings & RendererBindings & { DB: D1Database },
  body: object,
  owner: string,
  strict: boolean,
  count: () => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>> {
  const request = parsePreviewRequest(body, strict);
  const font =
    request.font_name === "" ? null : (await findFont(env, new MediaLibrary(env.DB, owner), request.font_name)).font;
  const task = { request, font, subtitles: null, timings: null };
  const sources = await loadCaptionSources(env, task);
  const missing = describeMissingGlyphs(task, sources);
  if (missing !== null) throw new CodedError("invalid_request", missing);
  const renderer = await planForPreferred(await renderersFor(env, []), [], async (preferred) => preferred);
  const { job, inputs } = previewJob(task, sources, renderer);
  return cached(await renderedHash(renderer.kind, job, inputs), async () => {
    await count();
    let rendered: Uint8Array<ArrayBuffer> | null = null;
    await withinLimit(() =>
      renderer.render(job, inputs, {
        open: (input) => openInput(env, input),
        store: async (result) => {
          rendered = new Uint8Array(await new Response(result as BodyInit).arrayBuffer());
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    );
    if (rendered === null) throw new CodedError("internal_error", "the renderer stored no preview");
    return rendered;
  });
}

/** The values of all other fields of a request for videos. */
const OTHER_FIELDS: VideoRequest = videoRequestSchema.parse({ video_subject: "A preview", stop_at: "subtitle" });

/** @throws CodedError `invalid_request` naming every wrong field. */
function parsePreviewRequest(body: object, strict: boolean): VideoRequest {
  const { request } = readRequest(captionPreviewRequestSchema, withPresetFields(body), strict);
  checkColours(request);
  return { ...OTHER_FIELDS, ...request, video_language: languageTag(request.video_language) };
}

/** @throws RenderError `renderer_busy` if as many previews as allowed are being rendered; `renderer_unavailable` */
async function withinLimit(render: () => Promise<void>): Promise<void> {
  if (running >= MAX_RUNNING) throw new RenderError("renderer_busy", "other previews are being rendered; try again");
  running += 1;
  try {
    await render();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "TimeoutError") throw error;
    throw new RenderError("renderer_busy", `the preview took more than ${TIMEOUT_MS / 1000} s; try again`);
  } finally {
    running -= 1;
  }
}

/** The file that the cache has under a hash, or else the file that is made. If the cache fails, the file is made. */
async function cached(hash: string, make: () => Promise<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const key = `https://caption-previews.invalid/${hash}`;
  const failed = (error: unknown) => log("preview_cache_failed", { message: messageOf(error) });
  try {
    const known = await caches.default.match(key);
    if (known) return new Uint8Array(await known.arrayBuffer());
  } catch (error) {
    failed(error);
  }
  const made = await make();
  const headers = { "content-type": "video/mp4", "cache-control": `max-age=${LIFETIME_SECONDS}` };
  await caches.default.put(key, new Response(made, { headers })).catch(failed);
  return made;
}
