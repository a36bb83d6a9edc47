import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, type z } from "@hono/zod-openapi";
import { describeIssues } from "../../api/describe-issues.ts";
import { CodedError } from "../../api/errors.ts";
import {
  scriptAnswerSchema,
  scriptRequestSchema,
  socialMetadataAnswerSchema,
  socialMetadataRequestSchema,
  termsAnswerSchema,
  termsRequestSchema,
} from "../../api/text-requests.ts";
import { writeScript, writeSocialMetadata, writeTerms } from "../../authoring/write-texts.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { errorResponses, jsonResponse } from "../openapi-responses.ts";
import { readJsonObject } from "../request/json-body.ts";
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
  routes.post(scriptRoute.path, async (context) => {
    const request = await readBody(context.req.raw, scriptRequestSchema);
    const video_script = await writeScript(context.env, ownerOf(context), request);
    return context.json(success({ video_script }), 200);
  });
  routes.post(termsRoute.path, async (context) => {
    const request = await readBody(context.req.raw, termsRequestSchema);
    const video_terms = await writeTerms(context.env, ownerOf(context), request);
    return context.json(success({ video_terms }), 200);
  });
  routes.post(socialMetadataRoute.path, async (context) => {
    const request = await readBody(context.req.raw, socialMetadataRequestSchema);
    return context.json(success(await writeSocialMetadata(context.env, ownerOf(context), request)), 200);
  });
  return routes;
}

function textRoute(path: string, summary: string, body: z.ZodType, answer: z.ZodType) {
  return createRoute({
    method: "post",
    path,
    tags: ["Texts"],
    summary,
    description:
      "A language model writes the text, and the response waits for it. Without a language model the response is 503 and says which settings make one.",
    request: { body: { required: true, content: { "application/json": { schema: body } } } },
    responses: { 200: jsonResponse(successSchema(answer), "The text."), ...errorResponses(400, 413, 429, 503) },
  });
}

async function readBody<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  const parsed = schema.safeParse(await readJsonObject(request));
  if (!parsed.success) throw new CodedError("invalid_request", describeIssues(parsed.error));
  return parsed.data;
}
