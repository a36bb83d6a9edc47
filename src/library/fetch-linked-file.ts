import { z } from "zod";
import { CodedError, type ErrorOverrides } from "../api/errors.ts";
import type { Collection } from "../api/files.ts";
import { SubtitleFileError } from "../captions/read-subtitle-file.ts";
import { timingsTypeOf } from "../captions/word-timings/read-word-timings.ts";
import { TimingsError } from "../captions/word-timings/timed-part.ts";
import { type Config, readConfig } from "../config/config.ts";
import { dnsOverHttps } from "../outbound/dns-over-https.ts";
import { type Fetching, fetchFile } from "../outbound/fetch-file.ts";
import { FetchFileError } from "../outbound/fetch-file-error.ts";
import { fileProbeSchema } from "../protocol/file-probe.ts";
import type { RemoteInput } from "../protocol/task-input.ts";
import { RenderError, type Renderer } from "../renderers/renderer.ts";
import { keys } from "../storage/keys.ts";
import { putStream, type Stored, TooLargeError } from "../storage/put-stream.ts";
import { type BodyWithHead, readHead } from "../util/body-head.ts";
import { log } from "../util/log.ts";
import { sha256Hex } from "../util/sha256.ts";
import { fetchedName } from "./fetched-file-name.ts";
import { FormatError, recognisedMediaType } from "./formats.ts";
import { inspectFile, uploadLimit } from "./inspect-file.ts";
import { delayBeforeRetry } from "./link-retries.ts";
import { FORMAT_HEAD_BYTES } from "./recognise-format.ts";

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
export type Fetched = z.infer<typeof fetchedSchema> & { key: string };

/** What {@link fetchInputs} needs besides the task. */
export interface InputFetching {
  env: { MEDIA: R2Bucket };
  taskId: string;
  /** Renderers that inspect the files, in order of preference. */
  renderers: Renderer[];
  /** Aborts when the task is no longer wanted. */
  signal: AbortSignal;
}

/** The collection whose formats and limits apply to a linked file. */
export function collectionOf({ place }: RemoteInput): Collection {
  switch (place) {
    case "material":
      return "video_materials";
    case "narration":
      return "narrations";
    case "music":
      return "musics";
    case "subtitles":
    case "timings":
      return "subtitles";
  }
}

/**
 * Fetches one file, unless an earlier run of the job has fetched it. If the host fails in a way that may pass, fetches it
 * again, see link-retries.ts. `INPUT_FETCH_SECONDS` is the limit for all tries together.
 *
 * @param budget the bytes that the task may still fetch. The function reduces it.
 * @throws RemoteInputError if the file cannot be used; RenderError; the signal's reason; errors of R2.
 */
