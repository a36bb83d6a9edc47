import type { Context } from "hono";
import type { StreamState } from "../tasks/stream-state.ts";
import type { Replay, Steering } from "../tasks/task-calls.ts";
import type { TaskSummary } from "../tasks/task-data.ts";
import { viewerOf } from "./middleware/access.ts";
import type { AppEnv } from "./router.ts";

/** A task as who asks may see it: another owner's is as absent as one that never was. */
export interface ViewedTask {
  get(): Promise<TaskSummary | null>;
  watch(since: number | null, milliseconds: number): Promise<TaskSummary | null>;
  stream(video: number): Promise<StreamState | null>;
  cancel(): Promise<Steering>;
  retry(): Promise<Steering>;
  replayWebhook(webhookId: string): Promise<Replay>;
  remove(): Promise<boolean>;
}

/** The way of every route to a task. */
export function taskOf(context: Context<AppEnv>, id: string): ViewedTask {
  const task = context.env.TASKS.getByName(id);
  const viewer = viewerOf(context);
  return {
    get: () => task.get(viewer),
    watch: (since, milliseconds) => task.watch(since, milliseconds, viewer),
    stream: (video) => task.stream(video, viewer),
    cancel: () => task.cancel(viewer),
    retry: () => task.retry(viewer),
    replayWebhook: (webhookId) => task.replayWebhook(webhookId, viewer),
    remove: () => task.remove(viewer),
  };
}
