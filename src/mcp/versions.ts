import { type Message, RpcError, rpcErrors } from "./json-rpc.ts";

/**
 * The protocol versions, newest first. Since 2026-07-28 each request names its version ("modern"). Before, clients
 * began with `initialize` ("legacy"). Both are served without sessions.
 */
const MODERN_VERSIONS = ["2026-07-28"] as const;
const LEGACY_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const;
export const supportedVersions: readonly string[] = [...MODERN_VERSIONS, ...LEGACY_VERSIONS];

/** The version whose clients may send batches. It is also the version of a request without a header. */
export const BATCH_VERSION = "2025-03-26";

export type Era = "modern" | "legacy";

const META_PREFIX = "io.modelcontextprotocol/";
const VERSION_KEY = `${META_PREFIX}protocolVersion`;
const CAPABILITIES_KEY = `${META_PREFIX}clientCapabilities`;
export const SERVER_INFO_KEY = `${META_PREFIX}serverInfo`;

const VERSION_HEADER = "mcp-protocol-version";
/** Headers that repeat a part of the message, and which part of which methods' params `mcp-name` repeats. */
const METHOD_HEADER = "mcp-method";
const NAME_HEADER = "mcp-name";
const NAME_PARAMS: Readonly<Record<string, string>> = { "tools/call": "name", "resources/read": "uri" };

/** A message's `_meta`; empty if it has none. */
export function metaOf({ params }: Message): Readonly<Record<string, unknown>> {
  const { _meta } = params;
  return typeof _meta === "object" && _meta !== null ? (_meta as Record<string, unknown>) : {};
}

/**
 * Decides how a message is served, and checks its version and the headers that repeat parts of it.
 *
 * @throws RpcError `unsupportedVersion`, `headerMismatch` or `invalidParams`
 */
export function eraOf(message: Message, headers: Headers): Era {
  const header = headers.get(VERSION_HEADER);
  const meta = metaOf(message);
  if (message.method === "initialize") return "legacy";
  if (meta[VERSION_KEY] === undefined) {
    if (header === null || (LEGACY_VERSIONS as readonly string[]).includes(header)) return "legacy";
    if (!(MODERN_VERSIONS as readonly string[]).includes(header)) throw unsupported(header);
    // A notification carries no metadata of its own.
    if (message.id === null) return "modern";
    throw new RpcError(rpcErrors.invalidParams, `params._meta: must have ${VERSION_KEY}`);
  }
  const version = meta[VERSION_KEY];
  if (typeof version !== "string") throw new RpcError(rpcErrors.invalidParams, `${VERSION_KEY}: must be text`);
  if (!(MODERN_VERSIONS as readonly string[]).includes(version)) throw unsupported(version);
  requireHeader(headers, VERSION_HEADER, version);
  if (message.id === null) return "modern";
  requireHeader(headers, METHOD_HEADER, message.method);
  const named = NAME_PARAMS[message.method];
  const name = named === undefined ? undefined : message.params[named];
  if (typeof name === "string") requireHeader(headers, NAME_HEADER, name);
  if (typeof meta[CAPABILITIES_KEY] !== "object" || meta[CAPABILITIES_KEY] === null) {
    throw new RpcError(rpcErrors.invalidParams, `params._meta: must have ${CAPABILITIES_KEY}`);
  }
  return "modern";
}

/** The version that `initialize` agrees on: the client's, or the newest that begins with `initialize`. */
export function negotiatedVersion(requested: unknown): string {
  return LEGACY_VERSIONS.find((version) => version === requested) ?? LEGACY_VERSIONS[0];
}

/** Whether the client may send several messages in one list. */
export function allowsBatch(headers: Headers): boolean {
  return (headers.get(VERSION_HEADER) ?? BATCH_VERSION) === BATCH_VERSION;
}

function unsupported(requested: string): RpcError {
  return new RpcError(
    rpcErrors.unsupportedVersion,
    `protocol version ${JSON.stringify(requested.slice(0, 40))} is not supported; use one of ${supportedVersions.join(", ")}`,
    { data: { supported: supportedVersions, requested } },
  );
}

function requireHeader(headers: Headers, name: string, expected: string): void {
  const given = headers.get(name);
  if (given !== null && decodedHeader(given) === expected) return;
  const fault = given === null ? "is missing" : `is ${JSON.stringify(given.slice(0, 200))}`;
  throw new RpcError(
    rpcErrors.headerMismatch,
    `header ${name}: ${fault}, but the message says ${JSON.stringify(expected)}`,
  );
}

/** A header's value: as it is, or `=?base64?…?=` with the Base64 of its UTF-8 bytes. */
function decodedHeader(value: string): string {
  const encoded = /^=\?base64\?([A-Za-z0-9+/=]*)\?=$/.exec(value)?.[1];
  if (encoded === undefined) return value;
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)));
  } catch {
    return value;
  }
}
