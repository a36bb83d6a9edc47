import type { DryRun } from "../../api/dry-run.ts";
import { CodedError } from "../../api/errors.ts";
import { taskQuota, tooManyTasks } from "../../auth/quota.ts";
import type { AuthorBindings } from "../../authoring/author.ts";
import { dryRun } from "../../planning/dry-run.ts";
import type { TaskInput, VideosApi } from "../../protocol/task-input.ts";
import type { RendererBindings } from "../../renderers/bindings.ts";
import type { InputBindings } from "../../storage/open-input.ts";
import type { TaskBindings } from "../bindings.ts";
import type { Creation } from "../task-calls.ts";
import { checkCallbackUrl } from "./check-callback-url.ts";
import { checkProviderQuotas } from "./check-provider-quotas.ts";
import { decideAuthoring } from "./decide-authoring.ts";
import { fingerprintOf, oneIdempotencyKey, taskIdOf } from "./idempotency.ts";
import { type ParsedVideoRequest, parseVideoRequest } from "./parse-video-request.ts";
import { checkGlyphs, resolveFiles } from "./resolve-files.ts";

/** The Worker's bindings that creating a task needs. */
export interface CreateTaskBindings extends AuthorBindings, TaskBindings, InputBindings, RendererBindings {
  DB: D1Database;
}

/** Who creates a task, and how. */
export interface TaskCreator {
  owner: string;
  /** The origin that URLs in the task's webhooks start with. */
  origin: string;
  /** Whether unknown fields of the request are errors, as by default. If not, they are ignored, with warnings. */
  strict?: boolean;
  /** An idempotency key that came beside the body, as an HTTP header; null for none. The body may have one too. */
  idempotencyKey: string | null;
  /** What a client of `/v1/videos` asked for. Missing for others. */
  videosApi?: VideosApi;
}

/** A created task, or the plan that a request with `dry_run` asks for. */
export type CreatedTask = { kind: "task"; taskId: string } | { kind: "dry_run"; plan: DryRun };

/**
 * Creates a task: validates the request, resolves the files that it names, checks them, and admits the task within
 * the owner's quota. A request whose idempotency key has created a task already gets that task's id, even if its
 * files are gone by now. With `dry_run` the task is only planned.
 *
 * @param body the request for videos: see videoRequestSchema.
 * @throws CodedError `invalid_request` naming the field; `conflict` if the idempotency key was used for another
 *   request or its task was deleted; `database_unavailable`; with `dry_run` also `renderer_limit`.
 * @throws QuotaError if the owner has too many tasks in flight.
 */
export async function createTask(
  env: CreateTaskBindings,
  body: unknown,
  { owner, origin, strict, idempotencyKey, videosApi }: TaskCreator,
): Promise<CreatedTask> {
  const parsed = parseVideoRequest(body, strict);
  const { request } = parsed;
  const key = oneIdempotencyKey(idempotencyKey, request.idempotency_key);
  const taskId = key === null ? crypto.randomUUID() : await taskIdOf(key, owner);
  const resolve = () => resolveInput(env, parsed, { taskId, owner, origin, videosApi });
  if (request.dry_run) return { kind: "dry_run", plan: await dryRun(env, await resolve(), taskId) };
  const fingerprint = key === null ? null : await fingerprintOf(request);
  const task = env.TASKS.getByName(taskId);
  const known = fingerprint === null ? "unknown" : await task.madeFrom(fingerprint);
  if (known === "unknown") {
    const quota = taskQuota(env);
    const created = await task.create(taskId, await resolve(), fingerprint, { owner, quota });
    if (created === "full") throw tooManyTasks(quota ?? 0);
    if (created === "unavailable") {
      throw new CodedError("database_unavailable", "the database did not answer; try again");
    }
    requireSameRequest(taskId, created);
  } else {
    requireSameRequest(taskId, known);
  }
  return { kind: "task", taskId };
}

async function resolveInput(
  env: CreateTaskBindings,
  { request, warnings }: ParsedVideoRequest,
  {
    taskId,
    owner,
    origin,
    videosApi,
  }: { taskId: string; owner: string; origin: string; videosApi: VideosApi | undefined },
): Promise<TaskInput> {
  checkCallbackUrl(env, request.callback_url);
  const authoring = await decideAuthoring(env, request);
  if (authoring) await checkProviderQuotas(env, owner, request, authoring);
  if (authoring && request.dry_run) throw new CodedError("invalid_request", NO_DRY_RUN);
  const { files, replaced } = await resolveFiles(env, { ...request, idempotency_key: null }, taskId, owner);
  const input = {
    ...files,
    authoring,
    origin,
    warnings: [...warnings, ...replaced],
    ...(videosApi ? { videosApi } : {}),
  };
  await checkGlyphs(env, input);
  return input;
}

const NO_DRY_RUN =
  "dry_run: a task whose script, speech or footage has to be made cannot be planned before it is made: set custom_audio_file and video_materials, or leave dry_run out";

function requireSameRequest(taskId: string, creation: Exclude<Creation, "unknown">): void {
  switch (creation) {
    case "same":
      return;
    case "other":
      throw new CodedError(
        "conflict",
        `Idempotency-Key: already used for another request, which created the task ${taskId}`,
      );
    case "deleted":
      throw new CodedError("conflict", `Idempotency-Key: its task ${taskId} was deleted; use another key`);
  }
}
