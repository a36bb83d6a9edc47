import type { errorClasses } from "./generated/errors.ts";
import type { components, paths, webhooks } from "./generated/openapi.ts";

type Json<Operation> = Operation extends {
  responses: { 200: { content: { "application/json": { data: infer Data } } } };
}
  ? Data
  : never;

/** The body of `POST /api/v1/videos`. */
export type VideoRequest = components["schemas"]["VideoRequest"];
/** A task as the API returns it. */
export type Task = components["schemas"]["Task"];
/** An uploaded file. */
export type UploadedFile = components["schemas"]["File"];
/** The plan that a dry run returns. */
export type DryRun = components["schemas"]["DryRun"];
/** A voice that can speak. */
export type Voice = components["schemas"]["Voice"];
/** Health of the service. */
export type Health = components["schemas"]["Health"];
/** One page of tasks. */
export type TaskPage = Json<paths["/api/v1/tasks"]["get"]>;
/** The query of a list of tasks. */
export type TaskQuery = NonNullable<paths["/api/v1/tasks"]["get"]["parameters"]["query"]>;
/** The collections of uploaded files. */
export type Collection = "video_materials" | "musics" | "narrations" | "fonts" | "subtitles";
/** A code of the service's table of errors. */
export type ErrorCode = keyof typeof errorClasses;

/** A webhook event, as the service sends it to `callback_url`. */
export type WebhookEvent = {
  [Type in keyof webhooks]: NonNullable<webhooks[Type]["post"]["requestBody"]>["content"]["application/json"];
}[keyof webhooks];

/** A task, or its id. */
export type TaskOrId = string | { task_id: string };

/** The id of a task. */
export function idOf(task: TaskOrId): string {
  return typeof task === "string" ? task : task.task_id;
}
