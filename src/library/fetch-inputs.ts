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

/** Files fetched at once: each holds a part of an upload in memory. */
const AT_ONCE = 3;

/** A linked file that a task cannot use. The message names the field and the host. */
export class RemoteInputError extends CodedError {
  override name = "RemoteInputError";

  constructor(code: "input_refused" | "input_unreachable", message: string, options?: ErrorOverrides) {
    super(code, message, options);
  }
}

/** What is kept beside a fetched file, once it was looked at. */
const fetchedSchema = z.strictObject({
  name: z.string(),
  size: z.number(),
  sha256: z.string(),
  probe: fileProbeSchema,
});
type Fetched = z.infer<typeof fetchedSchema> & { key: string };

/** What fetching needs besides the addresses. */
export interface InputFetching {
  env: { MEDIA: R2Bucket };
  taskId: string;
  /** In order of preference, for looking at the files. */
  renderers: Renderer[];
  /** Aborted when nobody wants the task any more. */
  signal: AbortSignal;
}

/**
 * Fetches a task's inputs from elsewhere into its own storage and puts them where they belong among
 * the others. Each address is fetched once for a task, however often it is named and the job is run.
 *
 * @throws RemoteInputError, RenderError, the signal's reason, and whatever R2 throws.
 */
export async function fetchInputs(fetching: InputFetching, task: TaskInput): Promise<TaskInput> {
  const remote = task.remote ?? [];
  if (remote.length === 0) return task;
  const budget = { left: readConfig(fetching.env).UPLOAD_MAX_BYTES };
  const waiting = [...Map.groupBy(remote, (input) => `${shelfOf(input)} ${input.url}`).values()];
  const fetched = new Map<RemoteInput, Fetched>();
  const stop = new AbortController();
  const signal = AbortSignal.any([fetching.signal, stop.signal]);
  const faults: unknown[] = [];
  const work = async () => {
    for (let same = waiting.shift(); same?.[0]; same = waiting.shift()) {
      const file = await fetchOne({ ...fetching, signal }, same[0], budget);
      for (const input of same) fetched.set(input, file);
    }
  };
  await Promise.all(
    Array.from({ length: AT_ONCE }, () =>
      work().catch((error: unknown) => {
        faults.push(error);
        // Where the run will be made again, what the others fetch now need not be fetched then.
        if (!(error instanceof RemoteInputError) || error.rerun === "never") stop.abort(error);
      }),
    ),
  );
  // The first fault that stopped the others is the reason; else the first of all.
  if (signal.aborted) throw signal.reason;
  if (faults.length > 0) throw faults[0];
  return complete(task, fetched);
}

/** Puts fetched files among a task's inputs. */
function complete(task: TaskInput, fetched: ReadonlyMap<RemoteInput, Fetched>): TaskInput {
  const whole: TaskInput = { ...task, materials: [...task.materials], remote: [] };
  // In the order of the request, so that each finds those before it in their places.
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

function shelfOf({ place }: RemoteInput): Collection {
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

async function fetchOne(fetching: InputFetching, input: RemoteInput, budget: { left: number }): Promise<Fetched> {
  const { env, taskId } = fetching;
  const collection = shelfOf(input);
  const key = keys.input(taskId, await sha256Hex(`${collection} ${input.url}`));
  const known = await env.MEDIA.get(noteOf(key));
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
    const file = await store({ ...fetching, signal }, input, collection, key, budget);
    await env.MEDIA.put(noteOf(key), JSON.stringify(file));
    log("input_fetched", { task_id: taskId, host: new URL(input.url).host, size: file.size });
    return { ...file, key };
  } catch (error) {
    fetching.signal.throwIfAborted();
    if (timeout.signal.aborted) {
      const message = `${input.field}: ${new URL(input.url).host} did not send the file within ${seconds} s`;
      throw new RemoteInputError("input_unreachable", message);
    }
    throw named(input, error);
  } finally {
    clearTimeout(timer);
  }
}

async function store(
  { env, renderers, signal }: InputFetching,
  { url }: RemoteInput,
  collection: Collection,
  key: string,
  budget: { left: number },
): Promise<Omit<Fetched, "key">> {
  const { OUTBOUND_ALLOW: allow, DNS_OVER_HTTPS_URL } = readConfig(env);
  const sent = await fetchFile(url, { allow, resolve: dnsOverHttps(DNS_OVER_HTTPS_URL), signal });
  const body = within(sent.body, budget);
  const limit = Math.min(uploadLimit(collection), readConfig(env).UPLOAD_MAX_BYTES);
  const stored = await putStream(env.MEDIA, key, body, { limit, contentType: "application/octet-stream" });
  try {
    const guess = collection === "subtitles" ? await subtitleName(env.MEDIA, key, stored.size) : "";
    const probe = await inspectFile(env.MEDIA, { ...stored, collection, name: guess, key }, renderers);
    const disposition = sent.headers.get("content-disposition");
    const name = fetchedName(collection, sent.url, disposition, probe);
    const sameType = guess === "" || name.toLowerCase().endsWith(guess);
    return { ...stored, name: sameType ? name : name.replace(/\.[^.]*$/, guess), probe };
  } catch (error) {
    await env.MEDIA.delete(key);
    throw error;
  }
}

/** All that is fetched for a task may be as large together as one upload. */
async function* within(body: AsyncIterable<Uint8Array>, budget: { left: number }): AsyncGenerator<Uint8Array, void> {
  const most = budget.left;
  for await (const chunk of body) {
    budget.left -= chunk.byteLength;
    if (budget.left < 0) throw new TooLargeError(most);
    yield chunk;
  }
}

/** The extension of a subtitle file, by its bytes: a WebVTT file says that it is one (WebVTT §4.1). */
async function subtitleName(bucket: R2Bucket, key: string, size: number): Promise<".vtt" | ".srt"> {
  if (size === 0) return ".srt";
  const head = await bucket.get(key, { range: { offset: 0, length: Math.min(16, size) } });
  return /^\uFEFF?WEBVTT/.test(new TextDecoder("utf-8", { ignoreBOM: true, fatal: false }).decode(await head?.bytes()))
    ? ".vtt"
    : ".srt";
}

/** Says of a fault which field it is about. Those of a renderer that is away are not the file's. */
function named({ field, url }: RemoteInput, error: unknown): unknown {
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

const noteOf = (key: string) => `${key}.json`;

function asMedia(file: Fetched): TaskMedia {
  return { input: asInput(file), probe: mediaOf(file.name, file.probe) };
}

function mediaOf(name: string, probe: FileProbe): TaskMedia["probe"] {
  if (probe.kind === "font" || probe.kind === "subtitles") throw new TypeError(`${name} is no media file`);
  return probe;
}

function asInput({ name, size, sha256, key }: Fetched): Input {
  return { name, size, sha256, from: { store: "r2", key } };
}
