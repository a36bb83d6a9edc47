import type { TaskData } from "../service/types.ts";
import type { TextName } from "../text/en.ts";

/** The name of each stage among the page's texts. */
export const stageTexts: Readonly<Record<TaskData["stage"], TextName>> = {
  queued: "queued",
  writing: "writingStage",
  speaking: "speakingStage",
  gathering: "gatheringStage",
  planning: "planningStage",
  rendering: "renderingStage",
  assembling: "assemblingStage",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "cancelled",
};

/** What a reader knows a task by: its subject, else the beginning of its script; empty if it has neither. */
export function titleOf({ video_subject, script = "" }: Pick<TaskData, "video_subject" | "script">): string {
  if (video_subject !== "") return video_subject;
  const words = script.trim().replace(/\s+/g, " ");
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}

/** The name of a file in its URL. */
export function fileName(url: string): string {
  return decodeURIComponent(new URL(url, "http://localhost").pathname.split("/").at(-1) ?? "");
}
