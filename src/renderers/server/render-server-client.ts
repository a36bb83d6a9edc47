import type { RendererKind } from "../../api/task-state.ts";
import type { Config } from "../../config/config.ts";
import {
  type ProbeRequest,
  probeAnswerSchema,
  RENDER_SERVER_PATHS,
  type RenderRequest,
  readDigest,
  type ServerFailure,
  serverFailureSchema,
} from "../../protocol/render-server.ts";
import { messageOf } from "../../util/log.ts";
import { verifySha256 } from "../../util/verify-sha256.ts";
import { RenderError, type Renderer, renderError } from "../renderer.ts";
import { watchRenderer } from "../watch-renderer.ts";

/** Calls a render server. An error means that the server was not reached, or that the connection was lost. */
export type ServerCall = (path: string, init: RequestInit) => Promise<Response>;

/** The calls of one job. They all go to the same server. */
export interface ServerSession {
  call: ServerCall;
  /** Ends the session. `error` is the error of a failed job, else undefined. */
  end(error: unknown): Promise<void>;
}

/** Opens an input that the server does not have yet. `size` in bytes. */
type OpenBySha256 = (sha256: string) => Promise<{ size: number; body: ReadableStream<Uint8Array> }>;

/** How often missing inputs are sent before the job fails because the server does not keep them. */
const MAX_UPLOADS = 3;
/**
 * A server that lacks inputs usually says so within this time. One that has them all answers only when the job is
 * done, so a longer silence means that it accepted the job.
 */
const MISSING_INPUT_REPLY_MS = 50;
/** A call that fails within this time is repeated, because it probably did not reach the server. */
const QUICK_FAILURE_MS = 500;
/** How long a server that works on a job may leave health checks unanswered. */
const MAX_SILENCE_MS = 30_000;
/** Timeout for sending an input. Allows for a connection of 1 MB/s. */
const sendTimeoutMs = (bytes: number) => 60_000 + bytes / 1000;
/** Timeout for probing a file, including the time to send it. */
const PROBE_TIMEOUT_MS = 120_000;

/**
 * A renderer that uses render servers, in containers or elsewhere. It follows the protocol in
 * `src/protocol/render-server.ts`.
 *
 * @param connect opens the session of one job.
 */
export function renderServerRenderer(
  kind: RendererKind,
  config: Config,
  connect: () => Promise<ServerSession>,
): Renderer {
  const withServer = async <T>(work: (server: RenderServer) => Promise<T>): Promise<T> => {
    const session = await connect();
    try {
      const result = await work(new RenderServer(session.call, config.RENDERER_TOKEN));
      await session.end(undefined);
      return result;
    } catch (error) {
      await session.end(error);
      throw error;
    }
  };
  return {
    kind,
    limits: {
      shortSide: config.NATIVE_SHORT_SIDE,
      segmentSeconds: config.NATIVE_SEGMENT_SECONDS,
      segmentPixelSeconds: Number.MAX_SAFE_INTEGER,
      inputBytes: config.NATIVE_INPUT_BYTES,
      totalSeconds: config.NATIVE_TOTAL_SECONDS,
      encoder: { preset: config.NATIVE_PRESET, crf: config.NATIVE_CRF },
    },

    async render(job, inputs, { open, store, signal, accepted }) {
      const request: RenderRequest = {
        job,
        inputs: inputs.map(({ sha256 }) => ({ sha256 })),
        limits: { seconds: config.NATIVE_JOB_SECONDS, outputBytes: config.NATIVE_OUTPUT_BYTES },
      };
      const openInput: OpenBySha256 = async (sha256) => {
        const input = inputs.find((candidate) => candidate.sha256 === sha256);
        if (!input) throw new RangeError(`the job has no input ${sha256}`);
        return { size: input.size, body: await open(input) };
      };
      await withServer(async (server) => {
        const watch = watchRenderer(() => server.checkHealth(), MAX_SILENCE_MS, signal);
        try {
          const asked = server.post(RENDER_SERVER_PATHS.render, request, watch.signal, openInput, accepted);
          const { body, headers } = await watch.until(asked);
          const length = Number(headers.get("content-length"));
          const digest = readDigest(headers.get("content-digest"));
          // A proxy may have answered instead of the server, even with 200.
          if (!body || !Number.isSafeInteger(length) || digest === null) {
            await body?.cancel();
            throw unreachable("its response has no body, length or digest");
          }
          await storeResponse(body.pipeThrough(verifySha256(digest)), length, watch.signal, store);
        } finally {
          watch.stop();
        }
      });
    },

    async probe(file) {
      const request: ProbeRequest = { input: { sha256: file.sha256 } };
      const openFile: OpenBySha256 = async () => ({ size: file.size, body: await file.open() });
      return withServer(async (server) => {
        const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
        const answer = await server.post(RENDER_SERVER_PATHS.probe, request, signal, openFile);
        const described = probeAnswerSchema.safeParse(await answer.json().catch(() => null));
        // A proxy may have answered instead, or the response was cut off.
        if (!described.success) throw unreachable("its response is not a description of the file");
        return described.data.probe;
      });
    },
  };
}

/**
 * Stores a response while it arrives.
 *
 * @param length the number of bytes, which R2 has to know in advance.
 * @throws RenderError if the server stops sending or sends another number of bytes; the signal's reason; whatever
 * `store` throws.
 */
