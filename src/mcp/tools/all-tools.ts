import type { Tool } from "../tool.ts";
import { createTools } from "./create-video.ts";
import { followTools } from "./follow-videos.ts";
import { steerTools } from "./steer-videos.ts";
import { supplyTools } from "./supplies.ts";

let tools: readonly Tool[] | null = null;

/** All tools in the order in which they are listed. They are made at the first call, so that a Worker starts quickly. */
export function allTools(): readonly Tool[] {
  tools ??= [...createTools(), ...followTools(), ...steerTools(), ...supplyTools()];
  return tools;
}
