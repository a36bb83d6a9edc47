import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { warningSchema } from "../../api/authored.ts";
import { stockFootageSchema, stockProviders } from "../../api/stock-footage.ts";
import { aspects } from "../../api/video-request.ts";
import { countCostlyRequest } from "../../auth/costly-requests.ts";
import { findFootage } from "../../authoring/footage/find-footage.ts";
import { fetchThumbnail } from "../../authoring/footage/thumbnail.ts";
import { readConfig } from "../../config/config.ts";
import { fetchingFor } from "../../library/fetch-linked-file.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { errorResponses, jsonResponse } from "../openapi-responses.ts";
import { success, successSchema } from "../response/envelope.ts";
import { router } from "../router.ts";

const searchRoute = createRoute({
  method: "get",
  path: "/api/v1/footage",
  tags: ["Uploads"],
  summary: "Search stock footage",
  description:
    "Searches for clips at Pexels, Pixabay and Coverr, as far as the service has keys for them. Use a clip by its `url` in " +
    "`video_materials`, with its `credit`. What the same search found in the last 24 hours is used again.",
  request: {
    query: z.object({
      query: z.string().trim().min(1, "must say what to search for").max(100).openapi({ example: "city at night" }),
      aspect: z.enum(aspects).default("9:16").openapi({ description: "The shape of the video." }),
      provider: z.enum(stockProviders).optional().openapi({ description: "One provider. Default: all of them." }),
      page: z
        .string()
        .regex(/^[1-9]\d?$/, "must be a whole number from 1 to 99")
        .transform(Number)
        .default(1)
        .openapi({ type: "integer", minimum: 1, maximum: 99 }),
    }),
  },
  responses: {
    200: jsonResponse(
      successSchema(z.object({ footage: z.array(stockFootageSchema), warnings: z.array(warningSchema) })),
      "The clips, best first. `warnings` say which providers failed.",
    ),
    ...errorResponses(400, 429, 503),
  },
});

const thumbnailRoute = createRoute({
  method: "get",
  path: "/api/v1/footage/thumbnail",
  tags: ["Uploads"],
  summary: "Get a picture of a clip",
  description:
    "The picture that `thumbnail` of a clip in `GET /api/v1/footage` names, fetched by the service, so that a page loads " +
    "nothing from elsewhere. Its host must be public, and the picture a JPEG, PNG or WebP of at most 1 MiB.",
  request: {
    query: z.object({ url: z.string().max(2048).openapi({ example: "https://images.pexels.com/videos/1/a.jpeg" }) }),
  },
  responses: {
    200: { description: "The picture.", content: { "image/*": { schema: z.string().openapi({ format: "binary" }) } } },
    ...errorResponses(400, 404),
  },
});

/** How long browsers keep a thumbnail, in seconds. */
const THUMBNAIL_LIFE_SECONDS = 86_400;
/** Max milliseconds until a thumbnail is fetched. */
const THUMBNAIL_TIMEOUT_MS = 15_000;

/** `/api/v1/footage` */
export function footageRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(searchRoute, async (context) => {
    const { query, aspect, provider, page } = context.req.valid("query");
    const found = await findFootage(context.env, { query, aspect, provider: provider ?? null, page }, () =>
      countCostlyRequest(context.env, ownerOf(context), "footage-searches"),
    );
    return context.json(success(found), 200);
  });
  routes.openAPIRegistry.registerPath(thumbnailRoute);
  routes.get(thumbnailRoute.path, async (context) => {
    const signal = AbortSignal.any([context.req.raw.signal, AbortSignal.timeout(THUMBNAIL_TIMEOUT_MS)]);
    const fetching = fetchingFor(readConfig(context.env), "video_materials", signal);
    const { picture, mediaType } = await fetchThumbnail(context.req.query("url") ?? "", fetching);
    const headers = { "content-type": mediaType, "cache-control": `private, max-age=${THUMBNAIL_LIFE_SECONDS}` };
    return new Response(picture, { headers });
  });
  return routes;
}
