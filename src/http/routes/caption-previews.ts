import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { captionPreviewRequestSchema } from "../../api/caption-preview.ts";
import { countCostlyRequest } from "../../auth/costly-requests.ts";
import { previewCaptions } from "../../tasks/create/preview-captions.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { errorResponses } from "../openapi-responses.ts";
import { readJsonObject } from "../request/json-body.ts";
import { strictFields, strictQuery } from "../request/strict-fields.ts";
import { router } from "../router.ts";

const previewRoute = createRoute({
  method: "post",
  path: "/api/v1/caption-previews",
  tags: ["Videos"],
  summary: "Preview captions",
  description:
    "Renders about two seconds of the first words of a script in the look that the request describes, over a sample clip. The " +
    "fields are those of `POST /api/v1/videos`, and the renderer is the one that makes the videos, so the captions of a video " +
    "look the same. The frame is small and has the shape of the video's. The response waits for the renderer. The same " +
    "preview is rendered once a day.",
  request: {
    query: strictQuery,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: captionPreviewRequestSchema,
          example: { video_script: "Cats purr when they are happy.", subtitle_preset: "bold_highlight" },
        },
      },
    },
  },
  responses: {
    200: {
      description: "An MP4 file without sound.",
      content: { "video/mp4": { schema: z.string().openapi({ format: "binary" }) } },
    },
    ...errorResponses(400, 413, 429, 503),
  },
});

/** `/api/v1/caption-previews` */
export function captionPreviewRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openAPIRegistry.registerPath(previewRoute);
  routes.post(previewRoute.path, async (context) => {
    const owner = ownerOf(context);
    const body = await readJsonObject(context.req.raw);
    const video = await previewCaptions(context.env, body, owner, strictFields(context), () =>
      countCostlyRequest(context.env, owner, "caption-previews"),
    );
    return new Response(video, { headers: { "content-type": "video/mp4", "cache-control": "no-store" } });
  });
  return routes;
}
