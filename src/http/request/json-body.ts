import { CodedError } from "../../api/errors.ts";

export const MAX_BODY_BYTES = 256 * 1024;
/** Max nesting of objects and lists. Valid requests need at most three levels. */
export const MAX_DEPTH = 16;
/** Max entries of any list or object. The schema of a field may allow fewer. */
export const MAX_ENTRIES = 1000;

/**
 * Reads a request's body as a JSON object of limited size, depth and number of entries.
 *
 * @throws CodedError `invalid_request`, `too_large`
 */
export async function readJsonObject(request: Request, maxBytes = MAX_BODY_BYTES): Promise<object> {
  const body = await readJson(request, maxBytes);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new CodedError("invalid_request", "the body must be a JSON object");
  }
  return body;
}

/**
 * Reads a request's body as JSON of limited size, depth and number of entries.
 *
 * @throws CodedError `invalid_request`, `too_large`
 */
export async function readJson(request: Request, maxBytes = MAX_BODY_BYTES): Promise<unknown> {
  const text = await readText(request, maxBytes);
  if (text.trim() === "") throw new CodedError("invalid_request", "the body is empty: send a JSON object");
  const body = parse(text);
  if (typeof body === "object" && body !== null) checkSize(body, "the body", 1);
  return body;
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () => new CodedError("too_large", `the body is larger than ${maxBytes} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // A body without Content-Length is read only up to the limit.
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return new Blob(chunks).text();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CodedError("invalid_request", "the body is not valid JSON");
  }
}

/** Throws at the first violation, so a huge or deeply nested body costs no more than the limits allow. */
function checkSize(value: object, path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new CodedError("invalid_request", `the body is nested deeper than ${MAX_DEPTH} levels`);
  const entries = Object.entries(value);
  if (entries.length > MAX_ENTRIES)
    throw new CodedError("invalid_request", `${path}: has more than ${MAX_ENTRIES} entries`);
  for (const [name, entry] of entries) {
    if (typeof entry !== "object" || entry === null) continue;
    checkSize(entry, depth === 1 ? name.slice(0, 100) : path, depth + 1);
  }
}
