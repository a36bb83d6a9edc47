import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  scriptAnswerSchema,
  scriptRequestSchema,
  socialMetadataAnswerSchema,
  socialMetadataRequestSchema,
  termsAnswerSchema,
  termsRequestSchema,
} from "../../api/text-requests.ts";
import { writeScript, writeSocialMetadata, writeTerms } from "../../authoring/write-texts.ts";
import { ignoredFields } from "../../requests/ignored-fields.ts";
import { readRequest } from "../../requests/read-request.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { errorResponses, jsonResponse } from "../openapi-responses.ts";
import { readJsonObject } from "../request/json-body.ts";
import { strictFields, strictQuery } from "../request/strict-fields.ts";
import { success, successSchema } from "../response/envelope.ts";
import { router } from "../router.ts";

const scriptRoute = textRoute("/api/v1/scripts", "Write a script", scriptRequestSchema, scriptAnswerSchema);
const termsRoute = textRoute("/api/v1/terms", "Write search terms for footage", termsRequestSchema, termsAnswerSchema);
const socialMetadataRoute = textRoute(
  "/api/v1/social-metadata",
  "Write a title, a caption and hashtags",
  socialMetadataRequestSchema,
  socialMetadataAnswerSchema,
);

/** `/api/v1/scripts`, `/terms` and `/social-metadata`: texts that a language model writes at once. */
export function textRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  for (const route of [scriptRoute, termsRoute, socialMetadataRoute]) routes.openAPIRegistry.registerPath(route);
  routes.post(scriptRoute.path, (context) =>
    answer(context, scriptRequestSchema, async (request) => ({
      video_script: await writeScript(context.env, ownerOf(context), request),
    })),
  );
  routes.post(termsRoute.path, (context) =>
    answer(context, termsRequestSchema, async (request) => ({
      video_terms: await writeTerms(context.env, ownerOf(context), request),
    })),
  );
  routes.post(socialMetadataRoute.path, (context) =>
    answer(context, socialMetadataRequestSchema, (request) =>
      writeSocialMetadata(context.env, ownerOf(context), request),
    ),
  );
  return routes;
}

function textRoute(path: string, summary: string, body: z.ZodType, text: z.ZodType) {
  return createRoute({
    method: "post",
    path,
    tags: ["Texts"],
    summary,
    description:
      "A language model writes the text, and the response waits for it. Without a language model the response is 503 and says which settings make one.",
    request: { query: strictQuery, body: { required: true, content: { "application/json": { schema: body } } } },
    responses: { 200: jsonResponse(successSchema(text), "The text."), ...errorResponses(400, 413, 429, 503) },
  });
}

/** Reads the body of a request, and responds with the text that is written for it. */
async function answer<S extends z.ZodObject>(
  context: Context<AppEnv>,
  schema: S,
  write: (request: z.output<S>) => Promise<object>,
): Promise<Response> {
  const { request, ignored } = readRequest(schema, await readJsonObject(context.req.raw), strictFields(context));
  const warnings = ignoredFields(ignored);
  return context.json(success({ ...(await write(request)), ...(warnings.length > 0 ? { warnings } : {}) }), 200);
}
