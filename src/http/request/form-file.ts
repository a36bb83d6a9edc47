import { type MultipartError, make, type PartInfo } from "multipasta";
import { CodedError } from "../../api/errors.ts";
import { drain, MAX_DRAINED_UPLOAD_BYTES } from "../../util/drain.ts";
import { largeChunks } from "../../util/large-chunks.ts";
import { type PartDisposition, readPartDisposition } from "./part-disposition.ts";

/** A file in a form. Iterating over the body reads the request. */
export interface FormFile {
  name: string;
  body: AsyncIterable<Uint8Array>;
}

/**
 * Finds a file in a `multipart/form-data` body (RFC 7578) and streams it. The form is read only as fast as the file
 * is consumed, and is never in memory as a whole.
 *
 * @throws CodedError `invalid_request` if the body is not a form, has no such file, or its file name cannot be decoded;
 *   later, while iterating over the file, if the form is broken or ends too early.
 */
export async function fileFromForm(request: Request, field: string): Promise<FormFile> {
  const contentType = request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\b/i.test(contentType)) {
    throw new CodedError(
      "invalid_request",
      `send multipart/form-data with the file in the field ${JSON.stringify(field)}`,
    );
  }
  if (!request.body) throw new CodedError("invalid_request", "the body is empty");
  const chunks = readFile(request.body, contentType, field);
  const first = await chunks.next().catch(async (error: unknown) => {
    // So that a client that is still sending gets the response.
    if (request.body) await drain(request.body, MAX_DRAINED_UPLOAD_BYTES);
    throw error;
  });
  if (first.done || typeof first.value !== "string") {
    throw new CodedError("invalid_request", `${field}: the form has no file in this field`);
  }
  return { name: first.value, body: chunks as AsyncIterable<Uint8Array> };
}

/** Yields the file's name, then its bytes. */
async function* readFile(
  body: ReadableStream<Uint8Array>,
  contentType: string,
  field: string,
): AsyncGenerator<string | Uint8Array, void> {
  const ready: (string | Uint8Array)[] = [];
  let fault: MultipartError | null = null;
  let found = false;
  let ended = false;
  const parser = make({
    headers: { "content-type": contentType },
    maxParts: 20,
    maxFieldSize: 65_536,
    // The part in the wanted field is the file, even without a file name.
    isFile: (part) => {
      const disposition = dispositionOf(part);
      return disposition.field === field || disposition.fileName !== undefined;
    },
    onField: () => undefined,
    onFile: (part) => {
      const disposition = dispositionOf(part);
      if (found || disposition.field !== field) return () => undefined;
      found = true;
      ready.push(disposition.fileName ?? "");
      return (chunk) => {
        if (chunk) ready.push(chunk);
        else ended = true;
      };
    },
    onError: (error) => {
      fault ??= error;
    },
    onDone: () => undefined,
  });
  for await (const chunk of largeChunks(body)) {
    write(parser, chunk);
    if (fault) break;
    // The parser returns views of the chunk, so pass them on before the next chunk.
    yield* ready.splice(0);
    if (ended) return;
  }
  if (!fault) parser.end();
  yield* ready.splice(0);
  if (fault) throw new CodedError("invalid_request", `the form cannot be read: ${reasonOf(fault)}`);
  if (found && !ended) throw new CodedError("invalid_request", `${field}: the form ends inside the file`);
}

/** Reads a part's header itself, because the parser only knows names of Latin-1 characters. */
function dispositionOf(part: PartInfo): PartDisposition {
  const given = part.headers["content-disposition"];
  return readPartDisposition((Array.isArray(given) ? given[0] : given) ?? "");
}

/** Passes a chunk to the parser, which throws if a part has a `filename*` that it cannot decode. */
function write(parser: ReturnType<typeof make>, chunk: Uint8Array): void {
  try {
    parser.write(chunk);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new CodedError("invalid_request", "the form has a filename* that is not percent-encoded UTF-8");
  }
}

function reasonOf(fault: MultipartError): string {
  switch (fault._tag) {
    case "BadHeaders":
      return fault.error.reason === "InvalidHeaderValue"
        ? "a header of a part, such as its file name, has a control character"
        : `the headers of a part are invalid (${fault.error.reason})`;
    case "ReachedLimit":
      return `it exceeds a limit (${fault.limit})`;
    case "InvalidBoundary":
      return "its Content-Type header has no boundary";
    case "InvalidDisposition":
      return "a part has no name in its Content-Disposition header";
    case "EndNotReached":
      return "its end is missing";
  }
}
