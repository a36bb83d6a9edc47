import { z } from "zod";
import { CodedError, type ErrorOverrides } from "../api/errors.ts";
import type { Collection } from "../api/files.ts";
import { SubtitleFileError } from "../captions/read-subtitle-file.ts";
import { readConfig } from "../config/config.ts";
import { dnsOverHttps } from "../outbound/dns-over-https.ts";
import { FetchFileError, fetchFile } from "../outbound/fetch-file.ts";
import { type FileProbe, fileProbeSchema } from "../protocol/file-probe.ts";
import type { RemoteInput, TaskInput } from "../protocol/task-input.ts";
import type { Input, TaskMedia } from "../protocol/task-jobs.ts";
import { RenderError, type Renderer } from "../renderers/renderer.ts";
import { keys } from "../storage/keys.ts";
import { putStream, TooLargeError } from "../storage/put-stream.ts";
import { log } from "../util/log.ts";
import { sha256Hex } from "../util/sha256.ts";
import { fetchedName } from "./fetched-file-name.ts";
import { FormatError } from "./formats.ts";
import { inspectFile, uploadLimit } from "./inspect-file.ts";

/** Max files that one task fetches in parallel. Each of them needs the memory of one upload part. */
const MAX_PARALLEL_FETCHES = 3;

/** A linked file that a task cannot use. The message names the field and the host. */
export class RemoteInputError extends CodedError {
  override name = "RemoteInputError";

  constructor(code: "input_refused" | "input_unreachable", message: string, options?: ErrorOverrides) {
    super(code, message, options);
  }
}

/** The description of a fetched file, stored next to it when the fetch is complete. */
const fetchedSchema = z.strictObject({
  name: z.string(),
  size: z.number(),
  sha256: z.string(),
  probe: fileProbeSchema,
});
type Fetched = z.infer<typeof fetchedSchema> & { key: string };

/** What {@link fetchInputs} needs besides the task. */
export interface InputFetching {
  env: { MEDIA: R2Bucket };
  taskId: string;
  /** Renderers that inspect the files, in order of preference. */
  renderers: Renderer[];
  /** Aborts when the task is no longer wanted. */
  signal: AbortSignal;
}

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
  const failures: unknown[] = [];
  const fetchWaiting = async () => {
    for (let same = waiting.shift(); same?.[0]; same = waiting.shift()) {
      const file = await fetchOne({ ...fetching, signal }, same[0], budget);
      for (const input of same) fetched.set(input, file);
    }
  };
  await Promise.all(
    Array.from({ length: MAX_PARALLEL_FETCHES }, () =>
      fetchWaiting().catch((error: unknown) => {
        failures.push(error);
        // If the job will run again, let the other fetches finish: the next run does not repeat them.
        if (!(error instanceof RemoteInputError) || error.rerun === "never") stop.abort(error);
      }),
    ),
  );
  // An error that stopped the other fetches is more important than an earlier one that did not.
  if (signal.aborted) throw signal.reason;
  if (failures.length > 0) throw failures[0];
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
        whole.subtitles = asInput(file);
        break;
    }
  }
  return whole;
}

/** The collection whose formats and limits apply to a linked file. */
function collectionOf({ place }: RemoteInput): Collection {
  switch (place) {
    case "material":
      return "video_materials";
    case "narration":
      return "narrations";
    case "music":
      return "musics";
    case "subtitles":
      return "subtitles";
  }
}

/**
 * Fetches one file, unless an earlier run of the job has fetched it.
 *
 * @param budget the bytes that the task may still fetch. The function reduces it.
 */
