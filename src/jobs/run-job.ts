import type { Env } from "../env.ts";
import { fetchInputs, RemoteInputError } from "../library/fetch-inputs.ts";
import { buildPlan } from "../planning/build-plan.ts";
import { type CaptionSources, describeMissingGlyphs, loadCaptionSources } from "../planning/caption-sources.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import type { RenderWork, Work } from "../protocol/task-jobs.ts";
import { planForFirst, rendererOf, renderersFor } from "../renderers/choose-renderer.ts";
import { RenderError } from "../renderers/renderer.ts";
import { deletePrefix } from "../storage/delete-objects.ts";
import { keys } from "../storage/keys.ts";
import { openInput } from "../storage/open-input.ts";
import type { TaskObject } from "../tasks/object/task-object.ts";
import type { Ticket } from "../tasks/task-calls.ts";
import { log } from "../util/log.ts";
import { assemble } from "./join-segments.ts";
import { makeStills } from "./make-stills.ts";

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
  /** Called when a renderer has the job, or at once where it is none of a renderer's. */
  accepted: () => void;
}

/**
 * Does one job of a task and tells its TaskObject. Doing it twice is harmless: an object that is
 * there already is not made again.
 *
 * @throws PlanError, RemoteInputError, RenderError, JoinError, InputMissingError, the signal's reason, and whatever R2 throws.
 */
export async function runJob(run: Run): Promise<void> {
  const { env, taskId, jobId, ticket, work, task } = run;
  if (work.kind !== "render") run.accepted();
  if (work.kind === "plan") {
    const asked = await task.planInput();
    if (!asked) return;
    const candidates = await renderersFor(env, asked.avoided);
    const input = await fetchInputs({ env, taskId, renderers: candidates, signal: run.signal }, asked);
    const captions = await loadCaptionSources(env, input);
    checkFetchedSubtitles(asked, input, captions);
    const { plan, files } = await planForFirst(candidates, asked.avoided, (renderer) =>
      buildPlan(taskId, input, renderer, captions),
    );
    for (const { key, contentType, text } of files) await env.MEDIA.put(key, text, { httpMetadata: { contentType } });
    if ((await task.planned(plan, ticket)) !== "gone") return;
    await env.MEDIA.delete(files.map(({ key }) => key));
    if (asked.remote?.length) await deletePrefix(env.MEDIA, keys.input(taskId, ""));
    return;
  }
  const made = resultKeys(work);
  const last = made.at(-1);
  if (last !== undefined && (await env.MEDIA.head(last))) {
    log("job_reused", { task_id: taskId, job: jobId });
  } else {
    await make(run, work);
    log("job_done", { task_id: taskId, job: jobId });
  }
  if ((await task.complete(jobId, ticket)) === "gone") await env.MEDIA.delete(made);
}

/** Subtitles from elsewhere could not be looked at when the task was made. */
function checkFetchedSubtitles({ remote }: TaskInput, input: TaskInput, captions: CaptionSources): void {
  if (!remote?.some(({ place }) => place === "subtitles")) return;
  const missing = describeMissingGlyphs(input, captions);
  if (missing !== null) throw new RemoteInputError("input_refused", missing);
}

type MakingWork = Exclude<Work, { kind: "plan" }>;

/** What a job writes to R2, in the order that it does. */
function resultKeys(work: MakingWork): string[] {
  return work.kind === "stills" ? [work.poster, work.storyboard.image, work.storyboard.vtt] : [work.key];
}

async function make(run: Run, work: MakingWork): Promise<void> {
  const { env, signal } = run;
  switch (work.kind) {
    case "render":
      return render(run, work);
    case "assemble":
      return assemble(env.MEDIA, work, signal);
    case "stills":
      return makeStills(env.MEDIA, work, rendererOf(work.renderer, env), signal);
  }
}

async function render({ env, jobId, signal, accepted }: Run, work: RenderWork): Promise<void> {
  const renderer = rendererOf(work.renderer, env);
  try {
    await renderer.render(work.job, work.inputs, {
      open: (input) => openInput(env, input),
      store: (rendered) => env.MEDIA.put(work.key, rendered, { httpMetadata: { contentType: "video/mp4" } }),
      signal,
      accepted,
    });
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    const names = work.inputs.filter(({ from }) => from.store === "r2").map(({ name }) => name);
    throw new RenderError(error.code, `${jobId} of ${names.join(", ")}: ${error.message}`, {
      cause: error,
      retryable: error.retryable,
      rerun: error.rerun,
    });
  }
}
