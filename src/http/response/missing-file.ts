import { z } from "@hono/zod-openapi";
import { canRetry } from "../../api/task-state.ts";
import type { StreamState } from "../../tasks/stream-state.ts";
import type { TaskLinks } from "../../tasks/task-links.ts";
import { noTask } from "../../tasks/viewed-task.ts";
import { errorResponse } from "./envelope.ts";

/** The data of a 409 for a file that is still being made. */
export const unfinishedFileSchema = z.object({
  status: z.literal(409),
  message: z.string(),
  data: z.object({
    task_id: z.string(),
    progress: z.number().int(),
    stream: z.url().nullable().openapi({ description: "Where what is there already can be played (HLS)." }),
  }),
});

/**
 * Answers for a file that is not there, by what its task says: 409 while it is being made, with where
 * to watch meanwhile; 404 with the reason when it never will be.
 *
 * @param task null where there is none.
 * @param video whose file it is, from 1.
 */
export function missingFileResponse(
  links: TaskLinks,
  taskId: string,
  video: number,
  file: string,
  task: StreamState | null,
): Response {
  if (!task) return errorResponse(404, noTask(taskId).message);
  const nothing = `the task ${taskId} has no ${file}`;
  if (video > task.videos || task.stage === "succeeded") return errorResponse(404, nothing);
  if (canRetry(task.stage)) {
    const reason = task.failure ? `: ${task.failure.code}: ${task.failure.message}` : "";
    return errorResponse(404, `${nothing}, since it was not finished${reason}`);
  }
  const stream = task.ready > 0 ? links.stream(taskId, video) : null;
  const message = `${file} is still being made (${task.progress} %)`;
  const headers = {
    "retry-after": "2",
    ...(stream ? { link: `<${stream}>; rel="alternate"; type="application/vnd.apple.mpegurl"` } : {}),
  };
  const watch = stream ? `: watch it at ${stream}` : "";
  return errorResponse(409, message + watch, headers, { task_id: taskId, progress: task.progress, stream });
}
