import { z } from "zod";
import { videoRequestSchema } from "../api/video-request.ts";
import { TaskCatalog } from "../db/task-catalog.ts";
import { keys, outputNames } from "../storage/keys.ts";
import { formatCursor, parseCursor } from "../tasks/list-cursor.ts";
import { taskData } from "../tasks/view/task-data.ts";
import { viewTask } from "../tasks/view/view-task.ts";
import { viewedTask } from "../tasks/view/viewed-task.ts";
import type { Caller } from "./caller.ts";
import { taskUri, toBase64 } from "./task-answer.ts";

/** What clients can read besides calling tools: tasks, their posters and subtitles, and the fields of a request. */

const REQUEST_URI = "edgereel://video-request";
const PAGE_SIZE = 50;

const TASK_URI = /^edgereel:\/\/tasks\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/(poster|subtitles))?$/;

/** One page of resources: the fields of a request, and tasks from the newest on. */
export async function listResources(caller: Caller, cursor: string | null): Promise<object> {
  const from = cursor === null ? { page: 1 } : { after: parseCursor(cursor) };
  const query = { owner: caller.owner, state: null, search: null, order: "desc" as const, pageSize: PAGE_SIZE, from };
  const { tasks, next } = await new TaskCatalog(caller.env.DB).list(query, null);
  const first = {
    uri: REQUEST_URI,
    name: "video-request",
    title: "Fields of a request for videos",
    description: "JSON Schema of all fields that create_video accepts in `options`.",
    mimeType: "application/schema+json",
  };
  const found = tasks.map((task) => ({
    uri: taskUri(task.task_id),
    name: task.task_id,
    title: task.video_subject || `Task of ${task.created_at}`,
    description: `Stage ${task.stage}, ${task.progress} %`,
    mimeType: "application/json",
    annotations: { lastModified: task.updated_at },
  }));
  return {
    resources: cursor === null ? [first, ...found] : found,
    ...(next ? { nextCursor: formatCursor(next) } : {}),
  };
}

export const resourceTemplates = [
  {
    uriTemplate: "edgereel://tasks/{task_id}",
    name: "task",
    title: "A task",
    description: "All data of a task, with links to its files.",
    mimeType: "application/json",
  },
  {
    uriTemplate: "edgereel://tasks/{task_id}/poster",
    name: "poster",
    title: "A task's poster",
    description: "A picture of the finished video.",
    mimeType: "image/jpeg",
  },
  {
    uriTemplate: "edgereel://tasks/{task_id}/subtitles",
    name: "subtitles",
    title: "A task's subtitles",
    description: "The subtitles of the finished video as WebVTT.",
    mimeType: "text/vtt",
  },
] as const;

/** The contents of a resource; null if there is none at the URI. */
export async function readResource(caller: Caller, uri: string): Promise<object | null> {
  if (uri === REQUEST_URI) {
    const schema = z.toJSONSchema(videoRequestSchema, { io: "input", unrepresentable: "any" });
    return { uri, mimeType: "application/schema+json", text: JSON.stringify(schema) };
  }
  const [, id, part] = TASK_URI.exec(uri) ?? [];
  if (id === undefined) return null;
  const summary = await viewedTask(caller.env, id, caller.owner).get();
  if (!summary) return null;
  const { MEDIA, DB } = caller.env;
  if (part === undefined) {
    const text = JSON.stringify(await viewTask(DB, summary, caller.links));
    return { uri, mimeType: "application/json", text };
  }
  const { posters, subtitles } = taskData(summary, caller.links);
  if ((part === "poster" ? posters : subtitles).length === 0) return null;
  const file = part === "poster" ? outputNames.poster(1) : outputNames.vtt(1);
  const object = await MEDIA.get(keys.output(id, file));
  if (!object) return null;
  return part === "poster"
    ? { uri, mimeType: "image/jpeg", blob: toBase64(await object.bytes()) }
    : { uri, mimeType: "text/vtt", text: await object.text() };
}
