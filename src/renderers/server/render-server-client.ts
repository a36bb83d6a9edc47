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

/** Calls a render server. What it throws means that the server was not reached, or was lost. */
export type ServerCall = (path: string, init: RequestInit) => Promise<Response>;

/** One job's way to a server: all of its calls go to the same one. */
export interface ServerSession {
  call: ServerCall;
  /** Ends the session. `error` is what the job ended with, where it failed. */
  end(error: unknown): Promise<void>;
}

/** Opens the bytes that a server lacks. */
type OpenBySha256 = (sha256: string) => Promise<{ size: number; body: ReadableStream<Uint8Array> }>;

/** How often inputs are sent anew before the server counts as one that cannot keep them. */
const MAX_UPLOADS = 3;
/** A server that lacks inputs mostly says so within this, in milliseconds; with its inputs it answers when it is done. */
const REFUSED_WITHIN = 50;
/** A call that fails within this, in milliseconds, is taken for one that did not reach the server. */
const AT_ONCE = 500;
/** How long a server at work may leave the question after its health unanswered, in milliseconds. */
const PATIENCE = 30_000;
/** Longest time that sending an input may take, in milliseconds: the slowest line that counts has 1 MB/s. */
const sendTimeout = (bytes: number) => 60_000 + bytes / 1000;
/** Longest time that describing a file may take, with sending it, in milliseconds. */
const PROBE_TIMEOUT = 120_000;

/** The client of a render server, wherever it runs: it speaks the protocol of `render-server-protocol.ts`. */
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
        const watch = watchRenderer(() => server.ask(), PATIENCE, signal);
        try {
          const asked = server.post(RENDER_SERVER_PATHS.render, request, watch.signal, openInput, accepted);
          const { body, headers } = await watch.until(asked);
          const length = Number(headers.get("content-length"));
          const digest = readDigest(headers.get("content-digest"));
          // Whatever stands between may answer in the server's place, and with 200 too.
          if (!body || !Number.isSafeInteger(length) || digest === null) {
            await body?.cancel();
            throw unreachable("it sent no video of known length and digest");
          }
          // The watch goes on until the last byte.
          await passOn(body.pipeThrough(verifySha256(digest)), length, watch.signal, store);
        } finally {
          watch.stop();
        }
      });
    },

    async probe(file) {
      const request: ProbeRequest = { input: { sha256: file.sha256 } };
      const openFile: OpenBySha256 = async () => ({ size: file.size, body: await file.open() });
      return withServer(async (server) => {
        const signal = AbortSignal.timeout(PROBE_TIMEOUT);
        const answer = await server.post(RENDER_SERVER_PATHS.probe, request, signal, openFile);
        const described = probeAnswerSchema.safeParse(await answer.json().catch(() => null));
        // Whatever stands between may have answered, or the answer broke off.
        if (!described.success) throw unreachable("it sent no description of the file");
        return described.data.probe;
      });
    },
  };
}

/**
 * Has bytes stored as they come, and tells a server that was lost in the midst of sending them from a
 * store that failed.
 *
 * @param length of the bytes, which R2 wants to know.
 */
async function passOn(
  bytes: ReadableStream<Uint8Array>,
  length: number,
  signal: AbortSignal,
  store: (rendered: ReadableStream<Uint8Array>) => Promise<unknown>,
): Promise<void> {
  const sized = new FixedLengthStream(length);
  const reader = bytes.getReader();
  const writer = sized.writable.getWriter();
  let lost: unknown;
  /** Ends both sides; neither is waited for, since a write that nobody reads never settles. */
  const stop = (error: unknown) => {
    reader.cancel(error).catch(() => undefined);
    writer.abort(error).catch(() => undefined);
  };
  const lose = (error: unknown) => {
    lost ??= error;
    stop(error);
  };
  const send = async () => {
    let left = length;
    for (;;) {
      const { done, value } = await reader.read();
      if (done ? left > 0 : value.byteLength > left) throw unreachable("it did not send as many bytes as it promised");
      if (done) break;
      left -= value.byteLength;
      // A store that reads no more says itself why.
      await writer.write(value).catch(stop);
    }
    await writer.close().catch(stop);
  };
  signal.addEventListener("abort", () => lose(signal.reason), { once: true });
  send().catch((error: unknown) => lose(error instanceof RenderError ? error : unreachable(messageOf(error), error)));
  try {
    signal.throwIfAborted();
    await store(sized.readable);
  } catch (error) {
    stop(error);
    throw lost ?? error;
  }
}

class RenderServer {
  readonly #call: ServerCall;
  readonly #authorization: Record<string, string>;

  constructor(call: ServerCall, token: string | undefined) {
    this.#call = call;
    this.#authorization = token ? { authorization: `Bearer ${token}` } : {};
  }

  /** Asks how the server is. Whatever it answers, it is there. */
  async ask(): Promise<void> {
    const answer = await this.#call(RENDER_SERVER_PATHS.health, { signal: AbortSignal.timeout(PATIENCE) });
    await answer.body?.cancel();
  }

  /** Asks for work, sending the inputs that the server says it lacks, and calls `accepted` when none seems to be. Returns an answer of success. */
  async post(
    path: string,
    body: object,
    signal: AbortSignal,
    open: OpenBySha256,
    accepted: () => void = () => {},
  ): Promise<Response> {
    for (let uploads = 0; ; uploads++) {
      const asked = this.#fetchAgain(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal,
      });
      const timer = setTimeout(accepted, uploads === 0 ? REFUSED_WITHIN : 0);
      const answer = await asked.finally(() => clearTimeout(timer));
      if (answer.ok) return answer;
      const failure = await readFailure(answer);
      if (failure.code !== "input_missing") throw asError(failure);
      if (uploads >= MAX_UPLOADS) throw unreachable(`it did not keep the inputs sent to it: ${failure.message}`);
      for (const sha256 of failure.missing) await this.#put(sha256, open, signal);
    }
  }

  async #put(sha256: string, open: OpenBySha256, signal: AbortSignal): Promise<void> {
    const { size, body } = await open(sha256);
    // A length lets the server refuse what is too large before it arrives.
    const sized = body.pipeThrough(new FixedLengthStream(size));
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(sendTimeout(size))]);
    const answer = await this.#fetch(RENDER_SERVER_PATHS.input(sha256), { method: "PUT", body: sized, signal: inTime });
    if (!answer.ok) throw asError(await readFailure(answer));
    await answer.body?.cancel();
  }

  /**
   * Asks once more where the call fails at once: a connection that was kept open may be closed just when it
   * is used (RFC 9110 §9.2.2), and asking for the same work twice does no harm.
   */
  async #fetchAgain(
    path: string,
    init: RequestInit & { headers: Record<string, string>; signal: AbortSignal },
  ): Promise<Response> {
    const asked = Date.now();
    try {
      return await this.#fetch(path, init);
    } catch (error) {
      if (init.signal.aborted || Date.now() - asked > AT_ONCE) throw error;
      return this.#fetch(path, init);
    }
  }

  async #fetch(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    try {
      return await this.#call(path, { ...init, headers: { ...init.headers, ...this.#authorization } });
    } catch (error) {
      // A timeout is the server's silence; any other abort is the caller's own wish.
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
  // Something in between answered: a proxy, or a server of another kind.
  if (!parsed.success) throw unreachable(`status ${answer.status} and not an answer of a render server`);
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
