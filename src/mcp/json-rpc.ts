import { z } from "zod";

/** The messages of JSON-RPC 2.0, as the Model Context Protocol (MCP) restricts them: ids are never null. */

export type RequestId = string | number;

/** A request, or a notification if it has no id. */
export interface Message {
  /** Null for a notification. */
  id: RequestId | null;
  method: string;
  params: Readonly<Record<string, unknown>>;
}

/** Error codes of JSON-RPC 2.0 and of MCP (revision 2026-07-28, "Error Codes"). */
export const rpcErrors = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Before revision 2026-07-28. */
  resourceNotFound: -32002,
  headerMismatch: -32020,
  unsupportedVersion: -32022,
} as const;

/** A request that is answered with a JSON-RPC error. */
export class RpcError extends Error {
  override name = "RpcError";
  readonly code: number;
  /** The HTTP status of the response. */
  readonly status: number;
  readonly data: unknown;

  constructor(code: number, message: string, { status = 400, data }: { status?: number; data?: unknown } = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.data = data;
  }
}

const messageSchema = z.object({
  jsonrpc: z.literal("2.0", { error: 'must be "2.0"' }),
  id: z.union([z.string(), z.int()], { error: "must be text or a whole number" }).optional(),
  method: z.string({ error: "must be text" }),
  params: z.record(z.string(), z.unknown(), { error: "must be an object" }).default({}),
});

/**
 * Reads a message of a client. A response is null, because this service sends no requests that it could belong to.
 *
 * @throws RpcError `invalidRequest`
 */
export function readMessage(body: unknown): Message | null {
  if (typeof body === "object" && body !== null && !("method" in body) && ("result" in body || "error" in body)) {
    return null;
  }
  const parsed = messageSchema.safeParse(body);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
    throw new RpcError(rpcErrors.invalidRequest, `the message is not a JSON-RPC request: ${faults.join("; ")}`);
  }
  const { id = null, method, params } = parsed.data;
  return { id, method, params };
}

/** The id of a message that may be invalid; null if it has none that can be used. */
export function idOf(body: unknown): RequestId | null {
  const id = typeof body === "object" && body !== null && "id" in body ? body.id : null;
  return typeof id === "string" || Number.isInteger(id) ? (id as RequestId) : null;
}

/** The response to a request. */
export function resultResponse(id: RequestId, result: object): object {
  return { jsonrpc: "2.0", id, result };
}

/** The response to a request that failed. Without an id if the request had none that could be read. */
export function errorResponse(id: RequestId | null, { code, message, data }: RpcError): object {
  const error = { code, message, ...(data === undefined ? {} : { data }) };
  return { jsonrpc: "2.0", ...(id === null ? {} : { id }), error };
}
