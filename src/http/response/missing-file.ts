import { z } from "@hono/zod-openapi";
import { shortened } from "../../api/describe-issues.ts";
import { videoOutputs } from "../../api/fields/pictures.ts";
import { canRetry } from "../../api/task-state.ts";
import { outputNames } from "../../storage/keys.ts";
import type { StreamState } from "../../tasks/stream-state.ts";
import type { TaskLinks } from "../../tasks/view/task-links.ts";
import { noTask } from "../../tasks/view/viewed-task.ts";
import { errorResponse } from "./envelope.ts";

/** The 409 response for a file that is still being made. */
export const unfinishedFileSchema = z.object({
  status: z.literal(409),
  message: z.string(),
  data: z.object({
    task_id: z.string(),
    progress: z.number().int(),
    stream: z
      .url()
      .nullable()
      .openapi({ description: "HLS playlist of the part that is ready. Null if nothing can be played yet." }),
  }),
});

/** The 404 response for a path at which nothing can exist. */
export function unknownPathResponse(path: string): Response {
  return errorResponse(404, `${shortened(path)} does not exist`);
}

/**
 * The response for a file of a task that is missing: 409 with the HLS stream while the task is making it, else 404
 * with the reason.
 *
 * @param task null if the task does not exist.
 * @param video number of the video that the file belongs to, from 1.
 */
export function missingFileResponse(
  links: TaskLinks,
  taskId: string,
  video: number,
  file: string,
  task: StreamState | null,
): Response {
  if (!task) return errorResponse(404, noTask(taskId).message);
  const missing = `task ${taskId} has no ${file}`;
  if (video > task.videos || task.stage === "succeeded") return errorResponse(404, missing);
  const notMade = videoOutputs.find((output) => file === outputNames[output](video) && !task.outputs.includes(output));
  if (notMade) return errorResponse(404, `${missing}: its outputs are ${task.outputs.join(", ")}`);
  if (canRetry(task.stage)) {
    const reason = task.failure ? `: ${task.failure.code}: ${task.failure.message}` : "";
    return errorResponse(404, `${missing} because it did not finish${reason}`);
  }
  const stream = task.ready > 0 ? links.stream(taskId, video) : null;
  const message = `${file} is not ready yet (${task.progress} %)`;
  const headers = {
    "retry-after": "2",
    ...(stream ? { link: `<${stream}>; rel="alternate"; type="application/vnd.apple.mpegurl"` } : {}),
  };
  const watch = stream ? `; watch the part that is ready at ${stream}` : "";
  return errorResponse(409, message + watch, headers, { task_id: taskId, progress: task.progress, stream });
}
