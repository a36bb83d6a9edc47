import { CodedError } from "../../api/errors.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import type { TaskBindings } from "../bindings.ts";
import type { StreamState } from "../stream-state.ts";

/** A task as its viewer sees it. Another owner's task looks as if it did not exist. */
export interface ViewedTask {
  readonly id: string;
  /** The owner who looks; null for the holder of a link to the task, who sees it whoever owns it. */
  readonly viewer: string | null;
  get(): Promise<TaskSummary | null>;
  /** See TaskObject.watch. */
  watch(since: number | null, milliseconds: number): Promise<TaskSummary | null>;
  /** How much of a video can be played; see TaskObject.stream. */
  stream(video: number): Promise<StreamState | null>;
}

/** The task with this id, as the viewer sees it. */
export function viewedTask({ TASKS }: TaskBindings, id: string, viewer: string | null): ViewedTask {
  const task = TASKS.getByName(id);
  return {
    id,
    viewer,
    get: () => task.get(viewer),
    watch: (since, milliseconds) => task.watch(since, milliseconds, viewer),
    stream: (video) => task.stream(video, viewer),
  };
}

/** The error for an id without a task. */
export function noTask(id: string): CodedError {
  return new CodedError("not_found", `task ${id} does not exist`);
}
