import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { type PlanRun, planRunSchema } from "../tasks/plan-runs.ts";
import { gatherFootage } from "./authoring/gather-job.ts";
import { planTask } from "./plan-job.ts";
import { runWithHeartbeat } from "./run-with-heartbeat.ts";

const RUN = "run";

/**
 * Runs the plan job of a task with linked files, and the job that gathers footage, addressed by the task's id. Fetching the files takes as long as their
 * hosts need, up to minutes. A queue would meanwhile deliver fewer jobs of other tasks. The alarm does the work, because
 * it may run for 15 minutes and survives a restart of the object.
 */
export class PlanRunner extends DurableObject<Env> {
  /** Starts a run. It reports to the TaskObject itself. A run of an older ticket ends first, at its next heartbeat. */
  async start(run: PlanRun): Promise<void> {
    await this.ctx.storage.put(RUN, run);
    await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    const run = await this.#waiting();
    if (!run) return;
    const { taskId, jobId, ticket, gather } = run;
    const { env } = this;
    const task = env.TASKS.getByName(taskId);
    await runWithHeartbeat(task, jobId, ticket, async (signal) => {
      if (gather) return gatherFootage({ env, taskId, jobId, ticket, task, work: gather, signal });
      const asked = await task.planInput();
      if (asked) await planTask({ env, taskId, ticket, task, signal }, asked);
    });
    const next = await this.#waiting();
    if (next && next.ticket.run === ticket.run && next.ticket.generation === ticket.generation) {
      await this.ctx.storage.deleteAll();
    }
  }

  async #waiting(): Promise<PlanRun | null> {
    return planRunSchema.nullable().parse((await this.ctx.storage.get(RUN)) ?? null);
  }
}