async function fetchOne(fetching: InputFetching, input: RemoteInput, budget: { left: number }): Promise<Fetched> {
  const { env, taskId } = fetching;
  const collection = collectionOf(input);
  const key = keys.input(taskId, await sha256Hex(`${collection} ${input.url}`));
  const known = await env.MEDIA.get(descriptionKey(key));
  if (known) {
    const file = { ...fetchedSchema.parse(await known.json()), key };
    budget.left -= file.size;
    return file;
  }
  const { INPUT_FETCH_SECONDS: seconds } = readConfig(env);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), seconds * 1000);
  try {
    const signal = AbortSignal.any([fetching.signal, timeout.signal]);
    const file = await fetchToStorage({ ...fetching, signal }, input, collection, key, budget);
    await env.MEDIA.put(descriptionKey(key), JSON.stringify(file));
    log("input_fetched", { task_id: taskId, host: new URL(input.url).host, size: file.size });
    return { ...file, key };
  } catch (error) {
    fetching.signal.throwIfAborted();
    if (timeout.signal.aborted) {
      const message = `${input.field}: ${new URL(input.url).host} did not send the file within ${seconds} s`;
      throw new RemoteInputError("input_unreachable", message);
    }
    throw inputError(input, error);
  } finally {
    clearTimeout(timer);
  }
}

async function fetchToStorage(
  { env, renderers, signal }: InputFetching,
  { url }: RemoteInput,
  collection: Collection,
  key: string,
  budget: { left: number },
): Promise<Omit<Fetched, "key">> {
  const { OUTBOUND_ALLOW: allow, DNS_OVER_HTTPS_URL } = readConfig(env);
  const sent = await fetchFile(url, { allow, resolve: dnsOverHttps(DNS_OVER_HTTPS_URL), signal });
  const body = withinBudget(sent.body, budget);
  const limit = Math.min(uploadLimit(collection), readConfig(env).UPLOAD_MAX_BYTES);
  const stored = await putStream(env.MEDIA, key, body, { limit, contentType: "application/octet-stream" });
  try {
    const extension = collection === "subtitles" ? await subtitleExtension(env.MEDIA, key, stored.size) : "";
    const probe = await inspectFile(env.MEDIA, { ...stored, collection, name: extension, key }, renderers);
    const disposition = sent.headers.get("content-disposition");
    const name = fetchedName(collection, sent.url, disposition, probe);
    const sameType = extension === "" || name.toLowerCase().endsWith(extension);
    return { ...stored, name: sameType ? name : name.replace(/\.[^.]*$/, extension), probe };
  } catch (error) {
    await env.MEDIA.delete(key);
    throw error;
  }
}

/** Passes a body through and takes its bytes from the budget. Throws TooLargeError when the budget is used up. */
async function* withinBudget(
  body: AsyncIterable<Uint8Array>,
  budget: { left: number },
): AsyncGenerator<Uint8Array, void> {
  const max = budget.left;
  for await (const chunk of body) {
    budget.left -= chunk.byteLength;
    if (budget.left < 0) throw new TooLargeError(max);
    yield chunk;
  }
}

/** The extension of a subtitle file, by its content: a WebVTT file starts with `WEBVTT` (WebVTT §4.1). */
async function subtitleExtension(bucket: R2Bucket, key: string, size: number): Promise<".vtt" | ".srt"> {
  if (size === 0) return ".srt";
  const head = await bucket.get(key, { range: { offset: 0, length: Math.min(16, size) } });
  return /^\uFEFF?WEBVTT/.test(new TextDecoder("utf-8", { ignoreBOM: true, fatal: false }).decode(await head?.bytes()))
    ? ".vtt"
    : ".srt";
}

/**
 * Turns an error about a linked file into a RemoteInputError that names the request field. Returns other errors, such as
 * those of a renderer that did not answer, unchanged.
 */
function inputError({ field, url }: RemoteInput, error: unknown): unknown {
  const { host } = new URL(url);
  if (error instanceof FetchFileError) {
    const lasting = error.lasting ? { retryable: false, rerun: "never" as const } : {};
    return new RemoteInputError(`input_${error.reason}`, `${field}: ${error.message}`, { ...lasting, cause: error });
  }
  const isFile =
    error instanceof TooLargeError ||
    error instanceof FormatError ||
    error instanceof SubtitleFileError ||
    (error instanceof RenderError && error.code === "bad_input");
  if (!isFile) return error;
  return new RemoteInputError("input_refused", `${field}: the file from ${host}: ${error.message}`, {
    cause: error,
  });
}

/** The R2 key of a fetched file's description. */
const descriptionKey = (key: string) => `${key}.json`;

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
