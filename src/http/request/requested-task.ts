import type { Context } from "hono";
import { type ViewedTask, viewedTask } from "../../tasks/view/viewed-task.ts";
import type { AppEnv } from "../app-env.ts";
import { viewerOf } from "../middleware/access.ts";

/** The task with this id, as the sender of the request may see it. */
export function requestedTask(context: Context<AppEnv>, id: string): ViewedTask {
  return viewedTask(context.env, id, viewerOf(context));
}
