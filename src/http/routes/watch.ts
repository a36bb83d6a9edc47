import type { OpenAPIHono } from "@hono/zod-openapi";
import { html } from "hono/html";
import type { AppEnv } from "../app-env.ts";
import { nestedUrlQuery, linksFor } from "../middleware/access.ts";
import { frameAncestors, pageHeaders } from "../middleware/response-headers.ts";
import { errorResponse } from "../response/envelope.ts";
import { router } from "../router.ts";
import { requestedTask } from "../request/requested-task.ts";
import { TASK_ID } from "./task-files.ts";

/**
 * Scripts of this origin only. Players hold what they play in blobs, and media-chrome writes its
 * looks into its elements as style sheets, which is what `unsafe-inline` is for: styles, never scripts.
 */
const POLICY = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "worker-src": ["'self'"],
  "style-src": ["'self'", "'unsafe-inline'"],
  "img-src": ["'self'", "data:"],
  "media-src": ["'self'", "blob:"],
  "connect-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
};

/** `/watch/{task_id}`: a page that plays a task's videos, from when their first seconds are there. */
export function watchRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.get("/watch/:task_id", async (context) => {
    const { task_id } = context.req.param();
    if (!TASK_ID.test(task_id)) return errorResponse(404, `there is no ${context.req.path}`);
    const policy = pageHeaders({ ...POLICY, "frame-ancestors": frameAncestors(context.env) });
    const task = await requestedTask(context, task_id).get();
    // Signed for who may see the task, and nobody else: the link would open it.
    const link = task ? linksFor(context).query(task_id) : nestedUrlQuery(context)(task_id);
    return context.html(page(task_id, link), task ? 200 : 404, { ...policy, "cache-control": "no-cache" });
  });
  return routes;
}

/** @param link what the page's own calls need in their query. */
const page = (taskId: string, link: string) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Edgereel</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/player/player.css" />
    <script src="/vendor/hls/hls.min.js" defer></script>
    <script src="/vendor/media-chrome/media-chrome.js" defer></script>
    <script src="/player/player.js" type="module"></script>
  </head>
  <body data-task="${taskId}" data-link="${link}">
    <main>
      <media-controller id="player">
        <video id="video" slot="media" playsinline preload="metadata"></video>
        <media-loading-indicator slot="centered-chrome" noautohide></media-loading-indicator>
        <media-control-bar>
          <media-play-button></media-play-button>
          <media-mute-button></media-mute-button>
          <media-time-range></media-time-range>
          <media-time-display showduration></media-time-display>
          <media-captions-button></media-captions-button>
          <media-playback-rate-button></media-playback-rate-button>
          <media-fullscreen-button></media-fullscreen-button>
        </media-control-bar>
      </media-controller>
      <div id="rendering" role="status">
        <progress id="progress" max="100" value="0" aria-label="Progress of rendering"></progress>
        <p id="message">Looking for the video …</p>
      </div>
      <nav id="videos" aria-label="Videos of this task"></nav>
    </main>
  </body>
</html>`;
