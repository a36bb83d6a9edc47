import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { describeIssues } from "../../../api/describe-issues.ts";
import { CodedError } from "../../../api/errors.ts";
import { isFinal } from "../../../api/task-state.ts";
import { AccessError } from "../../../auth/access-error.ts";
import { noTask } from "../../../tasks/view/viewed-task.ts";
import type { AppEnv } from "../../app-env.ts";
import { accessTimeLeftMs } from "../../middleware/access.ts";
import { errorResponses } from "../../openapi-responses.ts";
import { requestedTask } from "../../request/requested-task.ts";
import { taskPath } from "../../request/task-path.ts";
import { viewTask } from "../../response/task-view.ts";
import { router } from "../../router.ts";

/** Max time between two messages. Proxies may close a connection that is silent for longer. */
const HEARTBEAT_INTERVAL_MS = 15_000;

const eventsRoute = createRoute({
  method: "get",
  path: "/api/v1/tasks/{task_id}/events",
  tags: ["Tasks"],
  summary: "Follow a task with server-sent events",
  description:
    "Sends an event `task` at the start and after each change. Its data is the task as in `GET /api/v1/tasks/{task_id}`, " +
    "and its id is the revision. Quick changes may be combined into one event. The stream ends after the event of the " +
    "final stage, with an event `deleted` if the task is deleted, and when the API key is revoked or the link expires. " +
    "With `Last-Event-ID`, the first event is sent only if the task has another revision. If the task has ended at that " +
    "revision, the response is 204, which stops an EventSource from reconnecting. Comments keep the connection open.",
  request: {
    params: taskPath,
    headers: z.object({
      "last-event-id": z.string().optional().openapi({ description: "The id of the last event that the client got." }),
    }),
  },
  responses: {
    200: {
      description: "The events.",
      // No schema, because tools disagree whether it describes the stream or one event.
      content: { "text/event-stream": { schema: {} } },
    },
    204: { description: "The task has ended, and the client has its last revision." },
    ...errorResponses(400, 404),
  },
});

/** `/api/v1/tasks/{task_id}/events` */
export function taskEventRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openAPIRegistry.registerPath(eventsRoute);
  routes.get("/api/v1/tasks/:task_id/events", async (context) => {
    const parsed = taskPath.safeParse(context.req.param());
    if (!parsed.success) throw new CodedError("invalid_request", describeIssues(parsed.error));
    const id = parsed.data.task_id;
    const object = requestedTask(context, id);
    const first = await object.get();
    if (!first) throw noTask(id);
    let known = lastEventId(context.req.header("last-event-id"));
    if (known === first.revision && isFinal(first.stage)) return context.body(null, 204);

    context.header("cache-control", "no-store");
    return streamSSE(context, async (stream) => {
      let task: typeof first | null = first;
      while (!stream.aborted) {
        const timeLeftMs = await accessTimeLeftMs(context).catch(nullIfNotAllowed);
        if (timeLeftMs === null) return;
        if (!task) {
          await stream.writeSSE({ event: "deleted", data: JSON.stringify({ task_id: id }) });
          return;
        }
        if (task.revision === known) {
          await stream.write(": no change\n\n");
        } else {
          known = task.revision;
          const data = JSON.stringify(await viewTask(context, task));
          await stream.writeSSE({ event: "task", id: String(known), data });
          if (isFinal(task.stage)) return;
        }
        task = await object.watch(known, Math.min(HEARTBEAT_INTERVAL_MS, timeLeftMs));
      }
    });
  });
  return routes;
}

/** Null if access has ended: the stream then ends, and a client that reconnects gets the error. */
function nullIfNotAllowed(error: unknown): null {
  if (error instanceof AccessError) return null;
  throw error;
}

/** The revision in the header; null if the header is missing or not a number. */
function lastEventId(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
