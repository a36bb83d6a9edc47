import type { Context } from "hono";
import type { TaskData } from "../../api/task.ts";
import { TaskCatalog } from "../../db/task-catalog.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import { taskData } from "../../tasks/task-data.ts";
import { log, messageOf } from "../../util/log.ts";
import type { AppEnv } from "../app-env.ts";
import { linksFor } from "../middleware/access.ts";

/** The data of a task in a response: with URLs that work for the client, and its place in the queue while it waits. */
export async function viewTask(context: Context<AppEnv>, task: TaskSummary): Promise<TaskData> {
  const position = task.stage === "queued" ? await queuePosition(context.env.DB, task) : null;
  // The holder of a link may see the task, but not where its webhooks go.
  const seen = context.get("access").via === "link" ? { ...task, webhooks: undefined } : task;
  return taskData(seen, linksFor(context), position);
}

async function queuePosition(database: D1Database, { task_id, created_at }: TaskSummary): Promise<number | null> {
  try {
    return await new TaskCatalog(database).queuePosition({ id: task_id, createdAt: Date.parse(created_at) });
  } catch (error) {
    // Without D1 the place is unknown, but the rest of the task comes from its TaskObject.
    log("queue_position_failed", { task_id, message: messageOf(error) });
    return null;
  }
}
