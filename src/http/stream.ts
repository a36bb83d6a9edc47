import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { outputNames, videoOfFile } from "../media/keys.ts";
import { serveFile } from "../media/serve.ts";
import { sha256Hex } from "../media/store.ts";
import { MadeFile } from "../media/stored-file.ts";
import { describeStream, pieceFile, pieceKey, type Rendition, timesOf } from "../stream/pieces.ts";
import { mediaPlaylist, multivariantPlaylist } from "../stream/playlist.ts";
import { PACKET_SAMPLES } from "../stream/timing.ts";
import type { AssembleWork } from "../tasks/jobs.ts";
import type { StreamState } from "../tasks/stream-state.ts";
import { SAMPLE_RATE } from "../timeline/plan.ts";
import { errorResponse } from "./envelope.ts";
import { answerFile, IMMUTABLE } from "./file-answer.ts";
import { TASK_ID } from "./media.ts";
import { jsonAnswer, refusals } from "./openapi.ts";
import { publicOrigin } from "./origin.ts";
import { type AppEnv, router } from "./router.ts";
import { answerMissing, unfinishedSchema } from "./unfinished.ts";

const MPEGURL = "application/vnd.apple.mpegurl";

const playlistRoute = createRoute({
  method: "get",
  path: "/api/v1/stream/{task_id}/final-{video}.m3u8",
  tags: ["Files"],
  summary: "Watch a video, also while it is being made",
  description:
    "An HLS playlist (RFC 8216bis) that grows while segments are rendered (EVENT) and is a seekable video once all are (VOD). " +
    "Its children lie below `/api/v1/stream/{task_id}/final-{video}/`.",
  request: {
    params: z.object({
      task_id: z.string().openapi({ param: { name: "task_id", in: "path" } }),
      video: z.string().openapi({ param: { name: "video", in: "path" }, example: "1" }),
    }),
  },
  responses: {
    200: { description: "The playlist.", content: { [MPEGURL]: { schema: z.string() } } },
    304: { description: "The copy that the caller has is current." },
    409: jsonAnswer(unfinishedSchema, "Nothing of it can be played yet."),
    ...refusals(404),
  },
});

/** Plans that this isolate has seen: they never change, and every piece needs one. */
const plans = new Map<string, AssembleWork>();
const MOST_PLANS = 200;

/** `/api/v1/stream/{task_id}/final-1.m3u8` and what it refers to. */
export function streamRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  const below = "/api/v1/stream/:task_id/:stream{final-[1-9][0-9]{0,3}}";
  routes.openAPIRegistry.registerPath(playlistRoute);

  routes.get("/api/v1/stream/:task_id/:stream{final-[1-9][0-9]{0,3}\\.m3u8}", (context) =>
    withPlayable(context, async (taskId, video, plan, task) => {
      const complete = task.ready >= plan.segments.length;
      const variant = await describeStream(context.env.MEDIA, taskId, plan, complete);
      const child = (rendition: Rendition) => `final-${video}/${rendition}.m3u8`;
      return variant && multivariantPlaylist(variant, { video: child("video"), audio: child("audio") });
    }),
  );

  routes.get(`${below}/:playlist{(?:video|audio)\\.m3u8}`, (context) =>
    withPlayable(context, async (_taskId, _video, plan, task) => {
      const rendition = context.req.param("playlist").startsWith("video") ? "video" : "audio";
      return rendition === "audio" && plan.soundtrack === null ? null : renditionPlaylist(plan, task.ready, rendition);
    }),
  );

  routes.get(`${below}/:rendition{video|audio}/:piece{init\\.mp4|[0-9]{1,6}\\.m4s}`, async (context) => {
    const { task_id, stream, rendition: given, piece: name } = context.req.param();
    const rendition = given === "video" ? "video" : "audio";
    const missing = () => errorResponse(404, `there is no ${context.req.path}`);
    const plan = TASK_ID.test(task_id) ? await planOf(context, task_id, videoOfFile(stream)) : null;
    const piece = name === "init.mp4" ? "init" : Number.parseInt(name, 10);
    const key = plan && pieceKey(plan, rendition, piece);
    if (!plan || key === null) return missing();
    const file = pieceFile(context.env.MEDIA, plan, rendition, piece);
    const how = { disposition: null, cacheControl: IMMUTABLE };
    return (await answerFile(context, task_id, key, file, how)) ?? missing();
  });

  return routes;
}

function renditionPlaylist(plan: AssembleWork, ready: number, rendition: Rendition): string {
  const times = timesOf(plan);
  return mediaPlaylist({
    targetDuration: Math.ceil(Math.max(...times.map(({ frames }) => frames / plan.frameRate))),
    durations: times
      .slice(0, ready)
      .map(({ frames, packets }) =>
        rendition === "video" ? frames / plan.frameRate : (packets * PACKET_SAMPLES) / SAMPLE_RATE,
      ),
    complete: ready >= plan.segments.length,
    init: `${rendition}/init.mp4`,
    piece: (index) => `${rendition}/${index}.m4s`,
  });
}

/** Answers with a playlist of a video that can be played, or says why there is none. */
async function withPlayable(
  context: Context<AppEnv>,
  write: (taskId: string, video: number, plan: AssembleWork, task: StreamState) => Promise<string | null>,
): Promise<Response> {
  const { task_id = "", stream = "" } = context.req.param() as Record<string, string>;
  if (!TASK_ID.test(task_id)) return errorResponse(404, `there is no task ${task_id}`);
  const video = videoOfFile(stream);
  const task = await context.env.TASKS.getByName(task_id).stream(video);
  const text =
    task?.plan && task.stage !== "failed" && task.ready > 0 ? await write(task_id, video, task.plan, task) : null;
  if (!task || text === null) {
    const origin = publicOrigin(context.req.url, context.env);
    return answerMissing(origin, task_id, video, outputNames.playlist(video), task);
  }
  const bytes = new TextEncoder().encode(text);
  const file = new MadeFile(MPEGURL, async () => ({
    bytes,
    etag: `"${(await sha256Hex(bytes)).slice(0, 32)}"`,
    lastModified: new Date(task.updatedAt),
  }));
  const { method, headers } = context.req.raw;
  const answer = await serveFile(file, { method, headers, disposition: null, cacheControl: "private, no-cache" });
  return answer ?? errorResponse(404, `there is no ${context.req.path}`);
}

async function planOf(context: Context<AppEnv>, taskId: string, video: number): Promise<AssembleWork | null> {
  const name = `${taskId}/${video}`;
  const known = plans.get(name);
  if (known) return known;
  const plan = (await context.env.TASKS.getByName(taskId).stream(video))?.plan ?? null;
  if (!plan) return null;
  const oldest = plans.keys().next();
  if (plans.size >= MOST_PLANS && !oldest.done) plans.delete(oldest.value);
  plans.set(name, plan);
  return plan;
}
