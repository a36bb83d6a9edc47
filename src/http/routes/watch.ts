import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../app-env.ts";
import { linksFor } from "../middleware/access.ts";
import { frameAncestors, pageHeaders } from "../middleware/response-headers.ts";
import { requestedTask } from "../request/requested-task.ts";
import { TASK_ID } from "../request/task-path.ts";
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

/**
 * `/watch/{task_id}`: a page that plays a task's videos as soon as their first seconds are rendered. If there is no such
 * task, a page that says so. With `embed=1` the player fills the page, for a frame of another page.
 */
export function watchRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.get("/watch/:task_id", async (context) => {
    const { task_id } = context.req.param();
    const headers = pagePolicy(context);
    const task = TASK_ID.test(task_id) ? await requestedTask(context, task_id).get() : null;
    if (!task) return context.html(missingPage, 404, headers);
    // This link opens the task's data, for the page's own requests.
    return context.html(
      playerPage(task_id, linksFor(context).query(task_id), context.req.query("embed") === "1"),
      200,
      headers,
    );
  });
  return routes;
}

/** Shows a browser a page, instead of JSON, if its request for the player page is refused. */
export const refusedWatchPage: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { status } = context.res;
  const page = context.req.header("accept")?.includes("text/html") ? refusedPages[status] : undefined;
  if (!page) return;
  const headers = new Headers(context.res.headers);
  const added = { ...pagePolicy(context), "content-type": "text/html; charset=UTF-8" };
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
  context.res = undefined;
  context.res = new Response(String(await page), { status, headers });
};

function pagePolicy({ env }: Context<AppEnv>): Record<string, string> {
  return { ...pageHeaders({ ...PAGE_POLICY, "frame-ancestors": frameAncestors(env) }), "cache-control": "no-cache" };
}

type Html = ReturnType<typeof html>;

const document = (head: Html | string, body: Html) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Edgereel</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/player/player.css" />${head}
  </head>
  ${body}
</html>`;

/** A page without a video. It needs no script. */
const notice = (heading: string, text: string) =>
  document(
    "",
    html`<body>
    <main>
      <section id="end">
        <h1>${heading}</h1>
        <p>${text}</p>
      </section>
    </main>
  </body>`,
  );

const missingPage = notice("There is no such video", "It was deleted, or its address is wrong.");
/** By the status of the refused request. */
const refusedPages: Partial<Record<number, ReturnType<typeof notice>>> = {
  401: notice("This video is not public", "Ask whoever made it for a link to this page."),
  403: notice(
    "This link does not work any more",
    "It has expired or is incomplete. Ask whoever sent it for a new one.",
  ),
};

const playerScripts = html`
    <script src="/vendor/hls/hls.min.js" defer></script>
    <script src="/vendor/media-chrome/media-chrome.js" defer></script>
    <script src="/player/player.js" type="module"></script>`;

/**
 * @param link the query that the page adds to its own requests; empty if they need none.
 * @param embedded whether the player fills a frame of another page, which has the rest.
 */
const playerPage = (taskId: string, link: string, embedded: boolean) =>
  document(
    playerScripts,
    html`<body data-task="${taskId}" data-link="${link}" class="${embedded ? "embedded" : ""}">
    <main>
      <media-controller id="player" hidden>
        <video id="video" slot="media" playsinline preload="metadata"></video>
        <media-loading-indicator slot="centered-chrome" noautohide></media-loading-indicator>
        <media-play-button id="start" slot="centered-chrome" noautohide></media-play-button>
        <media-control-bar>
          <media-time-range></media-time-range>
        </media-control-bar>
        <media-control-bar>
          <media-play-button></media-play-button>
          <media-mute-button></media-mute-button>
          <media-time-display showduration></media-time-display>
          <span class="space"></span>
          <media-captions-button></media-captions-button>
          <media-playback-rate-button></media-playback-rate-button>
          <media-fullscreen-button></media-fullscreen-button>
        </media-control-bar>
      </media-controller>
      <div id="about">
        <div>
          <h1 id="title" hidden></h1>
          <p id="facts"></p>
        </div>
        <a id="download" hidden>Download</a>
      </div>
      <div id="rendering" role="status">
        <progress id="progress" max="100" value="0" aria-label="Rendering progress"></progress>
        <p id="message">Looking for the video …</p>
      </div>
      <section id="end" role="alert" hidden>
        <h2 id="end-heading"></h2>
        <p id="end-text"></p>
        <div id="details" hidden>
          <code id="code"></code>
          <p id="reason"></p>
        </div>
      </section>
      <nav id="videos" aria-label="Videos of this task"></nav>
    </main>
  </body>`,
  );
