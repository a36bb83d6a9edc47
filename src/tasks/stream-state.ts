import type { VideoOutput } from "../api/fields/pictures.ts";
import type { AssembleWork } from "../protocol/task-jobs.ts";
import type { TaskRecord } from "./object/task-record.ts";

/** How much of one of a task's videos can be played. */
export interface StreamState
  extends Pick<TaskRecord, "stage" | "progress" | "failure" | "width" | "height" | "updatedAt" | "generation"> {
  /** The number of the task's videos. */
  videos: number;
  /** The files that are made of each video. */
  outputs: VideoOutput[];
  /** The plan of the whole video; null before the task is planned, or if it has no such video. */
  plan: AssembleWork | null;
  /** How many segments from the start are rendered; 0 until the soundtrack is rendered. */
  ready: number;
}
