import type { Credit, Warning } from "../../api/authored.ts";
import { CodedError } from "../../api/errors.ts";
import {
  type ChosenClip,
  clipsInTurn,
  FOOTAGE_SHORT_SIDE,
  fileFor,
  rankClips,
} from "../../authoring/select-footage.ts";
import { fetchInputs } from "../../library/fetch-inputs.ts";
import { RemoteInputError } from "../../library/fetch-linked-file.ts";
import { probeObject } from "../../library/probe-file.ts";
import {
  type GatherWork,
  narratedSchema,
  picturedSchema,
  type Searched,
  searchedSchema,
} from "../../protocol/authoring.ts";
import type { TaskInput } from "../../protocol/task-input.ts";
import type { Gathered, TaskMedia } from "../../protocol/task-jobs.ts";
import { renderersFor } from "../../renderers/choose-renderer.ts";
import { readStored, storeJson } from "../../storage/stored-json.ts";
import { frameSize } from "../../timeline/plan-timeline.ts";
import { log } from "../../util/log.ts";
import type { Run } from "../run.ts";

/** Max clips of one task. */
const MAX_CLIPS = 60;
/** Max clips that are tried in vain. */
const MAX_FAILURES = 20;
/** The length of a video without a narration, in seconds. */
const SILENT_VIDEO_SECONDS = 15;

/** A run of a gather job. */
type GatherRun = Pick<Run<GatherWork>, "env" | "taskId" | "jobId" | "ticket" | "task" | "work" | "signal">;

/**
 * Hands the run over to the task's PlanRunner: the hosts of clips may be slow, and the other jobs of the batch and of the
 * queue must not wait for them.
 */
export async function runGatherJob({ env, taskId, jobId, ticket, work }: Run<GatherWork>): Promise<void> {
  await env.PLAN_RUNNERS.getByName(taskId).start({ taskId, jobId, ticket, gather: work });
}

/**
 * Chooses clips from the results of the searches, fetches as many as the narration needs, stores the list and reports to
 * the TaskObject. A clip that cannot be fetched is replaced by the next one.
 *
 * @throws CodedError `footage_not_found`, or the code of the searches if all of them failed; RemoteInputError if no clip
 *   can be fetched.
 */
export async function gatherFootage(run: GatherRun): Promise<void> {
  const { env, jobId, task, ticket, work } = run;
  if (!(await env.MEDIA.head(work.key))) await gather(run);
  if ((await task.complete(jobId, ticket)) === "gone") await env.MEDIA.delete(work.key);
}

async function gather(run: GatherRun): Promise<void> {
  const { env, work, task } = run;
  const input = await task.planInput();
  if (!input) return;
  const { video_clip_duration, video_aspect, match_materials_to_script } = input.request;
  const narration = work.narration ? await readStored(env.MEDIA, work.narration, narratedSchema) : null;
  const seconds = narration?.duration ?? input.narration?.probe.duration ?? SILENT_VIDEO_SECONDS;
  const searches = await Promise.all(
    work.searches.map(async ({ term, keys }) => {
      const found = await Promise.all(keys.map((key) => readStored(env.MEDIA, key, searchedSchema)));
      return { term, found };
    }),
  );
  const frame = frameSize(video_aspect, FOOTAGE_SHORT_SIDE);
  const ranked = searches.map(({ term, found }) => ({
    term,
    clips: rankClips(
      found.flatMap(({ clips }) => clips),
      video_clip_duration,
      frame.width / frame.height,
    ),
  }));
  const candidates = clipsInTurn(ranked).map(({ term, clip }) => ({ term, clip, url: fileFor(clip, frame) }));
  const pictures = await storedPictures(run);
  if (candidates.length === 0 && pictures.length === 0) throw nothingFound(searches.flatMap(({ found }) => found));
  const wanted = Math.min(MAX_CLIPS, Math.ceil(seconds / video_clip_duration)) - pictures.length;
  const { materials: clips, warnings } = await fetchClips(run, input, candidates, wanted);
  const materials = [...pictures, ...clips];
  const ordered = match_materials_to_script
    ? materials.toSorted((a, b) => termIndex(work, a.credit.term) - termIndex(work, b.credit.term))
    : materials;
  const failures = searches.flatMap(({ found }) => found.flatMap(({ failure }) => failure ?? []));
  const failed: Warning[] = [...new Map(failures.map((each) => [each.message, each])).values()];
  const gathered: Gathered = { materials: ordered, warnings: [...failed, ...warnings] };
  await storeJson(env.MEDIA, work.key, gathered);
}

function termIndex({ searches }: GatherWork, term: string): number {
  return searches.findIndex((search) => search.term === term);
}

/** Why there is no footage at all: the first failure of a search, or that nothing matches. */
function nothingFound(found: readonly Searched[]): CodedError {
  const failure = found.find((each) => each.failure !== null)?.failure;
  if (failure && found.every((each) => each.failure !== null)) {
    return new CodedError(failure.code as "footage_unavailable", failure.message, { rerun: "never" });
  }
  return new CodedError(
    "footage_not_found",
    "no footage was found for any search term: set other video_terms, another video_source, or video_materials",
  );
}

/** Fetches clips in turn until there are enough. Clips that cannot be used are skipped. */
async function fetchClips(
  { env, taskId, signal }: Pick<Run<GatherWork>, "env" | "taskId" | "signal">,
  input: TaskInput,
  candidates: readonly ChosenClip[],
  wanted: number,
): Promise<Gathered> {
  const renderers = await renderersFor(env, []);
  const materials: Gathered["materials"] = [];
  const failures: RemoteInputError[] = [];
  for (const { clip, term, url } of candidates) {
    if (materials.length >= wanted || failures.length >= MAX_FAILURES) break;
    const remote = [{ field: `footage from ${clip.provider}`, url, place: "material" as const, position: 0 }];
    try {
      const fetched = await fetchInputs({ env, taskId, renderers, signal }, { ...input, materials: [], remote });
      const [media] = fetched.materials;
      if (media) materials.push({ media, duration: 0, credit: creditOf(clip, term) });
    } catch (error) {
      if (!(error instanceof RemoteInputError)) throw error;
      log("clip_skipped", { task_id: taskId, provider: clip.provider, message: error.message });
      failures.push(error);
    }
  }
  if (materials.length === 0 && wanted > 0 && failures[0]) throw failures[0];
  const warnings = failures.slice(0, 3).map(({ message }) => ({ code: "clip_skipped", message }));
  return { materials, warnings };
}

function creditOf(clip: ChosenClip["clip"], term: string): Credit {
  const { provider, page, author, authorPage, licence } = clip;
  return { provider, page, author, author_page: authorPage, licence, term };
}

/** The pictures that were made, as materials. */
async function storedPictures({ env, work }: Pick<GatherRun, "env" | "work">): Promise<Gathered["materials"]> {
  const renderers = await renderersFor(env, []);
  return Promise.all(
    work.pictures.map(async (key, index) => {
      const picture = await readStored(env.MEDIA, key, picturedSchema);
      const probe = await probeObject(env.MEDIA, picture, renderers);
      const media: TaskMedia = {
        input: {
          name: `picture-${index + 1}`,
          sha256: picture.sha256,
          size: picture.size,
          from: { store: "r2", key: picture.key },
        },
        probe,
      };
      const credit: Credit = {
        provider: picture.provider,
        page: null,
        author: picture.model,
        author_page: null,
        licence: null,
        term: picture.prompt,
      };
      return { media, duration: 0, credit };
    }),
  );
}
