import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { type VideoRequest, videoRequestSchema } from "../../api/video-request.ts";
import type { Env } from "../../env.ts";
import { dryRun, dryRunSchema } from "../../planning/dry-run.ts";
import type { TaskInput } from "../../tasks/object/task-store.ts";
import { checkCaptions, resolveFiles } from "../../tasks/resolve-files.ts";
import type { Creation } from "../../tasks/task-calls.ts";
import { ownerOf } from "../middleware/access.ts";
import { jsonAnswer, refusals } from "../openapi.ts";
import { publicOrigin } from "../origin.ts";
import { taskQuota, tooManyTasks } from "../quotas.ts";
import { checkCallbackUrl } from "../request/callback-url.ts";
import { fingerprintOf, IDEMPOTENCY_HEADER, idempotencyKeyOf, taskIdOf } from "../request/idempotency-key.ts";
import { readJsonObject } from "../request/json-body.ts";
import { DatabaseUnavailableError } from "../response/database-error.ts";
import { describeIssues, success, successSchema } from "../response/envelope.ts";
import { RequestError } from "../response/request-error.ts";
import { type AppEnv, router } from "../router.ts";

const createVideoRoute = createRoute({
  method: "post",
  path: "/api/v1/videos",
  tags: ["Videos"],
  summary: "Start making videos",
  description:
    "Answers at once; follow the task with `GET /api/v1/tasks/{task_id}`. With a key, as the header `Idempotency-Key` or the " +
    "field `idempotency_key`, it can be sent again when an answer was lost: the same request is answered with the same task. " +
    "A key is kept as long as its task, and for 24 hours after the task was deleted. With `dry_run` the plan is answered and no task made.",
  request: {
    headers: z.object({
      "idempotency-key": z.string().optional().openapi({
        description: "A key of the caller's choice, such as a UUID: up to 255 characters, quoted or not.",
        example: '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
      }),
    }),
    body: { required: true, content: { "application/json": { schema: videoRequestSchema } } },
  },
  responses: {
    200: jsonAnswer(
      successSchema(z.union([z.object({ task_id: z.uuid() }), dryRunSchema])),
      "The task was made, by this request or an earlier one with its key; or with `dry_run` the plan of one.",
    ),
    ...refusals(400, 409, 413, 503),
  },
});

/** `/api/v1/videos` */
export function videoRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openAPIRegistry.registerPath(createVideoRoute);
  // Read here and not by the route's validator, so that a body which is no JSON, or says that it is
  // something else, gets an answer that names the fault.
  routes.post(createVideoRoute.path, async (context) => {
    const owner = ownerOf(context);
    const request = parseRequest(await readJsonObject(context.req.raw));
    const key = idempotencyKeyOf(context.req.raw.headers.get(IDEMPOTENCY_HEADER), request.idempotency_key);
    const origin = publicOrigin(context.req.url, context.env);
    const id = key === null ? crypto.randomUUID() : await taskIdOf(key, owner);
    const resolved = () => resolve(context.env, request, { taskId: id, owner, origin });
    if (request.dry_run) return context.json(success(await dryRun(context.env, await resolved(), id)), 200);
    const fingerprint = key === null ? null : await fingerprintOf(request);
    const task = context.env.TASKS.getByName(id);
    // Before the files are looked up: a task that was made is answered even if its files are gone by now.
    const known = fingerprint === null ? "unknown" : await task.madeFrom(fingerprint);
    if (known === "unknown") {
      const quota = taskQuota(context.env);
      const created = await task.create(id, await resolved(), fingerprint, { owner, quota });
      if (created === "full") throw tooManyTasks(quota ?? 0);
      if (created === "unavailable") throw new DatabaseUnavailableError("the task could not be listed");
      answerFor(id, created);
    } else {
      answerFor(id, known);
    }
    return context.json(success({ task_id: id }), 200);
  });
  return routes;
}

async function resolve(
  env: Env,
  request: VideoRequest,
  { taskId, owner, origin }: { taskId: string; owner: string; origin: string },
): Promise<TaskInput> {
  checkCallbackUrl(env, request.callback_url);
  const input = { ...(await resolveFiles(env, { ...request, idempotency_key: null }, taskId, owner)), origin };
  await checkCaptions(env, input);
  return input;
}

/** Refuses a key that stands for something else. */
function answerFor(id: string, creation: Exclude<Creation, "unknown">): void {
  if (creation === "other") {
    throw new RequestError(409, `Idempotency-Key: was used for another request, which made the task ${id}`);
  }
  if (creation === "deleted") {
    throw new RequestError(409, `Idempotency-Key: the task ${id}, which it made, was deleted; use another key`);
  }
}

function parseRequest(body: object): VideoRequest {
  const parsed = videoRequestSchema.safeParse(body);
  if (!parsed.success) throw new RequestError(400, describeIssues(parsed.error));
  return parsed.data;
}
