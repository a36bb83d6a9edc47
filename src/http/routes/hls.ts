import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { taskFilePrefixes } from "../../api/paths.ts";
import { canRetry } from "../../api/task-state.ts";
import { PACKET_SAMPLES } from "../../delivery/hls/media-segment-times.ts";
import {
  describeStream,
  mediaSegmentFile,
  mediaSegmentKey,
  type Rendition,
  timesOf,
} from "../../delivery/hls/media-segments.ts";
import { mediaPlaylist, multivariantPlaylist } from "../../delivery/hls/playlist.ts";
import { GeneratedFile } from "../../delivery/servable-file.ts";
import { serveFile } from "../../delivery/serve-file.ts";
import type { AssembleWork } from "../../protocol/task-jobs.ts";
import { outputNames, videoOfFile } from "../../storage/keys.ts";
import type { StreamState } from "../../tasks/stream-state.ts";
import { noTask } from "../../tasks/view/viewed-task.ts";
import { SAMPLE_RATE } from "../../timeline/plan-timeline.ts";
import { BoundedMap } from "../../util/bounded-map.ts";
import { sha256Hex } from "../../util/sha256.ts";
import type { AppEnv } from "../app-env.ts";
import { linksFor, nestedUrlQuery } from "../middleware/access.ts";
import { errorResponses, jsonResponse } from "../openapi-responses.ts";
import { requestedTask } from "../request/requested-task.ts";
import { TASK_ID } from "../request/task-path.ts";
import { missingFileResponse, unfinishedFileSchema, unknownPathResponse } from "../response/missing-file.ts";
import { IMMUTABLE_FILE, serveTaskFile } from "../response/serve-task-file.ts";
import { router } from "../router.ts";

const MPEGURL = "application/vnd.apple.mpegurl";

const STREAM = /^final-[1-9]\d{0,3}$/;
const PLAYLIST = /^final-[1-9]\d{0,3}\.m3u8$/;
const RENDITION = /^(video|audio)$/;
const RENDITION_PLAYLIST = /^(video|audio)\.m3u8$/;
/** The name of a plan in paths. Its number is `TaskRecord.generation`. */
const PLAN = /^plan-(0|[1-9]\d{0,5})$/;
const MEDIA_SEGMENT_FILE = /^(?:init\.mp4|\d{1,6}\.m4s)$/;

const inPath = (name: string, example: string) => z.string().openapi({ param: { name, in: "path" }, example });
const planOfStream = {
  task_id: inPath("task_id", "6c85c8cc-a77a-42b9-bc30-947815aa0558"),
  stream: inPath("stream", "final-1"),
  plan: inPath("plan", "plan-0"),
};

const playlistRoute = createRoute({
  method: "get",
  path: `${taskFilePrefixes.stream}/{task_id}/{stream}/{plan}/{playlist}`,
  tags: ["Files"],
  summary: "A media playlist of a video, also while the video is being rendered",
  description:
    "`video.m3u8` and `audio.m3u8` (HLS, RFC 8216bis). Take the URL from `/api/v1/stream/{task_id}/final-1.m3u8`. " +
    "The playlists grow while segments are rendered (EVENT) and are complete when all are rendered (VOD). If the task " +
    "is planned again for another renderer, the URLs of the replaced plan answer 404: load `final-1.m3u8` again.",
  request: { params: z.object({ ...planOfStream, playlist: inPath("playlist", "video.m3u8") }) },
  responses: {
    200: { description: "The playlist.", content: { [MPEGURL]: { schema: z.string() } } },
    304: { description: "The client's copy is current." },
    409: jsonResponse(unfinishedFileSchema, "No part of the video can be played yet."),
    ...errorResponses(404, 412, 416),
  },
});

const mediaSegmentRoute = createRoute({
  method: "get",
  path: `${taskFilePrefixes.stream}/{task_id}/{stream}/{plan}/{rendition}/{segment}`,
  tags: ["Files"],
  summary: "A media segment of a stream",
  description:
    "`init.mp4` and `0.m4s`, `1.m4s`, … of `video` and `audio` (CMAF). Take the URLs from the media playlists. The bytes " +
    "behind a URL never change; if the task is planned again, the new plan has its own URLs.",
  request: {
    params: z.object({ ...planOfStream, rendition: inPath("rendition", "video"), segment: inPath("segment", "0.m4s") }),
  },
  responses: {
    200: {
      description: "The media segment.",
      content: { "video/mp4": { schema: z.string().openapi({ format: "binary" }) } },
    },
    206: { description: "The requested range." },
    304: { description: "The client's copy is current." },
    ...errorResponses(404, 412, 416),
  },
});

/** Plans by task, video and generation. A plan never changes; a task that is planned again gets a new generation. */
const plans = new BoundedMap<AssembleWork>(200);

