import type { CodedError } from "../api/errors.ts";
import { clientError } from "../tasks/client-error.ts";
import type { Caller, Progress } from "./caller.ts";
import { eventStream } from "./event-stream.ts";
import {
  errorResponse,
  idOf,
  type Message,
  type RequestId,
  RpcError,
  readMessage,
  resultResponse,
  rpcErrors,
} from "./json-rpc.ts";
import { answerMethod, completed } from "./methods.ts";
import { allowsBatch, BATCH_VERSION, type Era, eraOf, metaOf } from "./versions.ts";

/** Max messages of a batch. */
const MAX_BATCH = 20;

/** A request to the MCP endpoint. */
export interface McpRequest {
  headers: Headers;
  /** The parsed JSON body. */
  body: unknown;
  caller: Caller;
  /** Aborts when the client closes the connection. */
  signal: AbortSignal;
}

/**
 * Answers a POST request of the Model Context Protocol (streamable HTTP, without sessions): revision 2026-07-28, and the
 * earlier ones that begin with `initialize`. The response is JSON; it is an event stream if the client asked for progress.
 *
 * Never throws for a wrong message: the response is a JSON-RPC error.
 */
export async function answerMcp(request: McpRequest): Promise<Response> {
  const { headers, body } = request;
  try {
    const form = responseForm(headers);
    if (Array.isArray(body)) return await answerBatch(request, body);
    const message = readMessage(body);
    if (!message) return accepted();
    const era = eraOf(message, headers);
    const { id } = message;
    if (id === null) return accepted();
    const { progressToken } = metaOf(message);
    const wantsProgress =
      message.method === "tools/call" && (typeof progressToken === "string" || Number.isInteger(progressToken));
    if (form === "stream" || (wantsProgress && form === "any")) {
      return eventStream(request.signal, async (send, signal) => {
        const token = wantsProgress ? (progressToken as RequestId) : null;
        send((await answer(request, { ...message, id }, era, signal, progressReporter(token, send))).body);
      });
    }
    const { status, body: answered } = await answer(request, { ...message, id }, era, request.signal, () => undefined);
    return json(status, answered);
  } catch (error) {
    return rejected(idOf(body), error);
  }
}

/** The response to a request whose body is not a message, as a JSON-RPC error. */
export function rejected(id: RequestId | null, error: unknown): Response {
  const rpc = error instanceof RpcError ? error : asRpcError(clientError(error));
  return json(rpc.status, errorResponse(id, rpc));
}

/** Runs a request. Errors become responses. */
async function answer(
  { caller }: McpRequest,
  message: Message & { id: RequestId },
  era: Era,
  signal: AbortSignal,
  report: (progress: Progress) => void,
): Promise<{ status: number; body: object }> {
  try {
    const result = await answerMethod(message, era, { caller, report, signal });
    return { status: 200, body: resultResponse(message.id, completed(result, era)) };
  } catch (error) {
    const rpc = error instanceof RpcError ? error : asRpcError(clientError(error));
    return { status: rpc.status, body: errorResponse(message.id, rpc) };
  }
}

/** Answers several messages of a client of revision 2025-03-26, the only one that has batches. */
async function answerBatch(request: McpRequest, messages: readonly unknown[]): Promise<Response> {
  if (!allowsBatch(request.headers)) {
    throw new RpcError(
      rpcErrors.invalidRequest,
      `send one message per request: only protocol version ${BATCH_VERSION} has batches`,
    );
  }
  if (messages.length === 0 || messages.length > MAX_BATCH) {
    throw new RpcError(rpcErrors.invalidRequest, `a batch must have 1 to ${MAX_BATCH} messages`);
  }
  const answers: object[] = [];
  for (const body of messages) {
    try {
      const message = readMessage(body);
      if (!message || message.id === null) continue;
      const era = eraOf(message, request.headers);
      const { id } = message;
      answers.push((await answer(request, { ...message, id }, era, request.signal, () => undefined)).body);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      answers.push(errorResponse(idOf(body), error));
    }
  }
  return answers.length === 0 ? accepted() : json(200, answers);
}

/**
 * Which forms of a response the client accepts.
 *
 * @throws RpcError if it accepts neither JSON nor an event stream.
 */
function responseForm(headers: Headers): "any" | "json" | "stream" {
  const accept = headers.get("accept") ?? "*/*";
  const names = (type: RegExp) => type.test(accept);
  // A client that accepts everything may still not know event streams.
  const streams = names(/\btext\/event-stream\b/i);
  const plain = names(/\bapplication\/(?:json|\*)|\*\/\*/i);
  if (streams && plain) return "any";
  if (plain) return "json";
  if (streams) return "stream";
  throw new RpcError(rpcErrors.invalidRequest, "Accept: must list application/json and text/event-stream", {
    status: 406,
  });
}

/** Sends progress as notifications. The protocol wants each to be higher than the one before. */
function progressReporter(token: RequestId | null, send: (message: object) => void): (progress: Progress) => void {
  let last = -1;
  return ({ progress, message }) => {
    if (token === null || progress <= last) return;
    last = progress;
    const params = { progressToken: token, progress, total: 100, message };
    send({ jsonrpc: "2.0", method: "notifications/progress", params });
  };
}

function asRpcError(error: CodedError): RpcError {
  const invalid = error.code === "invalid_request" || error.code === "not_found";
  const code = invalid ? rpcErrors.invalidParams : rpcErrors.internal;
  return new RpcError(code, `${error.code}: ${error.message}`, { status: 200, data: { code: error.code } });
}

const accepted = () => new Response(null, { status: 202 });

function json(status: number, body: object): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}
