import type { Context } from "hono";
import type { TaskData } from "../../api/task.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import { viewTask as viewTaskWith } from "../../tasks/view/view-task.ts";
import type { AppEnv } from "../app-env.ts";
import { linksFor } from "../middleware/access.ts";

/** The data of a task in a response: with URLs that work for the client, and its place in the queue while it waits. */
export async function viewTask(context: Context<AppEnv>, task: TaskSummary): Promise<TaskData> {
  // The holder of a link may see the task, but not where its webhooks go.
  const seen = context.get("access").via === "link" ? { ...task, webhooks: undefined } : task;
  return viewTaskWith(context.env.DB, seen, linksFor(context));
}
