import createClient, { type Client } from "openapi-fetch";
import { errorOfTask } from "./errors.ts";
import type { paths } from "./generated/openapi.ts";
import { createTransport, pause, type Send, type TransportOptions } from "./transport.ts";
import type {
  DryRun,
  Health,
  Task,
  TaskOrId,
  TaskPage,
  TaskQuery,
  UploadedFile,
  VideoRequest,
  Voice,
} from "./types.ts";
import { type Collection, idOf } from "./types.ts";
import { type UploadOptions, uploadFile } from "./upload.ts";

/** Options that every call has. */
export interface CallOptions {
  /** Ends the call. It does not cancel the task. */
  signal?: AbortSignal | undefined;
}

/** Seconds that one request waits for a change of a task. */
const LONG_POLL = 25;
/** Seconds between two requests if the answer came at once without a change, as from a proxy that drops the query. */
const MIN_POLL_INTERVAL = 1;

/**
 * A client of one Edgereel service.
 *
 * @example
 * ```ts
 * const edgereel = new Edgereel({ url: "https://videos.example", apiKey: process.env.EDGEREEL_API_KEY });
 * const task = await edgereel.createVideo({ video_subject: "Why cats purr" });
 * const done = await edgereel.waitFor(task, { onProgress: ({ progress }) => console.log(progress) });
 * console.log(done.videos);
 * ```
 */
export class Edgereel {
  /** Every call of the API, with its types, for what the methods do not cover: `edgereel.api.GET("/api/v1/voices")`. */
  readonly api: Client<paths>;
  readonly #send: Send;

  constructor(options: TransportOptions) {
    const send = createTransport(options);
    this.#send = send;
    const origin = "http://service.invalid";
    this.api = createClient<paths>({
      baseUrl: origin,
      fetch: async ({ url, method, headers, body, signal }) => {
        const bytes = body === null ? null : await new Response(body).arrayBuffer();
        return send(url.slice(origin.length), { method, headers, body: bytes, signal });
      },
    });
  }

  /**
   * Creates a task that makes videos, and returns its id at once. If the answer is lost, the request is sent again, and
   * its idempotency key makes sure that there is one task.
   *
   * @param options.idempotencyKey your own key, if you want to repeat the call later. Default: a new one for each call.
   * @throws InvalidRequestError whose `field` is the field that is wrong.
   */
  async createVideo(
    request: VideoRequest,
    { idempotencyKey = newKey(), signal }: CallOptions & { idempotencyKey?: string | undefined } = {},
  ): Promise<{ task_id: string }> {
    if (request.dry_run) throw new TypeError("dry_run: creates no task; call plan() instead");
    const header = { "idempotency-key": idempotencyKey };
    const data = await this.#json("POST", "/api/v1/videos", { body: request, header, signal });
    return data as { task_id: string };
  }

