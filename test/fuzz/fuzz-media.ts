import { type Answer, call, create, finish, getTask, upload, watch } from "../../scripts/client.ts";
import { mutated } from "./mutate.ts";

/** A valid file and the kind of upload for it. */
export interface Original {
  shelf: "video_materials" | "narrations";
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Options of {@link fuzzMedia}. */
export interface MediaFuzzing {
  origin: string;
  originals: readonly Original[];
  count: number;
  seed: number;
  onProgress?: (done: number) => void;
}

/**
 * The result of {@link fuzzMedia}: the number of files by outcome (`refused` with the status, `succeeded`, or
 * `failed` with the code), and the errors.
 */
export interface MediaReport {
  outcomes: Record<string, number>;
  faults: string[];
}

/** A valid clip. It is used with damaged narrations, and to check that the service still works. */
const GOOD = "dusk.mp4";
/** Failure codes that no file may cause. */
const OURS = ["internal_error", "join_failed"];
const QUICK = { video_clip_duration: 1, subtitle_enabled: false, bgm_type: "" };

/**
 * Uploads damaged copies of valid files and makes a video of each accepted file. Each file must end in a 4xx
 * response, a finished task, or a failed task with a reason. The service must work afterwards.
 */
export async function fuzzMedia({ origin, originals, count, seed, onProgress }: MediaFuzzing): Promise<MediaReport> {
  const report: MediaReport = { outcomes: {}, faults: [] };
  const one = async (number: number) => {
    const original = originals[number % originals.length];
    if (!original) throw new RangeError("there are no files to damage");
    const extension = original.name.slice(original.name.lastIndexOf("."));
    const name = `damaged-${number}${extension}`;
    try {
      const bytes = mutated(original.bytes, `${seed}/${number}`);
      const outcome = await outcomeOf(origin, original.shelf, name, bytes);
      report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
    } catch (error) {
      report.faults.push(`${original.name}, seed ${seed}/${number}: ${String(error)}`);
    }
    onProgress?.(number + 1);
  };
  const numbers = Array.from({ length: count }, (_, number) => number);
  const work = async () => {
    for (let next = numbers.shift(); next !== undefined; next = numbers.shift()) await one(next);
  };
  await Promise.all([work(), work()]);
  const health = await call<{ state: string }>(origin, "/health");
  if (health.data.state !== "ok") report.faults.push(`the service is ${JSON.stringify(health.data)} afterwards`);
  const good = await finish(origin, await create(origin, { video_materials: [{ url: GOOD }], ...QUICK }));
  if (good.videos.length !== 1) report.faults.push("a good request makes no video afterwards");
  return report;
}

async function outcomeOf(
  origin: string,
  shelf: Original["shelf"],
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const form = new FormData();
  form.append("file", new Blob([bytes]), name);
  const sent: Answer<unknown> = await call(origin, `/api/v1/${shelf}`, { method: "POST", body: form });
  if (sent.status >= 400 && sent.status < 500 && sent.message !== "") return `refused ${sent.status}`;
  if (sent.status !== 200) throw new Error(`the upload was answered ${sent.status}: ${sent.message}`);
  const inputs =
    shelf === "narrations"
      ? { video_materials: [{ url: GOOD }], custom_audio_file: name }
      : { video_materials: [{ url: name }] };
  const made = await call<{ task_id: string }>(origin, "/api/v1/videos", {
    method: "POST",
    body: JSON.stringify({ ...inputs, ...QUICK }),
  });
  if (made.status >= 400 && made.status < 500) return `refused ${made.status}`;
  if (made.status !== 200) throw new Error(`the request was answered ${made.status}: ${made.message}`);
  const id = made.data.task_id;
  await watch(origin, id);
  const { state, failure } = await getTask(origin, id);
  await call(origin, `/api/v1/tasks/${id}`, { method: "DELETE" });
  if (state === 1) return "succeeded";
  if (!failure?.message || OURS.includes(failure.code)) {
    throw new Error(`the task failed for no fault of the file: ${JSON.stringify(failure)}`);
  }
  return `failed ${failure.code}`;
}

/** Uploads the valid clip that is combined with the damaged files. */
export function uploadGood(origin: string, clip: Uint8Array<ArrayBuffer>): Promise<string> {
  return upload(origin, "video_materials", GOOD, clip);
}
