import type { Credit, Warning } from "../../api/authored.ts";
import { CodedError } from "../../api/errors.ts";
import { termSpans } from "../../authoring/match-footage.ts";
import {
  type ChosenClip,
  clipsInTurn,
  countToFill,
  FOOTAGE_SHORT_SIDE,
  fileFor,
  rankClips,
  shotTimesOf,
  type TermClips,
} from "../../authoring/select-footage.ts";
import { probeObject } from "../../library/probe-file.ts";
import {
  type GatherWork,
  maybePicturedSchema,
  type Narrated,
  narratedSchema,
  type PartFailure,
  type Searched,
  searchedSchema,
} from "../../protocol/authoring.ts";
import type { Gathered, TaskMedia } from "../../protocol/task-jobs.ts";
import { renderersFor } from "../../renderers/choose-renderer.ts";
import { readStored, storeJson } from "../../storage/stored-json.ts";
import { requestedFrame } from "../../timeline/plan-timeline.ts";
import type { Run } from "../run.ts";
import { type ClipNeed, fetchClips, fetchFollowing, MAX_CLIPS } from "./fetch-clips.ts";
import { searchAgain } from "./search-job.ts";

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
  const { video_duration, match_materials_to_script } = input.request;
  const shots = shotTimesOf(input.request);
  const narration = work.narration ? await readStored(env.MEDIA, work.narration, narratedSchema) : null;
  const spoken = narration?.duration ?? input.narration?.probe.duration ?? null;
  const seconds = Math.max(spoken ?? 0, video_duration ?? 0) || SILENT_VIDEO_SECONDS;
  const { pictures, failures: notMade } = await storedPictures(run);
  const searches = await storedSearches(run, pictures.length > 0);
  const frame = requestedFrame(input.request, FOOTAGE_SHORT_SIDE);
  const ranked = searches.map(({ term, found }) => ({
    term,
    clips: rankClips(
      found.flatMap(({ clips }) => clips),
      shots,
      frame.width / frame.height,
    ),
  }));
  const asChosen = ({ term, clip }: Omit<ChosenClip, "url">) => ({ term, clip, url: fileFor(clip, frame) });
  const candidates = clipsInTurn(ranked).map(asChosen);
  const failures = [...searches.flatMap(({ found }) => found.flatMap(({ failure }) => failure ?? [])), ...notMade];
  if (candidates.length === 0 && pictures.length === 0) {
    throw nothingFound(failures, failures.length === work.searches.flatMap(({ keys }) => keys).length + notMade.length);
  }
  const missing = seconds - pictures.length * shots.clipSeconds;
  const clipsInOrder = candidates.map(({ clip }) => clip);
  const wanted = missing > 0 ? Math.min(MAX_CLIPS - pictures.length, countToFill(clipsInOrder, missing, shots)) : 0;
  const follows = match_materials_to_script && narration && input.materials.length === 0;
  const { materials: clips, warnings } = follows
    ? await fetchFollowing(run, input, needsOf(ranked, narration, asChosen))
    : await fetchClips(run, input, candidates, wanted);
  const materials = [...pictures, ...clips];
  const failed: Warning[] = [...new Map(failures.map(({ code, message }) => [message, { code, message }])).values()];
  const gathered: Gathered = { materials, warnings: [...failed, ...warnings] };
  await storeJson(env.MEDIA, work.key, gathered);
}

/** The clips of each term that found some, and how many seconds of its sentences they have to cover. */
function needsOf(
  ranked: readonly TermClips[],
  narration: Narrated,
  asChosen: (found: Omit<ChosenClip, "url">) => ChosenClip,
): ClipNeed[] {
  const present = ranked.flatMap(({ clips }, index) => (clips.length > 0 ? [index] : []));
  const spans = termSpans(present, ranked.length, narration);
  return spans.flatMap(({ start, end }, index) => {
    const found = ranked[present[index] ?? -1];
    return found
      ? [{ clips: found.clips.map((clip) => asChosen({ term: found.term, clip })), seconds: end - start }]
      : [];
  });
}

interface FoundFootage {
  term: string;
  found: Searched[];
}

/**
 * The results of the searches. If no provider gave anything, those that failed are repeated: at once if the failure may
 * pass, and in a later run in any case, because then the user may have corrected a key.
 *
 * @param enough whether the task has other footage.
 * @throws as the author Worker fails, if all searches fail again.
 */
async function storedSearches({ env, work, ticket }: GatherRun, enough: boolean): Promise<FoundFootage[]> {
  const errors: unknown[] = [];
  const read = (repeat: boolean) =>
    Promise.all(
      work.searches.map(async ({ term, keys }) => {
        const found = keys.map(async (key) => {
          const stored = await readStored(env.MEDIA, key, searchedSchema);
          const { request, retryable } = stored.failure ?? {};
          if (!repeat || !request || !(retryable || ticket.run > 1)) return stored;
          return searchAgain(env, key, request).catch((error: unknown) => {
            errors.push(error);
            return stored;
          });
        });
        return { term, found: await Promise.all(found) };
      }),
    );
  const hasClips = (searches: FoundFootage[]) =>
    searches.some(({ found }) => found.some(({ clips }) => clips.length > 0));
  const stored = await read(false);
  if (enough || hasClips(stored)) return stored;
  const repeated = await read(true);
  if (!hasClips(repeated) && errors.length > 0) {
    throw errors.find((error) => error instanceof CodedError && error.rerun !== "never") ?? errors[0];
  }
  return repeated;
}

/** Why there is no footage at all: the first failure, or that nothing matches. */
function nothingFound([failure]: readonly PartFailure[], allFailed: boolean): CodedError {
  if (failure && allFailed) {
    return new CodedError(failure.code, failure.message, { rerun: "never", retryable: failure.retryable });
  }
  return new CodedError(
    "footage_not_found",
    "no footage was found for any search term: set other video_terms, another video_source, or video_materials",
  );
}

/** The pictures that were made, as materials, and why others were not. */
async function storedPictures({
  env,
  work,
}: Pick<GatherRun, "env" | "work">): Promise<{ pictures: Gathered["materials"]; failures: PartFailure[] }> {
  const renderers = await renderersFor(env, []);
  const failures: PartFailure[] = [];
  const pictures = await Promise.all(
    work.pictures.map(async (key, index) => {
      const picture = await readStored(env.MEDIA, key, maybePicturedSchema);
      if ("failure" in picture) {
        failures.push(picture.failure);
        return [];
      }
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
      return [{ media, duration: 0, credit }];
    }),
  );
  return { pictures: pictures.flat(), failures };
}
