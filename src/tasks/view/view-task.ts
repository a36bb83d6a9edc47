import type { TaskData } from "../../api/task.ts";
import { TaskCatalog } from "../../db/task-catalog.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import { log, messageOf } from "../../util/log.ts";
import { taskData } from "./task-data.ts";
import type { TaskLinks } from "./task-links.ts";

/**
 * The public form of a task, with its place in the queue while it waits.
 *
 * @param links makes URLs that work for the client.
 */
export async function viewTask(database: D1Database, task: TaskSummary, links: TaskLinks): Promise<TaskData> {
  const position = task.stage === "queued" ? await queuePosition(database, task) : null;
  return taskData(task, links, position);
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
