import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { abilitiesSchema } from "../../api/authored.ts";
import { voiceDataSchema } from "../../api/text-requests.ts";
import { Author } from "../../authoring/author.ts";
import { voiceSample } from "../../authoring/voice-samples.ts";
import type { AppEnv } from "../app-env.ts";
import { errorResponses, jsonResponse } from "../openapi-responses.ts";
import { success, successSchema } from "../response/envelope.ts";
import { router } from "../router.ts";

const abilitiesRoute = createRoute({
  method: "get",
  path: "/api/v1/abilities",
  tags: ["Voices"],
  summary: "What can be authored",
  description:
    "What the service can write, speak and find with its settings, and which settings are missing for the rest.",
  responses: { 200: jsonResponse(successSchema(abilitiesSchema), "The abilities."), ...errorResponses(503) },
});

const listRoute = createRoute({
  method: "get",
  path: "/api/v1/voices",
  tags: ["Voices"],
  summary: "List voices",
  description: "The voices of all providers that the service is configured for.",
  responses: {
    200: jsonResponse(successSchema(z.object({ voices: z.array(voiceDataSchema) })), "The voices."),
    ...errorResponses(503),
  },
});

const sampleRoute = createRoute({
  method: "get",
  path: "/api/v1/voices/{id}/sample",
  tags: ["Voices"],
  summary: "Hear a voice",
  description: "A sentence in the voice's language. It is made once and then kept.",
  request: {
    params: z.object({ id: z.string().openapi({ param: { name: "id", in: "path" }, example: "embedded:slt" }) }),
  },
  responses: {
    200: {
      description: "The sound.",
      content: { "audio/*": { schema: z.string().openapi({ format: "binary" }) } },
    },
    ...errorResponses(404, 503),
  },
});

/** How long browsers keep a sample, in seconds. */
const SAMPLE_LIFE_SECONDS = 86_400;

/** `/api/v1/abilities`, `/api/v1/voices` */
export function voiceRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(abilitiesRoute, async (context) => {
    const abilities = await new Author(context.env).abilities();
    return context.json(success({ ...abilities, transcription: abilities.transcription ?? [] }), 200);
  });
  routes.openapi(listRoute, async (context) => {
    const voices = await new Author(context.env).voices();
    return context.json(success({ voices }), 200);
  });
  routes.openAPIRegistry.registerPath(sampleRoute);
  routes.get("/api/v1/voices/:id/sample", async (context) => {
    const { audio, mediaType } = await voiceSample(context.env, context.req.param("id"));
    const headers = { "content-type": mediaType, "cache-control": `private, max-age=${SAMPLE_LIFE_SECONDS}` };
    return new Response(audio instanceof Uint8Array ? new Uint8Array(audio) : audio, { headers });
  });
  return routes;
}
