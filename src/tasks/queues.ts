import type { AuthoringPhase, JobMessage, Phase } from "../protocol/task-jobs.ts";

/**
 * The job queues, each first in, first out. `author`: calls of language models, voices and footage providers, which
 * mostly wait. `plan`: new tasks. `render`: jobs for a renderer. `finish`: joining a
 * rendered video, and its stills. `again`: jobs of any kind that failed or were lost. With a single queue, the first
 * of a thousand tasks would wait for a thousand plans before its first segment and for a thousand segments before it
 * is joined, and a job that is sent again would end after all of them.
 */
export const queueNames = ["author", "plan", "render", "finish", "again"] as const;
export type QueueName = (typeof queueNames)[number];

/** The queues by name, as far as tasks use them. */
export type JobQueues = Record<QueueName, Pick<Queue<JobMessage>, "send" | "metrics">>;

/** The queue that a job of this phase goes to. */
export function queueFor(phase: Phase | AuthoringPhase): QueueName {
  switch (phase) {
    case "write":
    case "author":
    case "narrate":
    case "gather":
      return "author";
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
  AUTHOR_JOBS: Queue<JobMessage>;
  PLAN_JOBS: Queue<JobMessage>;
  RENDER_JOBS: Queue<JobMessage>;
  FINISH_JOBS: Queue<JobMessage>;
  AGAIN_JOBS: Queue<JobMessage>;
}

/** The queues by name. */
export function jobQueues(env: QueueBindings): JobQueues {
  return {
    author: env.AUTHOR_JOBS,
    plan: env.PLAN_JOBS,
    render: env.RENDER_JOBS,
    finish: env.FINISH_JOBS,
    again: env.AGAIN_JOBS,
  };
}
