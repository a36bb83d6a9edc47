import type { Credit } from "../../api/authored.ts";
import {
  type ChosenClip,
  identityOf,
  type ShotTimes,
  shotTimesOf,
  shownSeconds,
} from "../../authoring/select-footage.ts";
import { fetchInputs } from "../../library/fetch-inputs.ts";
import { RemoteInputError } from "../../library/fetch-linked-file.ts";
import type { GatherWork } from "../../protocol/authoring.ts";
import type { TaskInput } from "../../protocol/task-input.ts";
import type { Gathered } from "../../protocol/task-jobs.ts";
import { renderersFor } from "../../renderers/choose-renderer.ts";
import { log } from "../../util/log.ts";
import type { Run } from "../run.ts";

/** Max clips of one task. */
export const MAX_CLIPS = 60;
/** Max clips that are tried in vain. */
const MAX_FAILURES = 20;
/** Max clips that one task fetches in parallel. Each of them needs the memory of one upload part. */
const MAX_PARALLEL_CLIPS = 3;

/** The clips of a term, and the seconds that they have to cover. */
export interface ClipNeed {
  clips: readonly ChosenClip[];
  seconds: number;
}

/**
 * Fetches as many clips for each need as cover its time, if each is shown for `video_clip_duration` at most. A clip that an
 * earlier need has got is only taken if there is no other.
 */
export async function fetchFollowing(
  run: Pick<Run<GatherWork>, "env" | "taskId" | "signal">,
  input: TaskInput,
  needs: readonly ClipNeed[],
): Promise<Gathered> {
  const shots = shotTimesOf(input.request);
  const gathered: Gathered = { materials: [], warnings: [] };
  const shown = new Set<string>();
  let failure: RemoteInputError | null = null;
  for (const { clips, seconds } of needs) {
    const others = clips.filter(({ clip }) => !shown.has(identityOf(clip)));
    const waiting = others.length > 0 ? others : clips.slice(0, 1);
    let missing = seconds;
    let taken = 0;
    while (waiting.length > 0 && (missing > 0 || taken === 0) && gathered.materials.length < MAX_CLIPS) {
      const batch = nextBatch(waiting, missing, shots);
      for (const { clip } of batch) shown.add(identityOf(clip));
      try {
        const { materials, warnings } = await fetchClips(run, input, batch, batch.length);
        gathered.materials.push(...materials);
        gathered.warnings.push(...warnings);
        taken += materials.length;
        for (const { media } of materials) missing -= shownSeconds(media.probe.duration, shots);
      } catch (error) {
        if (!(error instanceof RemoteInputError)) throw error;
        failure ??= error;
        gathered.warnings.push({ code: "clip_skipped", message: error.message });
      }
    }
  }
  if (gathered.materials.length === 0 && failure) throw failure;
  return { ...gathered, warnings: gathered.warnings.slice(0, 3) };
}

/** Takes the clips from the list that cover a time by what their provider says of their lengths; at least one. */
function nextBatch(waiting: ChosenClip[], seconds: number, shots: ShotTimes): ChosenClip[] {
  const batch: ChosenClip[] = [];
  let missing = seconds;
  do {
    const next = waiting.shift();
    if (!next) break;
    batch.push(next);
    missing -= shownSeconds(next.clip.duration, shots);
  } while (missing > 0);
  return batch;
}

/**
 * Fetches clips until there are enough, several at a time. A clip that cannot be used is replaced by the next candidate.
 * The result has the order of the candidates, so that it does not depend on how fast their hosts are.
 */
export async function fetchClips(
  { env, taskId, signal }: Pick<Run<GatherWork>, "env" | "taskId" | "signal">,
  input: TaskInput,
  candidates: readonly ChosenClip[],
  wanted: number,
): Promise<Gathered> {
  const renderers = await renderersFor(env, []);
  const stop = new AbortController();
  const fetching = { env, taskId, renderers, signal: AbortSignal.any([signal, stop.signal]) };
  const fetched = new Map<number, Gathered["materials"][number]>();
  const failures: RemoteInputError[] = [];
  let begun = 0;
  const isWanted = () =>
    begun < Math.min(candidates.length, wanted + failures.length) && failures.length < MAX_FAILURES;
  const fetchWanted = async () => {
    while (isWanted()) {
      const index = begun++;
      const { clip, term, url } = candidates[index] as ChosenClip;
      const remote = [{ field: `footage from ${clip.provider}`, url, place: "material" as const, position: 0 }];
      try {
        const [media] = (await fetchInputs(fetching, { ...input, materials: [], remote })).materials;
        if (media) fetched.set(index, { media, duration: 0, credit: creditOf(clip, term) });
      } catch (error) {
        if (!(error instanceof RemoteInputError)) throw error;
        log("clip_skipped", { task_id: taskId, provider: clip.provider, message: error.message });
        failures.push(error);
      }
    }
  };
  await Promise.all(
    Array.from({ length: MAX_PARALLEL_CLIPS }, () => fetchWanted().catch((error: unknown) => stop.abort(error))),
  );
  fetching.signal.throwIfAborted();
  if (fetched.size === 0 && wanted > 0 && failures[0]) throw failures[0];
  const materials = [...fetched].toSorted(([a], [b]) => a - b).map(([, material]) => material);
  const warnings = failures.slice(0, 3).map(({ message }) => ({ code: "clip_skipped", message }));
  return { materials, warnings };
}

function creditOf(clip: ChosenClip["clip"], term: string): Credit {
  const { provider, page, author, authorPage, licence } = clip;
  return { provider, page, author, author_page: authorPage, licence, term };
}
