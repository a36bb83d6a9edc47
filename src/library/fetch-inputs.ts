import { readConfig } from "../config/config.ts";
import type { FileProbe } from "../protocol/file-probe.ts";
import type { RemoteInput, TaskInput } from "../protocol/task-input.ts";
import type { Input, TaskMedia } from "../protocol/task-jobs.ts";
import { collectionOf, type Fetched, fetchLinkedFile, type InputFetching } from "./fetch-linked-file.ts";

/** Max files that one task fetches in parallel. Each of them needs the memory of one upload part. */
const MAX_PARALLEL_FETCHES = 3;

/**
 * Fetches a task's linked files into the task's own storage. A task fetches each URL only once, even if the request names
 * it several times or the job runs again. The linked files of a task may have at most `UPLOAD_MAX_BYTES` in total.
 *
 * @returns the task with the fetched files at the positions where the request names them.
 * @throws RemoteInputError if a file cannot be used; RenderError; the signal's reason; errors of R2.
 */
export async function fetchInputs(fetching: InputFetching, task: TaskInput): Promise<TaskInput> {
  const remote = task.remote ?? [];
  if (remote.length === 0) return task;
  const budget = { left: readConfig(fetching.env).UPLOAD_MAX_BYTES };
  const waiting = [...Map.groupBy(remote, (input) => `${collectionOf(input)} ${input.url}`).values()];
  const fetched = new Map<RemoteInput, Fetched>();
  const stop = new AbortController();
  const signal = AbortSignal.any([fetching.signal, stop.signal]);
  const fetchWaiting = async () => {
    for (let same = waiting.shift(); same?.[0]; same = waiting.shift()) {
      const file = await fetchLinkedFile({ ...fetching, signal }, same[0], budget);
      for (const input of same) fetched.set(input, file);
    }
  };
  await Promise.all(
    Array.from({ length: MAX_PARALLEL_FETCHES }, () => fetchWaiting().catch((error: unknown) => stop.abort(error))),
  );
  signal.throwIfAborted();
  return withFetched(task, fetched);
}

/** The task with the fetched files among its inputs. */
function withFetched(task: TaskInput, fetched: ReadonlyMap<RemoteInput, Fetched>): TaskInput {
  const whole: TaskInput = { ...task, materials: [...task.materials], remote: [] };
  // Materials are inserted in the order of the request, so that each position is right when it is used.
  for (const [remote, file] of [...fetched].sort(([a], [b]) => a.position - b.position)) {
    switch (remote.place) {
      case "material":
        whole.materials.splice(remote.position, 0, asMedia(file));
        break;
      case "narration":
      case "music":
        whole[remote.place] = asMedia(file);
        break;
      case "subtitles":
      case "timings":
        whole[remote.place] = asInput(file);
        break;
    }
  }
  return whole;
}

function asMedia(file: Fetched): TaskMedia {
  return { input: asInput(file), probe: mediaOf(file.name, file.probe) };
}

function mediaOf(name: string, probe: FileProbe): TaskMedia["probe"] {
  if (probe.kind === "font" || probe.kind === "subtitles") throw new TypeError(`${name} is not a media file`);
  return probe;
}

function asInput({ name, size, sha256, key }: Fetched): Input {
  return { name, size, sha256, from: { store: "r2", key } };
}
