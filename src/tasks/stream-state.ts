import type { AssembleWork } from "../protocol/task-jobs.ts";
import type { TaskRecord } from "./object/task-record.ts";

/** How far one of a task's videos can be played. */
export interface StreamState
  extends Pick<TaskRecord, "stage" | "progress" | "failure" | "width" | "height" | "updatedAt" | "generation"> {
  /** How many videos the task makes. */
  videos: number;
  /** The whole video as planned; null before there is a plan, or where there is no such video. */
  plan: AssembleWork | null;
  /** How many segments from the beginning are there, with their sound. */
  ready: number;
}
