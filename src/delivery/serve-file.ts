import { CodedError } from "../api/errors.ts";
import { log, messageOf } from "../util/log.ts";
import { type MultipartFrame, multipartFrame } from "./multipart-ranges.ts";
import { evaluatePreconditions, rangeApplies } from "./preconditions.ts";
import { type ByteRange, chooseRanges, parseRange, type RangeSpec, resolveRange } from "./range.ts";
import type { FileMeta, OpenedFile, ServableFile } from "./servable-file.ts";

/** A request for a file, and headers for its response. */
export interface FileRequest {
  /** GET or HEAD. */
  method: string;
  /** Headers of the request. */
  headers: Headers;
  /** `Content-Disposition` of the response, or null for none. */
  disposition: string | null;
  /** `Cache-Control` of a successful response. */
  cacheControl: string;
}

const CONDITIONAL_HEADERS = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"];

/**
 * Answers a GET or HEAD request for a file as RFC 9110 specifies: preconditions (§13), then ranges (§14). A request
 * without conditions and with at most one range needs one read from storage. R2's own conditions and ranges do not
 * follow the RFC (R2 answers an unsatisfiable range with the whole file and does not support If-Range), so both are
 * evaluated here.
 *
 * @returns null if the file is missing.
 * @throws CodedError `precondition_failed`, `range_not_satisfiable`
 */
export async function serveFile(file: ServableFile, request: FileRequest): Promise<Response | null> {
  const { method, headers } = request;
  const specs = method === "GET" ? parseRange(headers.get("range")) : null;
  const plain = method === "GET" && !CONDITIONAL_HEADERS.some((name) => headers.has(name));
  if (plain && (specs?.length ?? 0) < 2) return serveAtOnce(file, specs?.[0] ?? null, request);

  const meta = await file.stat();
  if (!meta) return null;
  switch (evaluatePreconditions(headers, meta)) {
    case "not-modified":
      return new Response(null, { status: 304, headers: commonHeaders(meta, request) });
    case "failed":
      throw new CodedError(
        "precondition_failed",
        "precondition failed: the file does not match If-Match or If-Unmodified-Since",
        { headers: { etag: meta.etag } },
      );
    case "proceed":
      if (method === "HEAD") return new Response(null, { headers: wholeHeaders(meta, request) });
      return serveRanges(file, meta, rangeApplies(headers.get("if-range"), meta) ? specs : null, request);
  }
}

async function serveRanges(
  file: ServableFile,
  meta: FileMeta,
  specs: RangeSpec[] | null,
  request: FileRequest,
): Promise<Response | null> {
  const choice = specs ? chooseRanges(specs, meta.size) : ({ kind: "whole" } as const);
  switch (choice.kind) {
    case "whole":
      return serveAtOnce(file, null, request);
    case "unsatisfiable":
      throw unsatisfiable(meta);
    case "ranges": {
      const [first, ...others] = choice.ranges;
      if (first && others.length === 0) return serveAtOnce(file, first, request);
      const frame = multipartFrame(choice.ranges, meta, crypto.randomUUID());
      const headers = commonHeaders(meta, request);
      headers.set("content-type", frame.contentType);
      headers.set("content-length", String(frame.length));
      return new Response(multipartBody(file, meta, choice.ranges, frame), { status: 206, headers });
    }
  }
}

async function serveAtOnce(file: ServableFile, spec: RangeSpec | null, request: FileRequest): Promise<Response | null> {
  const opened = await file.open(spec);
  if (!opened) return null;
  const { meta, body } = opened;
  if (!spec) return new Response(body, { headers: wholeHeaders(meta, request) });
  const range = resolveRange(spec, meta.size);
  if (!range || !body) throw unsatisfiable(meta);
  const headers = commonHeaders(meta, request);
  headers.set("content-range", `bytes ${range.first}-${range.last}/${meta.size}`);
  headers.set("content-length", String(range.last - range.first + 1));
  return new Response(body, { status: 206, headers });
}

/** Streams several ranges. Each range is read after the one before it is sent, so memory use is constant. */
function multipartBody(
  file: ServableFile,
  meta: FileMeta,
  ranges: readonly ByteRange[],
  frame: MultipartFrame,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(frame.length);
  const write = async (text: string) => {
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode(text));
    writer.releaseLock();
  };
  const send = async () => {
    for (const [index, range] of ranges.entries()) {
      const opened: OpenedFile | null = await file.open(range);
      if (!opened?.body || opened.meta.etag !== meta.etag) throw new Error("the file changed while it was being sent");
      await write(frame.headers[index] ?? "");
      await opened.body.pipeTo(writable, { preventClose: true });
    }
    await write(frame.end);
    await writable.close();
  };
  send().catch(async (error) => {
    log("multipart_response_failed", { message: messageOf(error) });
    await writable.abort(error).catch(() => undefined);
  });
  return readable;
}

function unsatisfiable({ size }: FileMeta): CodedError {
  return new CodedError("range_not_satisfiable", `the range is outside the file, which has ${size} bytes`, {
    headers: { "content-range": `bytes */${size}`, "accept-ranges": "bytes" },
  });
}

function commonHeaders(meta: FileMeta, { disposition, cacheControl }: FileRequest): Headers {
  const headers = new Headers({
    "accept-ranges": "bytes",
    etag: meta.etag,
    "last-modified": meta.lastModified.toUTCString(),
    "cache-control": cacheControl,
    "content-type": meta.contentType,
    "x-content-type-options": "nosniff",
  });
  if (disposition !== null) headers.set("content-disposition", disposition);
  return headers;
}

function wholeHeaders(meta: FileMeta, request: FileRequest): Headers {
  const headers = commonHeaders(meta, request);
  headers.set("content-length", String(meta.size));
  return headers;
}