export async function fetchLinkedFile(
  fetching: InputFetching,
  input: RemoteInput,
  budget: { left: number },
): Promise<Fetched> {
  const { env, taskId } = fetching;
  const collection = collectionOf(input);
  const key = keys.input(taskId, await sha256Hex(`${collection} ${input.url}`));
  const known = await env.MEDIA.get(descriptionKey(key));
  if (known) {
    const file = { ...fetchedSchema.parse(await known.json()), key };
    budget.left -= file.size;
    return file;
  }
  const { INPUT_FETCH_SECONDS: seconds, INPUT_RETRY_SECONDS: retrySeconds } = readConfig(env);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), seconds * 1000);
  const started = performance.now();
  try {
    const signal = AbortSignal.any([fetching.signal, timeout.signal]);
    for (let tries = 1; ; tries++) {
      try {
        const file = await fetchToStorage({ ...fetching, signal }, input, collection, key, budget);
        await env.MEDIA.put(descriptionKey(key), JSON.stringify(file));
        log("input_fetched", { task_id: taskId, host: new URL(input.url).host, size: file.size });
        return { ...file, key };
      } catch (error) {
        if (!(error instanceof FetchFileError) || error.lasting) throw error;
        const delay = delayBeforeRetry(tries, performance.now() - started, retrySeconds * 1000, Math.random());
        if (delay === null) throw error;
        log("input_retry", { task_id: taskId, host: new URL(input.url).host, tries, message: error.message });
        await scheduler.wait(delay, { signal });
      }
    }
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
  { url, place }: RemoteInput,
  collection: Collection,
  key: string,
  budget: { left: number },
): Promise<Omit<Fetched, "key">> {
  const config = readConfig(env);
  const sent = await fetchFile(url, fetchingFor(config, collection, signal));
  const limit = Math.min(uploadLimit(collection), config.UPLOAD_MAX_BYTES);
  const sentFile = await readHead(sent.body, FORMAT_HEAD_BYTES);
  const contentType = await typeOf(collection, sentFile);
  const stored = await putWithinBudget(budget, sentFile.body, (body) =>
    putStream(env.MEDIA, key, body, { limit, contentType }),
  );
  try {
    const extension = collection === "subtitles" ? await subtitleExtension(env.MEDIA, place, key, stored.size) : "";
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

/** How a file for a collection is fetched. */
export function fetchingFor(config: Config, collection: Collection, signal: AbortSignal): Fetching {
  return {
    allow: config.OUTBOUND_ALLOW,
    resolve: dnsOverHttps(config.DNS_OVER_HTTPS_URL),
    signal,
    textExpected: collection === "subtitles",
    limits: {
      response: config.INPUT_RESPONSE_SECONDS * 1000,
      firstByte: config.INPUT_FIRST_BYTE_SECONDS * 1000,
      idle: config.INPUT_IDLE_SECONDS * 1000,
    },
  };
}

/** Stores a body and takes its bytes from the budget; gives them back if that fails. */
async function putWithinBudget(
  budget: { left: number },
  body: AsyncIterable<Uint8Array>,
  put: (body: AsyncIterable<Uint8Array>) => Promise<Stored>,
): Promise<Stored> {
  const max = budget.left;
  let taken = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of body) {
      taken += chunk.byteLength;
      budget.left -= chunk.byteLength;
      if (budget.left < 0) throw new TooLargeError(max);
      yield chunk;
    }
  }
  try {
    return await put(counted());
  } catch (error) {
    budget.left += taken;
    throw error;
  }
}

/** The media type of a body. Ends the body and throws FormatError if the collection does not accept the format. */
async function typeOf(collection: Collection, { head, body }: BodyWithHead): Promise<string> {
  try {
    return recognisedMediaType(collection, head) ?? "application/octet-stream";
  } catch (error) {
    for await (const _ of body) break;
    throw error;
  }
}

/** The extension of a subtitle file, by its content: a WebVTT file starts with `WEBVTT` (WebVTT §4.1). */
async function subtitleExtension(bucket: R2Bucket, place: RemoteInput["place"], key: string, size: number) {
  if (size === 0) return ".srt";
  const head = await bucket.get(key, { range: { offset: 0, length: Math.min(1024, size) } });
  const text = new TextDecoder("utf-8", { ignoreBOM: false, fatal: false }).decode(await head?.bytes());
  if (/^WEBVTT/.test(text)) return ".vtt";
  const type = place === "timings" ? timingsTypeOf(text) : "subtitles";
  return type === "subtitles" ? ".srt" : `.${type}`;
}

/**
 * Turns an error about a linked file into a RemoteInputError that names the request field. Returns other errors, such as
 * those of a renderer that did not answer, unchanged.
 */
function inputError({ field, url }: RemoteInput, error: unknown): unknown {
  const { host } = new URL(url);
  if (error instanceof FetchFileError) {
    const lasting = error.lasting ? { retryable: false } : {};
    return new RemoteInputError(`input_${error.reason}`, `${field}: ${error.message}`, { ...lasting, cause: error });
  }
  const isFile =
    error instanceof TooLargeError ||
    error instanceof FormatError ||
    error instanceof SubtitleFileError ||
    error instanceof TimingsError ||
    (error instanceof RenderError && error.code === "bad_input");
  if (!isFile) return error;
  return new RemoteInputError("input_refused", `${field}: the file from ${host}: ${error.message}`, {
    cause: error,
  });
}

/** The R2 key of a fetched file's description. */
const descriptionKey = (key: string) => `${key}.json`;
