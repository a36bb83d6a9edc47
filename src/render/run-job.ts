import type { Env } from "../env.ts";
import { log } from "../log.ts";
import type { RenderWork, Work } from "../tasks/jobs.ts";
import type { TaskObject, Ticket } from "../tasks/task-object.ts";
import { assemble } from "./assemble.ts";
import { buildPlan } from "./build-plan.ts";
import { planForFirst, rendererOf, renderersFor } from "./choose.ts";
import { bundledFont, openInput } from "./inputs.ts";
import { RenderError } from "./renderer.ts";

/** One run of a job. */
export interface Run {
  env: Env;
  taskId: string;
  jobId: string;
  ticket: Ticket;
  work: Work;
  task: DurableObjectStub<TaskObject>;
  /** Aborted when nobody wants the result any more. */
  signal: AbortSignal;
}

/**
 * Does one job of a task and tells its TaskObject. Doing it twice is harmless: an object that is
 * there already is not made again.
 *
 * @throws PlanError, RenderError, JoinError, InputMissingError, the signal's reason, and whatever R2 throws.
 */
export async function runJob(run: Run): Promise<void> {
  const { env, taskId, jobId, ticket, work, task, signal } = run;
  if (work.kind === "plan") {
    const input = await task.planInput();
    if (!input) return;
    const font = await bundledFont(env);
    const candidates = await renderersFor(env, input.avoided);
    const plan = await planForFirst(candidates, input.avoided, (renderer) => buildPlan(taskId, input, renderer, font));
    await task.planned(plan, ticket);
    return;
  }
  if (await env.MEDIA.head(work.key)) {
    log("job_reused", { task_id: taskId, job: jobId });
  } else {
    await (work.kind === "render" ? render(run, work) : assemble(env.MEDIA, work, signal));
    log("job_done", { task_id: taskId, job: jobId });
  }
  if ((await task.complete(jobId, ticket)) === "gone") await env.MEDIA.delete(work.key);
}

async function render({ env, jobId, signal }: Run, work: RenderWork): Promise<void> {
  const renderer = rendererOf(work.renderer, env);
  try {
    const rendered = await renderer.render(work.job, work.inputs, (input) => openInput(env, input), signal);
    await env.MEDIA.put(work.key, rendered, { httpMetadata: { contentType: "video/mp4" } });
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    const names = work.inputs.filter(({ from }) => from.store === "r2").map(({ name }) => name);
    throw new RenderError(error.code, `${jobId} of ${names.join(", ")}: ${error.message}`, error.kind, {
      cause: error,
    });
  }
}
