import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { describeIssues } from "../../api/describe-issues.ts";
import { CodedError } from "../../api/errors.ts";
import { isFinal } from "../../api/task-state.ts";
import { AccessError } from "../../auth/access-error.ts";
import { noTask } from "../../tasks/viewed-task.ts";
import type { AppEnv } from "../app-env.ts";
import { accessTimeLeftMs } from "../middleware/access.ts";
import { errorResponses } from "../openapi-responses.ts";
import { taskPath } from "../request/task-path.ts";
import { viewTask } from "../response/task-view.ts";
import { router } from "../router.ts";
import { requestedTask } from "../request/requested-task.ts";

/** Longest silence between two messages, in milliseconds: proxies take a longer one for the end. */
const HEARTBEAT = 15_000;

const eventsRoute = createRoute({
  method: "get",
  path: "/api/v1/tasks/{task_id}/events",
  tags: ["Tasks"],
  summary: "Follow a task by server-sent events",
  description:
    "An event `task` with the task as it is now, as in `GET /api/v1/tasks/{task_id}`, and one after each change; its id is the " +
    "revision. Changes in quick succession may come as one. The stream ends after the event of the final stage, or with an event " +
    "`deleted`. It also ends when its key is revoked or its link expires. With `Last-Event-ID` the present state is sent only where it is another one; a task that has ended since then " +
    "with nothing new is answered with 204, which keeps an EventSource from coming back. Comments keep the connection open.",
  request: {
    params: taskPath,
    headers: z.object({
      "last-event-id": z.string().optional().openapi({ description: "The id of the last event received." }),
    }),
  },
  responses: {
    200: {
      description: "The events.",
      // No schema: tools disagree on whether it would be one of the stream or of an event.
      content: { "text/event-stream": { schema: {} } },
    },
    204: { description: "The task has ended, and the caller knows." },
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
        const time = await accessTimeLeftMs(context).catch(endsWithAccess);
        if (time === null) return;
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
        task = await object.watch(known, Math.min(HEARTBEAT, time));
      }
    });
  });
  return routes;
}

/** A stream that may not go on ends; whoever comes back is told why. */
function endsWithAccess(error: unknown): null {
  if (error instanceof AccessError) return null;
  throw error;
}

/** The revision in the header; null where there is none, or something else. */
function lastEventId(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null;
}