async function storeResponse(
  bytes: ReadableStream<Uint8Array>,
  length: number,
  signal: AbortSignal,
  store: (rendered: ReadableStream<Uint8Array>) => Promise<unknown>,
): Promise<void> {
  const sized = new FixedLengthStream(length);
  const reader = bytes.getReader();
  const writer = sized.writable.getWriter();
  let serverError: unknown;
  /** Ends both sides. Does not wait for them, because a write that nobody reads never settles. */
  const stop = (error: unknown) => {
    reader.cancel(error).catch(() => undefined);
    writer.abort(error).catch(() => undefined);
  };
  const failServer = (error: unknown) => {
    serverError ??= error;
    stop(error);
  };
  const send = async () => {
    let left = length;
    for (;;) {
      const { done, value } = await reader.read();
      if (done ? left > 0 : value.byteLength > left)
        throw unreachable("it sent another number of bytes than announced");
      if (done) break;
      left -= value.byteLength;
      // If the write fails, the store has failed, and its own error is thrown below.
      await writer.write(value).catch(stop);
    }
    await writer.close().catch(stop);
  };
  signal.addEventListener("abort", () => failServer(signal.reason), { once: true });
  send().catch((error: unknown) =>
    failServer(error instanceof RenderError ? error : unreachable(messageOf(error), error)),
  );
  try {
    signal.throwIfAborted();
    await store(sized.readable);
  } catch (error) {
    stop(error);
    throw serverError ?? error;
  }
}

/** A render server in one session. */
class RenderServer {
  readonly #call: ServerCall;
  readonly #authorization: Record<string, string>;

  constructor(call: ServerCall, token: string | undefined) {
    this.#call = call;
    this.#authorization = token ? { authorization: `Bearer ${token}` } : {};
  }

  /** Resolves if the server answers, whatever its health is. */
  async checkHealth(): Promise<void> {
    const answer = await this.#call(RENDER_SERVER_PATHS.health, { signal: AbortSignal.timeout(MAX_SILENCE_MS) });
    await answer.body?.cancel();
  }

  /**
   * Posts a request, sends the inputs that the server lacks and posts again, until the response is a success.
   *
   * @param accepted called when the server seems to have all inputs.
   * @throws RenderError; the signal's reason; whatever `open` throws.
   */
  async post(
    path: string,
    body: object,
    signal: AbortSignal,
    open: OpenBySha256,
    accepted: () => void = () => {},
  ): Promise<Response> {
    for (let uploads = 0; ; uploads++) {
      const asked = this.#fetchTwice(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal,
      });
      const timer = setTimeout(accepted, uploads === 0 ? MISSING_INPUT_REPLY_MS : 0);
      const answer = await asked.finally(() => clearTimeout(timer));
      if (answer.ok) return answer;
      const failure = await readFailure(answer);
      if (failure.code !== "input_missing") throw asError(failure);
      if (uploads >= MAX_UPLOADS) throw unreachable(`it did not keep its inputs: ${failure.message}`);
      for (const sha256 of failure.missing) await this.#put(sha256, open, signal);
    }
  }

  async #put(sha256: string, open: OpenBySha256, signal: AbortSignal): Promise<void> {
    const { size, body } = await open(sha256);
    // With Content-Length the server can refuse an input that is too large before it arrives.
    const sized = body.pipeThrough(new FixedLengthStream(size));
    const answer = await this.#fetch(RENDER_SERVER_PATHS.input(sha256), {
      method: "PUT",
      body: sized,
      signal: AbortSignal.any([signal, AbortSignal.timeout(sendTimeoutMs(size))]),
    });
    if (!answer.ok) throw asError(await readFailure(answer));
    await answer.body?.cancel();
  }

  /**
   * Fetches, and repeats a call that fails quickly: the server may have closed a kept-alive connection just when it
   * was used again (RFC 9110 §9.2.2). Posting the same job twice is harmless.
   */
  async #fetchTwice(
    path: string,
    init: RequestInit & { headers: Record<string, string>; signal: AbortSignal },
  ): Promise<Response> {
    const started = Date.now();
    try {
      return await this.#fetch(path, init);
    } catch (error) {
      if (init.signal.aborted || Date.now() - started > QUICK_FAILURE_MS) throw error;
      return this.#fetch(path, init);
    }
  }

  async #fetch(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    try {
      return await this.#call(path, { ...init, headers: { ...init.headers, ...this.#authorization } });
    } catch (error) {
      // An abort by timeout means that the server is too slow. Any other abort comes from the caller.
      const { signal } = init;
      if (signal?.aborted && !(signal.reason instanceof DOMException && signal.reason.name === "TimeoutError")) {
        throw signal.reason;
      }
      throw unreachable(messageOf(error), error);
    }
  }
}

async function readFailure(answer: Response): Promise<ServerFailure> {
  const text = await answer.text().catch(() => "");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = null;
  }
  const parsed = serverFailureSchema.safeParse(json);
  // A proxy or another kind of server answered.
  if (!parsed.success) throw unreachable(`status ${answer.status} from something that is not a render server`);
  return parsed.data;
}

function asError(failure: ServerFailure): RenderError {
  switch (failure.code) {
    case "busy":
      return new RenderError("renderer_busy", `the renderer has no free slot: ${failure.message}`);
    case "input_missing":
    case "internal_error":
      return unreachable(failure.message);
    case "unauthorized":
    case "bad_request":
    case "not_found":
      return new RenderError("renderer_unavailable", `the renderer refused the request: ${failure.message}`);
    case "input_too_large":
      return new RenderError("bad_input", failure.message);
    default:
      return renderError(failure);
  }
}

function unreachable(reason: string, cause?: unknown): RenderError {
  return new RenderError("renderer_unavailable", `the renderer did not answer: ${reason}`, { cause });
}
