import type { JobMessage, Phase } from "../protocol/task-jobs.ts";

/**
 * The queues that jobs go out by, each first in, first out. `plan`: tasks just made. `render`: what a
 * renderer is to do. `finish`: to join a video that is rendered, and its stills. `again`: what failed or
 * was lost, whatever it is. On one queue for all, the first of a thousand tasks would wait for a thousand plans
 * before its first segment, and for a thousand segments before it is joined; and a job sent again
 * would end after all of them.
 */
export const queueNames = ["plan", "render", "finish", "again"] as const;
export type QueueName = (typeof queueNames)[number];

export type JobQueues = Record<QueueName, Pick<Queue<JobMessage>, "send" | "metrics">>;

/** The queue that a job goes to when its turn comes. */
export function queueFor(phase: Phase | "plan"): QueueName {
  switch (phase) {
    case "plan":
      return "plan";
    case "opening":
    case "render":
      return "render";
    case "assemble":
    case "stills":
      return "finish";
  }
}

/** The Worker's bindings of these queues. */
export interface QueueBindings {
  PLAN_JOBS: Queue<JobMessage>;
  RENDER_JOBS: Queue<JobMessage>;
  FINISH_JOBS: Queue<JobMessage>;
  AGAIN_JOBS: Queue<JobMessage>;
}

/** The queues by name. */
export function jobQueues(env: QueueBindings): JobQueues {
  return { plan: env.PLAN_JOBS, render: env.RENDER_JOBS, finish: env.FINISH_JOBS, again: env.AGAIN_JOBS };
}
