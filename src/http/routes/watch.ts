import type { OpenAPIHono } from "@hono/zod-openapi";
import { html } from "hono/html";
import type { AppEnv } from "../app-env.ts";
import { linksFor, nestedUrlQuery } from "../middleware/access.ts";
import { frameAncestors, pageHeaders } from "../middleware/response-headers.ts";
import { requestedTask } from "../request/requested-task.ts";
import { TASK_ID } from "../request/task-path.ts";
import { unknownPathResponse } from "../response/missing-file.ts";
import { router } from "../router.ts";

/**
 * Scripts must come from files of this origin. Players keep media in blobs. media-chrome puts style sheets into its
 * elements, so `unsafe-inline` is allowed for styles.
 */
const PAGE_POLICY = {
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

/** `/watch/{task_id}`: a page that plays a task's videos as soon as their first seconds are rendered. */
export function watchRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.get("/watch/:task_id", async (context) => {
    const { task_id } = context.req.param();
    if (!TASK_ID.test(task_id)) return unknownPathResponse(context.req.path);
    const policy = pageHeaders({ ...PAGE_POLICY, "frame-ancestors": frameAncestors(context.env) });
    const task = await requestedTask(context, task_id).get();
    // The page gets a new link only if the client may see the task; otherwise that link would give access to it.
    const link = task ? linksFor(context).query(task_id) : nestedUrlQuery(context)(task_id);
    return context.html(page(task_id, link), task ? 200 : 404, { ...policy, "cache-control": "no-cache" });
  });
  return routes;
}

/** @param link the query that the page adds to its own requests; empty if they need none. */
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
        <progress id="progress" max="100" value="0" aria-label="Rendering progress"></progress>
        <p id="message">Looking for the video …</p>
      </div>
      <nav id="videos" aria-label="Videos of this task"></nav>
    </main>
  </body>
</html>`;