/** `/api/v1/stream/{task_id}/final-1.m3u8`, and the playlists and media segments that it refers to. */
export function hlsRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  for (const route of [playlistRoute, mediaSegmentRoute]) routes.openAPIRegistry.registerPath(route);

  // The OpenAPI document lists this path with the other files of a task, which the next handler serves.
  routes.get(`${taskFilePrefixes.stream}/:task_id/:file`, async (context, next) => {
    const { task_id, file } = context.req.param();
    if (!PLAYLIST.test(file)) return next();
    return servePlaylist(context, task_id, videoOfFile(file), async (video, plan, task) => {
      const variant = await describeStream(context.env.MEDIA, task_id, plan);
      const query = nestedUrlQuery(context);
      const child = (rendition: Rendition) => {
        const path = `final-${video}/plan-${task.generation}/${rendition}.m3u8`;
        return path + query(`${task_id}/${path}`);
      };
      return variant && multivariantPlaylist(variant, { video: child("video"), audio: child("audio") });
    });
  });

  routes.get(`${taskFilePrefixes.stream}/:task_id/:stream/:plan/:playlist`, async (context) => {
    const { task_id, stream, plan: planName, playlist } = context.req.param();
    const rendition = renditionOf(playlist, RENDITION_PLAYLIST);
    const generation = generationOf(planName);
    if (!STREAM.test(stream) || generation === null || !rendition) return unknownPathResponse(context.req.path);
    const query = nestedUrlQuery(context);
    const child = (path: string) => path + query(`${task_id}/${stream}/${planName}/${path}`);
    const write = async (_video: number, plan: AssembleWork, task: StreamState) =>
      rendition === "audio" && plan.soundtrack === null ? null : renditionPlaylist(plan, task.ready, rendition, child);
    return servePlaylist(context, task_id, videoOfFile(stream), write, generation);
  });

  routes.get(`${taskFilePrefixes.stream}/:task_id/:stream/:plan/:rendition/:segment`, async (context) => {
    const { task_id, stream, plan: planName, rendition: renditionName, segment: name } = context.req.param();
    const notFound = () => unknownPathResponse(context.req.path);
    const rendition = renditionOf(renditionName, RENDITION);
    const generation = generationOf(planName);
    if (!TASK_ID.test(task_id) || !STREAM.test(stream) || generation === null) return notFound();
    if (!rendition || !MEDIA_SEGMENT_FILE.test(name)) return notFound();
    const plan = await planOf(context, task_id, videoOfFile(stream), generation);
    const index = name === "init.mp4" ? "init" : Number.parseInt(name, 10);
    const key = plan && mediaSegmentKey(plan, rendition, index);
    if (!plan || key === null) return notFound();
    const file = mediaSegmentFile(context.env.MEDIA, plan, rendition, index);
    const options = { disposition: null, cacheControl: IMMUTABLE_FILE };
    return (await serveTaskFile(context, task_id, key, file, options)) ?? notFound();
  });

  return routes;
}

function renditionOf(text: string, pattern: RegExp): Rendition | null {
  const name = pattern.exec(text)?.[1];
  return name === "video" || name === "audio" ? name : null;
}

function generationOf(planName: string): number | null {
  const number = PLAN.exec(planName)?.[1];
  return number === undefined ? null : Number(number);
}

/**
 * The media playlist of a rendition.
 *
 * @param ready how many segments are rendered, from the start.
 * @param child turns a path relative to the playlist into a URL.
 */
function renditionPlaylist(
  plan: AssembleWork,
  ready: number,
  rendition: Rendition,
  child: (path: string) => string,
): string {
  const times = timesOf(plan);
  return mediaPlaylist({
    targetDuration: Math.ceil(Math.max(...times.map(({ frames }) => frames / plan.frameRate))),
    segments: times.slice(0, ready).map(({ frames, packets }, index) => ({
      duration: rendition === "video" ? frames / plan.frameRate : (packets * PACKET_SAMPLES) / SAMPLE_RATE,
      uri: child(`${rendition}/${index}.m4s`),
    })),
    complete: ready >= plan.segments.length,
    init: child(`${rendition}/init.mp4`),
  });
}

/**
 * Serves a playlist if the video can be played, else the response that says why not.
 *
 * @param write writes the playlist; null if the video has no such rendition.
 * @param generation the plan that the playlist is for; 404 if the task has another one by now. Default: any plan.
 */
async function servePlaylist(
  context: Context<AppEnv>,
  taskId: string,
  video: number,
  write: (video: number, plan: AssembleWork, task: StreamState) => Promise<string | null>,
  generation?: number,
): Promise<Response> {
  if (!TASK_ID.test(taskId)) throw noTask(taskId);
  const notFound = () => unknownPathResponse(context.req.path);
  const task = await requestedTask(context, taskId).stream(video);
  if (task && generation !== undefined && task.generation !== generation) return notFound();
  const text = task?.plan && !canRetry(task.stage) && task.ready > 0 ? await write(video, task.plan, task) : null;
  if (!task || text === null) {
    return missingFileResponse(linksFor(context), taskId, video, outputNames.playlist(video), task);
  }
  const bytes = new TextEncoder().encode(text);
  const file = new GeneratedFile(MPEGURL, async () => ({
    bytes,
    etag: `"${(await sha256Hex(bytes)).slice(0, 32)}"`,
    lastModified: new Date(task.updatedAt),
  }));
  const { method, headers } = context.req.raw;
  const response = await serveFile(file, { method, headers, disposition: null, cacheControl: "private, no-cache" });
  return response ?? notFound();
}

/** The plan of a video; null if the task has no such video, or has another plan by now. */
async function planOf(
  context: Context<AppEnv>,
  taskId: string,
  video: number,
  generation: number,
): Promise<AssembleWork | null> {
  const name = `${taskId}/${video}/${generation}`;
  const known = plans.get(name);
  if (known) return known;
  const task = await requestedTask(context, taskId).stream(video);
  if (!task?.plan || task.generation !== generation) return null;
  plans.set(name, task.plan);
  return task.plan;
}
