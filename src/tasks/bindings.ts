import type { TaskObject } from "./object/task-object.ts";

/** The Worker's binding that leads to tasks: one TaskObject per task id. */
export interface TaskBindings {
  TASKS: DurableObjectNamespace<TaskObject>;
}
