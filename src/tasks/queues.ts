import type { Env } from "../env.ts";
import type { JobMessage, Phase } from "./jobs.ts";

/**
 * The queues that jobs go out by, each first in, first out. `plan`: tasks just made. `render`: what a
 * renderer is to do. `urgent`: what has waited its turn before, that is to finish a video whose
 * segments are there, and what failed or was lost. On one queue for all, the first of a thousand tasks would
 * wait for a thousand plans before its first segment, and for a thousand segments before it is
 * joined; and a job sent again would end after all of them.
 */
export const queueNames = ["plan", "render", "urgent"] as const;
export type QueueName = (typeof queueNames)[number];

export type JobQueues = Record<QueueName, Pick<Queue<JobMessage>, "send" | "metrics">>;

/** The queue that a job goes to when its turn has come. */
export function queueFor(phase: Phase | "plan"): QueueName {
  switch (phase) {
    case "plan":
      return "plan";
    case "opening":
    case "render":
      return "render";
    case "assemble":
    case "stills":
      return "urgent";
  }
}

export function jobQueues(env: Pick<Env, "PLAN_JOBS" | "RENDER_JOBS" | "URGENT_JOBS">): JobQueues {
  return { plan: env.PLAN_JOBS, render: env.RENDER_JOBS, urgent: env.URGENT_JOBS };
}
