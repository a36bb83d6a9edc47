import { type Answer, call, create, download, finish, getTask, upload, watch } from "../../scripts/client.ts";
import { mutated } from "./mutate.ts";
import { canCheckFrames, type ListedShot, wrongFrame } from "./right-frames.ts";

/** A valid file, and the collection to which its damaged copies are uploaded. */
export interface Original {
  collection: "video_materials" | "narrations";
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Options of {@link fuzzMedia}. */
export interface MediaFuzzing {
  /** Origin of the service under test. */
  origin: string;
  originals: readonly Original[];
  /** Number of damaged files. */
  count: number;
  seed: number;
  onProgress?: (done: number) => void;
}

/** The result of {@link fuzzMedia}. */
export interface MediaReport {
  /** The number of files by outcome: `refused <status>`, `succeeded` or `failed <code>`. */
  outcomes: Record<string, number>;
  /** One text for each outcome that must not happen. */
  faults: string[];
}

/** A valid clip: the picture for damaged narrations, and the test that the service still works at the end. */
const GOOD_CLIP = "dusk.mp4";
/** Codes with which a task must not fail because of a damaged file. */
const SERVICE_FAULTS = ["internal_error", "join_failed"];
/** Request fields that keep rendering short. */
const SHORT_VIDEO = { video_clip_duration: 1, subtitle_enabled: false, bgm_type: "", video_concat_mode: "sequential" };

/**
 * Uploads damaged copies of valid files, and creates a video from each file that is accepted. Each file must be refused
 * with a 4xx, or lead to a task that fails with a reason, or that succeeds with the pictures that ffmpeg decodes from the
 * damaged file. Afterwards the service must still work.
 */
export async function fuzzMedia({ origin, originals, count, seed, onProgress }: MediaFuzzing): Promise<MediaReport> {
  const report: MediaReport = { outcomes: {}, faults: [] };
  const tryDamagedFile = async (number: number) => {
    const original = originals[number % originals.length];
    if (!original) throw new RangeError("there are no files to damage");
    const extension = original.name.slice(original.name.lastIndexOf("."));
    const name = `damaged-${number}${extension}`;
    try {
      const bytes = mutated(original.bytes, `${seed}/${number}`);
      const outcome = await outcomeOf(origin, original.collection, name, bytes);
      report.outcomes[outcome] = (report.outcomes[outcome] ?? 0) + 1;
    } catch (error) {
      report.faults.push(`${original.name}, seed ${seed}/${number}: ${String(error)}`);
    }
    onProgress?.(number + 1);
  };
  const numbers = Array.from({ length: count }, (_, number) => number);
  const work = async () => {
    for (let next = numbers.shift(); next !== undefined; next = numbers.shift()) await tryDamagedFile(next);
  };
  await Promise.all([work(), work()]);
  const health = await call<{ state: string }>(origin, "/health");
  if (health.data.state !== "ok")
    report.faults.push(`the service's health afterwards is ${JSON.stringify(health.data)}`);
  const good = await finish(origin, await create(origin, { video_materials: [{ url: GOOD_CLIP }], ...SHORT_VIDEO }));
  if (good.videos.length !== 1) report.faults.push("a valid request creates no video afterwards");
  return report;
}

/** @throws Error if the outcome must not happen. */
async function outcomeOf(
  origin: string,
  collection: Original["collection"],
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const form = new FormData();
  form.append("file", new Blob([bytes]), name);
  const sent: Answer<unknown> = await call(origin, `/api/v1/${collection}`, { method: "POST", body: form });
  if (sent.status >= 400 && sent.status < 500 && sent.message !== "") return `refused ${sent.status}`;
  if (sent.status !== 200) throw new Error(`the upload was answered ${sent.status}: ${sent.message}`);
  const inputs =
    collection === "narrations"
      ? { video_materials: [{ url: GOOD_CLIP }], custom_audio_file: name }
      : { video_materials: [{ url: name }] };
  const made = await call<{ task_id: string }>(origin, "/api/v1/videos", {
    method: "POST",
    body: JSON.stringify({ ...inputs, ...SHORT_VIDEO }),
  });
  if (made.status >= 400 && made.status < 500) return `refused ${made.status}`;
  if (made.status !== 200) throw new Error(`the request was answered ${made.status}: ${made.message}`);
  const id = made.data.task_id;
  await watch(origin, id);
  const { state, failure, videos } = await getTask(origin, id);
  const video = videos[0] !== undefined && collection === "video_materials" ? await download(videos[0]) : null;
  await call(origin, `/api/v1/tasks/${id}`, { method: "DELETE" });
  if (state === 1) {
    if (!video || !canCheckFrames) return "succeeded";
    const wrong = await wrongFrame(video, bytes, await shotsOf(origin, name));
    if (wrong !== null) throw new Error(wrong);
    return "succeeded with the right frames";
  }
  if (!failure?.message || SERVICE_FAULTS.includes(failure.code)) {
    throw new Error(`the task failed, but not because of the file: ${JSON.stringify(failure)}`);
  }
  return `failed ${failure.code}`;
}

/** The shots of a video of one material. */
async function shotsOf(origin: string, material: string): Promise<ListedShot[]> {
  const body = JSON.stringify({ video_materials: [{ url: material }], ...SHORT_VIDEO, dry_run: true });
  const { data } = await call<{ videos: { shots: ListedShot[] }[] }>(origin, "/api/v1/videos", {
    method: "POST",
    body,
  });
  return data.videos[0]?.shots ?? [];
}

/** Uploads the valid clip that {@link fuzzMedia} uses. */
export function uploadGoodClip(origin: string, clip: Uint8Array<ArrayBuffer>): Promise<string> {
  return upload(origin, "video_materials", GOOD_CLIP, clip);
}
