import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { subtitlePresetDataSchema, subtitlePresetIds, subtitlePresets } from "../../api/subtitle-presets.ts";
import type { AppEnv } from "../app-env.ts";
import { jsonResponse } from "../openapi-responses.ts";
import { success, successSchema } from "../response/envelope.ts";
import { router } from "../router.ts";

const listRoute = createRoute({
  method: "get",
  path: "/api/v1/subtitle-presets",
  tags: ["Videos"],
  summary: "List looks of subtitles",
  description: "The values of `subtitle_preset`, with the fields that each of them sets.",
  responses: {
    200: jsonResponse(successSchema(z.object({ presets: z.array(subtitlePresetDataSchema) })), "The presets."),
  },
});

/** `/api/v1/subtitle-presets` */
export function subtitlePresetRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(listRoute, (context) => {
    const presets = subtitlePresetIds.map((id) => {
      const { name, description, fields } = subtitlePresets[id];
      return { id, name, description, fields: { ...fields }, picture: `/vendor/subtitle-presets/${id}.webp` };
    });
    return context.json(success({ presets }), 200);
  });
  return routes;
}
