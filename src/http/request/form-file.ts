import { type MultipartError, make } from "multipasta";
import { CodedError } from "../../api/errors.ts";

/** A file in a form. Iterating over the body reads the request. */
export interface FormFile {
  name: string;
  body: AsyncIterable<Uint8Array>;
}

/**
 * Finds a file in a `multipart/form-data` body (RFC 7578) and streams it. The form is read only as fast as the file
 * is consumed, and is never in memory as a whole.
 *
 * @throws CodedError `invalid_request` if the body is not a form or has no such file; later, while iterating over
 * the file, if the form is broken or ends too early.
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
  const first = await chunks.next();
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
    isFile: (part) => part.name === field || part.filename !== undefined,
    onField: () => undefined,
    onFile: (part) => {
      if (found || part.name !== field) return () => undefined;
      found = true;
      ready.push(part.filename ?? "");
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
  for await (const chunk of body) {
    parser.write(chunk);
    if (fault) break;
    // The parser returns views of the chunk, so pass them on before the next chunk.
    yield* ready.splice(0);
    if (ended) return;
  }
  if (!fault) parser.end();
  yield* ready.splice(0);
  if (fault) throw new CodedError("invalid_request", `the form cannot be read (${(fault as MultipartError)._tag})`);
  if (found && !ended) throw new CodedError("invalid_request", `${field}: the form ends inside the file`);
}