  /** Returns the plan of a request (renderer, size, shots, cost) and creates no task. */
  async plan(request: VideoRequest, { signal }: CallOptions = {}): Promise<DryRun> {
    const header = { "idempotency-key": newKey() };
    return (await this.#json("POST", "/api/v1/videos", {
      body: { ...request, dry_run: true },
      header,
      signal,
    })) as DryRun;
  }

  /** Returns a task as it is now. */
  async getTask(task: TaskOrId, { signal }: CallOptions = {}): Promise<Task> {
    return (await this.#json("GET", taskPath(task), { signal })) as Task;
  }

  /** Returns one page of tasks, newest first. */
  async listTasks(query: TaskQuery = {}, { signal }: CallOptions = {}): Promise<TaskPage> {
    const values = Object.entries(query).map(([name, value]) => [name, String(value)]);
    return (await this.#json("GET", `/api/v1/tasks?${new URLSearchParams(values)}`, { signal })) as TaskPage;
  }

  /** Yields a task now and after each change, until it has ended. */
  async *watch(task: TaskOrId, { signal }: CallOptions = {}): AsyncGenerator<Task, void, undefined> {
    const path = taskPath(task);
    let known: Task | null = null;
    for (;;) {
      const query = known ? `?wait=${LONG_POLL}&since=${known.revision}` : "";
      const asked = Date.now();
      const next = (await this.#json("GET", path + query, { signal })) as Task;
      if (next.revision !== known?.revision || next.state !== known.state) yield next;
      else if (Date.now() - asked < MIN_POLL_INTERVAL * 1000) await pause(MIN_POLL_INTERVAL, signal);
      if (next.state !== 4) return;
      known = next;
    }
  }

  /**
   * Waits until a task has succeeded, and returns it.
   *
   * @param options.onProgress is called now and after each change of the task.
   * @throws EdgereelError of the failure's class if the task fails or is cancelled; its `task` is the task.
   */
  async waitFor(
    task: TaskOrId,
    { onProgress, signal }: CallOptions & { onProgress?: ((task: Task) => void) | undefined } = {},
  ): Promise<Task> {
    let last: Task | undefined;
    for await (last of this.watch(task, { signal })) onProgress?.(last);
    if (last === undefined) throw new Error("the service returned no task");
    if (last.state !== 1) throw errorOfTask(last);
    return last;
  }

  /** Stops a task and keeps what is finished. */
  async cancel(task: TaskOrId, { signal }: CallOptions = {}): Promise<void> {
    await this.#json("POST", `${taskPath(task)}/cancel`, { signal });
  }

  /** Resumes a failed or cancelled task where it stopped. */
  async retry(task: TaskOrId, { signal }: CallOptions = {}): Promise<void> {
    await this.#json("POST", `${taskPath(task)}/retry`, { signal });
  }

  /** Deletes a task and its files. */
  async delete(task: TaskOrId, { signal }: CallOptions = {}): Promise<void> {
    await this.#json("DELETE", taskPath(task), { signal });
  }

  /**
   * Uploads a file. Use `file` of the result in a request for videos.
   *
   * @param file in Node: `await openAsBlob(path)` of `node:fs`, which reads the file while it is sent.
   */
  upload(file: Blob, options: UploadOptions = {}): Promise<UploadedFile> {
    return uploadFile(this.#send, file, options);
  }

  /** Lists the uploaded files of a collection. */
  async listFiles(collection: Collection, { signal }: CallOptions = {}): Promise<UploadedFile[]> {
    const { files } = (await this.#json("GET", `/api/v1/${collection}`, { signal })) as { files: UploadedFile[] };
    return files;
  }

  /** Deletes an uploaded file. */
  async deleteFile(collection: Collection, name: string, { signal }: CallOptions = {}): Promise<void> {
    await this.#json("DELETE", `/api/v1/${collection}/${encodeURIComponent(name)}`, { signal });
  }

  /** Lists the voices that the service can use now. */
  async listVoices({ signal }: CallOptions = {}): Promise<Voice[]> {
    const { data } = await this.api.GET("/api/v1/voices", signal ? { signal } : {});
    return data?.data.voices ?? [];
  }

  /**
   * Downloads a file of a task. `body` of the response is a stream; `blob()` reads all of it.
   *
   * @param file such as `final-1.mp4`, `combined-1.mp4`, `final-1.srt`, `final-1.jpg`.
   * @param options.range bytes, as in the header `Range`: `bytes=0-1023`.
   */
  download(
    task: TaskOrId,
    file = "final-1.mp4",
    { signal, range }: CallOptions & { range?: string | undefined } = {},
  ): Promise<Response> {
    const headers: Record<string, string> = range === undefined ? {} : { range };
    const path = `/api/v1/download/${encodeURIComponent(idOf(task))}/${encodeURIComponent(file)}`;
    return this.#send(path, { headers, signal: signal ?? null });
  }

  /** Returns the health of the service and of what it depends on. */
  async health({ signal }: CallOptions = {}): Promise<Health> {
    return (await this.#json("GET", "/health", { signal })) as Health;
  }

  async #json(
    method: string,
    path: string,
    { body, header = {}, signal }: { body?: object; header?: Record<string, string>; signal?: AbortSignal | undefined },
  ): Promise<unknown> {
    const content = body === undefined ? {} : { "content-type": "application/json" };
    const response = await this.#send(path, {
      method,
      headers: { accept: "application/json", ...content, ...header },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    return ((await response.json()) as { data: unknown }).data;
  }
}

function taskPath(task: TaskOrId): string {
  return `/api/v1/tasks/${encodeURIComponent(idOf(task))}`;
}

/** A new idempotency key. `crypto.randomUUID` is missing in pages without HTTPS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
