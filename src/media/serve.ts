import { evaluatePreconditions, rangeApplies } from "./conditional.ts";
import { parseRange, type RangeSpec, resolveRange } from "./range.ts";

/** What matters of a request for a stored file. */
export interface FileRequest {
  method: string;
  headers: Headers;
  /** The name to save it under, or null to show it. */
  attachment: string | null;
}

const CONDITIONS = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"];

/**
 * Answers a GET or HEAD for an R2 object by RFC 9110: preconditions (§13), then ranges (§14).
 * A request without conditions costs one R2 read. R2 evaluates neither as the RFC asks (it takes a
 * range it cannot satisfy for the whole, and knows no If-Range), so both are decided here.
 *
 * @returns null where there is no such object.
 */
export async function serveObject(bucket: R2Bucket, key: string, request: FileRequest): Promise<Response | null> {
  const { method, headers } = request;
  const specs = method === "GET" ? parseRange(headers.get("range")) : null;
  const only = specs?.length === 1 ? (specs[0] ?? null) : null;
  if (method === "GET" && !CONDITIONS.some((name) => headers.has(name))) return serveAtOnce(bucket, key, only, request);

  const head = await bucket.head(key);
  if (!head) return null;
  const validators = { etag: head.httpEtag, lastModified: head.uploaded };
  switch (evaluatePreconditions(headers, validators)) {
    case "not-modified":
      return new Response(null, { status: 304, headers: commonHeaders(head, request) });
    case "failed":
      return Response.json(
        { status: 412, message: "a precondition failed: the file is another than the one named", data: null },
        { status: 412, headers: { "cache-control": "no-store", etag: head.httpEtag } },
      );
    case "proceed":
      if (method === "HEAD") return new Response(null, { headers: wholeHeaders(head, request) });
      return serveAtOnce(bucket, key, rangeApplies(headers.get("if-range"), validators) ? only : null, request);
  }
}

async function serveAtOnce(
  bucket: R2Bucket,
  key: string,
  spec: RangeSpec | null,
  request: FileRequest,
): Promise<Response | null> {
  if (!spec) {
    const object = await bucket.get(key);
    return object && new Response(object.body, { headers: wholeHeaders(object, request) });
  }
  const object = await getRange(bucket, key, spec);
  if (!object) return null;
  const range = resolveRange(spec, object.size);
  if (!range || !("body" in object)) {
    return Response.json(
      { status: 416, message: `no byte of the file is in the range: it has ${object.size} bytes`, data: null },
      {
        status: 416,
        headers: { "content-range": `bytes */${object.size}`, "accept-ranges": "bytes", "cache-control": "no-store" },
      },
    );
  }
  const headers = commonHeaders(object, request);
  headers.set("content-range", `bytes ${range.first}-${range.last}/${object.size}`);
  headers.set("content-length", String(range.last - range.first + 1));
  return new Response(object.body, { status: 206, headers });
}

/** The object with the range's bytes; without a body where R2 says that the range lies outside. */
async function getRange(bucket: R2Bucket, key: string, spec: RangeSpec): Promise<R2ObjectBody | R2Object | null> {
  if ("suffix" in spec && spec.suffix === 0) return bucket.head(key);
  const range: R2Range =
    "suffix" in spec
      ? { suffix: spec.suffix }
      : { offset: spec.first, ...(spec.last === null ? {} : { length: spec.last - spec.first + 1 }) };
  try {
    return await bucket.get(key, { range });
  } catch (error) {
    const head = await bucket.head(key);
    // R2 throws (10039) for a range that begins past the end; anything else is a fault of its own.
    if (head && resolveRange(spec, head.size) !== null) throw error;
    return head;
  }
}

function commonHeaders(object: R2Object, { attachment }: FileRequest): Headers {
  const headers = new Headers({
    "accept-ranges": "bytes",
    etag: object.httpEtag,
    "last-modified": object.uploaded.toUTCString(),
    "cache-control": "private, max-age=0, must-revalidate",
    "content-type": object.httpMetadata?.contentType ?? "application/octet-stream",
    "x-content-type-options": "nosniff",
  });
  if (attachment !== null) headers.set("content-disposition", `attachment; filename="${attachment}"`);
  return headers;
}

function wholeHeaders(object: R2Object, request: FileRequest): Headers {
  const headers = commonHeaders(object, request);
  headers.set("content-length", String(object.size));
  return headers;
}
