import type { Work } from "../protocol/task-jobs.ts";
import { rendererOf } from "../renderers/choose-renderer.ts";
import { log } from "../util/log.ts";
import { assemble } from "./assemble-job.ts";
import { runGatherJob } from "./authoring/gather-job.ts";
import { runNarrateJob } from "./authoring/narrate-job.ts";
import { runPictureJob } from "./authoring/picture-job.ts";
import { runSearchJob } from "./authoring/search-job.ts";
import { runSpeakJob } from "./authoring/speak-job.ts";
import { runWriteJob } from "./authoring/write-job.ts";
import { runPlanJob } from "./plan-job.ts";
import { runRenderJob } from "./render-job.ts";
import type { Run } from "./run.ts";
import { makeStills } from "./stills-job.ts";

/**
 * Does one job of a task and reports to its TaskObject. Running a job twice is harmless: a result that is stored
 * already is not made again.
 *
 * @throws CodedError with a task's error code; the signal's reason; errors of R2.
 */
export async function runJob(run: Run): Promise<void> {
  const { env, taskId, jobId, ticket, work, task } = run;
  if (work.kind !== "render") run.accepted();
  if (work.kind === "plan") return runPlanJob(run);
  if (work.kind === "write") return runWriteJob(run);
  if (work.kind === "gather") return runGatherJob({ ...run, work });
  const results = resultKeys(work);
  const last = results.at(-1);
  if (last !== undefined && (await env.MEDIA.head(last))) {
    log("job_reused", { task_id: taskId, job: jobId });
  } else {
    await makeResults(run, work);
    log("job_done", { task_id: taskId, job: jobId });
  }
  if ((await task.complete(jobId, ticket)) === "gone") await env.MEDIA.delete(results);
}

type ResultWork = Exclude<Work, { kind: "gather" | "plan" | "write" }>;

/** The R2 keys that a job writes, in order: if the last object exists, all do. */
function resultKeys(work: ResultWork): string[] {
  return work.kind === "stills" ? [work.poster, work.storyboard.image, work.storyboard.vtt] : [work.key];
}

async function makeResults(run: Run, work: ResultWork): Promise<void> {
  const { env, signal } = run;
  switch (work.kind) {
    case "render":
      return runRenderJob({ ...run, work });
    case "assemble":
      return assemble(env.MEDIA, work, signal);
    case "speak":
      return runSpeakJob({ ...run, work });
    case "search":
      return runSearchJob({ ...run, work });
    case "picture":
      return runPictureJob({ ...run, work });
    case "narrate":
      return runNarrateJob({ ...run, work });
    case "stills":
      return makeStills(env.MEDIA, work, rendererOf(work.renderer, env), signal);
  }
}
