import type { Warning } from "../api/authored.ts";
import { CodedError } from "../api/errors.ts";
import { hearNarration } from "../authoring/hear-narration.ts";
import { fetchInputs } from "../library/fetch-inputs.ts";
import { RemoteInputError } from "../library/fetch-linked-file.ts";
import { applyAuthored } from "../planning/apply-authored.ts";
import { buildPlan } from "../planning/build-plan.ts";
import { type CaptionSources, describeMissingGlyphs, loadCaptionSources } from "../planning/load-caption-sources.ts";
import { planWithoutVideos } from "../planning/plan-without-videos.ts";
import { needsHearing, needsTranscription, timeCaptions } from "../planning/time-captions.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import type { AuthoredParts } from "../protocol/task-jobs.ts";
import { planForPreferred, renderersFor } from "../renderers/choose-renderer.ts";
import type { Renderer } from "../renderers/renderer.ts";
import { deletePrefix } from "../storage/delete-objects.ts";
import { keys } from "../storage/keys.ts";
import type { PlanInput } from "../tasks/task-calls.ts";
import type { Run } from "./run.ts";
import { NOT_TRANSCRIBED, transcribeOrWarn } from "./transcribe-or-warn.ts";

/**
 * Plans a task; see {@link planTask}. If the task has linked files, hands the run over to the task's PlanRunner: their
 * hosts may be slow, and the other jobs of the batch and of the queue must not wait for them.
 *
 * @throws PlanError, RenderError, FontError, SubtitleFileError; CodedError `input_missing`; the signal's reason.
 */
export async function runPlanJob(run: Omit<Run, "work">): Promise<void> {
  const { env, taskId, jobId, ticket, task } = run;
  const asked = await task.planInput();
  if (asked?.remote?.length) await env.PLAN_RUNNERS.getByName(taskId).start({ taskId, jobId, ticket, gather: null });
  else if (asked) await planTask(run, asked);
}

/**
 * Fetches a task's linked files, plans its videos, writes their subtitle files, and gives the plan to the TaskObject.
 *
 * @throws RemoteInputError, PlanError, RenderError, FontError, SubtitleFileError; CodedError `input_missing`; the signal's reason.
 */
export async function planTask(
  { env, taskId, ticket, task, signal }: Pick<Run, "env" | "taskId" | "ticket" | "task" | "signal">,
  asked: PlanInput,
): Promise<void> {
  const renderers = await renderersFor(env, asked.avoided);
  const fetched = await fetchInputs({ env, taskId, renderers, signal }, asked);
  const { input, sentences, parts } = await applyAuthored(env.MEDIA, fetched, asked.authored);
  const sources = await loadCaptionSources(env, input);
  checkFetchedSubtitles(asked, input, sources);
  const transcribed = needsTranscription(input, sources, sentences)
    ? await transcribeOrWarn({ env, taskId, ticket, signal }, input, sources, renderers)
    : NOT_TRANSCRIBED;
  const heard =
    transcribed.words === null && needsHearing(input, sources, sentences)
      ? await hearOrWarn(env, taskId, input, renderers, signal)
      : NOT_HEARD;
  const timed = timeCaptions(input, sources, { spoken: sentences, heard: transcribed.words, levels: heard.levels });
  const { captions } = timed;
  const told = withWarnings(parts, [...transcribed.warnings, ...heard.warnings, ...timed.warnings]);
  const { plan, files } = await planForPreferred(renderers, asked.avoided, async (renderer) =>
    asked.authoring && asked.authoring.stopAt !== "video"
      ? planWithoutVideos(taskId, input, renderer, captions)
      : buildPlan(taskId, input, renderer, captions),
  );
  for (const { key, contentType, text } of files) await env.MEDIA.put(key, text, { httpMetadata: { contentType } });
  if ((await task.planned({ ...plan, authored: told }, ticket)) !== "gone") return;
  await env.MEDIA.delete(files.map(({ key }) => key));
  if (asked.remote?.length) await deletePrefix(env.MEDIA, keys.input(taskId, ""));
}

/** How loud a narration is over time, and why that is unknown. */
interface HeardNarration {
  levels: Uint8Array | null;
  warnings: Warning[];
}

const NOT_HEARD: HeardNarration = { levels: null, warnings: [] };

/** Hears the narration. If it cannot be decoded, its subtitles are spread over it, and a warning says so. */
async function hearOrWarn(
  env: Run["env"],
  taskId: string,
  { narration }: TaskInput,
  renderers: readonly Renderer[],
  signal: AbortSignal,
): Promise<HeardNarration> {
  if (!narration) return NOT_HEARD;
  try {
    return { levels: await hearNarration(env, taskId, narration, renderers, signal), warnings: [] };
  } catch (error) {
    if (
      !(error instanceof CodedError) ||
      !["bad_input", "output_limit", "ffmpeg_failed", "out_of_memory", "timeout"].includes(error.code)
    )
      throw error;
    const message = `the pauses of the narration could not be found, so subtitles are spread over it: ${error.message}`;
    return { levels: null, warnings: [{ code: "pauses_not_found", message }] };
  }
}

/** Adds warnings to those about authored parts. */
function withWarnings(parts: AuthoredParts | null, warnings: Warning[]): AuthoredParts | null {
  if (warnings.length === 0) return parts;
  const none: AuthoredParts = { audioDuration: null, credits: [], warnings: [] };
  const known = parts ?? none;
  return { ...known, warnings: [...known.warnings, ...warnings] };
}

/** Checks the glyphs of a linked subtitle file, which could not be checked when the task was created. */
function checkFetchedSubtitles({ remote }: TaskInput, input: TaskInput, captions: CaptionSources): void {
  if (!remote?.some(({ place }) => place === "subtitles" || place === "timings")) return;
  const missing = describeMissingGlyphs(input, captions);
  if (missing !== null) throw new RemoteInputError("input_refused", missing);
}
