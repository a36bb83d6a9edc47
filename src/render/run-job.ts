import type { Env } from "../env.ts";
import { log } from "../log.ts";
import type { RenderWork, Work } from "../tasks/jobs.ts";
import type { TaskObject } from "../tasks/task-object.ts";
import { assemble } from "./assemble.ts";
import { buildPlan } from "./build-plan.ts";
import { loadCaptionSources } from "./caption-sources.ts";
import { chooseRenderer, rendererOf } from "./choose.ts";
import { openInput } from "./inputs.ts";
import { RenderError } from "./renderer.ts";

/** What became of a run: `gone` when the task was deleted meanwhile. */
export type RunOutcome = "done" | "gone";

/**
 * Does one job of a task and tells its TaskObject. Doing it twice is harmless: an object that is
 * there already is not made again.
 *
 * @throws PlanError, RenderError, JoinError, InputMissingError, and whatever R2 throws.
 */
export async function runJob(
  env: Env,
  taskId: string,
  jobId: string,
  work: Work,
  task: DurableObjectStub<TaskObject>,
): Promise<RunOutcome> {
  switch (work.kind) {
    case "plan": {
      const input = await task.planInput();
      if (!input) return "gone";
      const { plan, files } = await buildPlan(taskId, input, chooseRenderer(env), await loadCaptionSources(env, input));
      for (const { key, contentType, text } of files) await env.MEDIA.put(key, text, { httpMetadata: { contentType } });
      const answer = await task.planned(plan);
      if (answer === "gone") await env.MEDIA.delete(files.map(({ key }) => key));
      return outcome(answer);
    }
    case "render":
    case "assemble": {
      if (await env.MEDIA.head(work.key)) {
        log("job_reused", { task_id: taskId, job: jobId });
      } else {
        await (work.kind === "render" ? render(env, jobId, work) : assemble(env.MEDIA, work));
        log("job_done", { task_id: taskId, job: jobId });
      }
      const answer = await task.complete(jobId);
      if (answer === "gone") await env.MEDIA.delete(work.key);
      return outcome(answer);
    }
  }
}

async function render(env: Env, jobId: string, work: RenderWork): Promise<void> {
  try {
    const bytes = await rendererOf(work.renderer, env).render(work.job, work.inputs, (input) => openInput(env, input));
    await env.MEDIA.put(work.key, bytes, { httpMetadata: { contentType: "video/mp4" } });
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    const names = work.inputs.filter(({ from }) => from.store === "r2").map(({ name }) => name);
    throw new RenderError(error.code, `${jobId} of ${names.join(", ")}: ${error.message}`, error.retryable, {
      cause: error,
    });
  }
}

function outcome(answer: "ok" | "gone"): RunOutcome {
  return answer === "ok" ? "done" : "gone";
}
