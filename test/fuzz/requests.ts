import fc from "fast-check";
import { broken, type Hints, inlined, type Schema, valid } from "./schema-arbitraries.ts";

/** The parts of an OpenAPI document that fuzzing uses. */
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}
interface Operation {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

/** A generated request. */
export interface FuzzRequest {
  /** The operation of the document that the request is for; null if the document has no such operation. */
  operation: { name: string; responses: Operation["responses"] } | null;
  method: string;
  /** {@link LIVE_TASK} stands for the id of an existing task. */
  path: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | null;
}

/** Placeholder for the id of an existing task. */
export const LIVE_TASK = "{task}";

/** Values for parameters that would make a valid request wait, in seconds. */
const NO_WAIT: Hints = { wait: [0] };

const headerText = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });
/** Path segments: any text, percent-encoded, or unusual text. Not `.` and `..`, because they would change the path. */
const segment = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom("%00", "%ff", "%", "%2e%2e%2f%2e%2e", "..%2f", "a%2Fb", "%E0%A4%A", "*", "a".repeat(300)),
  )
  .filter((text) => !/^(\.|%2e){1,2}$/i.test(text));

/** Headers that are added to any request, whether they make sense or not. */
const extraHeaders = fc.dictionary(
  fc.constantFrom(
    ...["range", "if-range", "if-match", "if-none-match", "if-modified-since", "accept", "x-api-key", "authorization"],
    ...["content-type", "idempotency-key", "last-event-id", "accept-language", "x-odd"],
  ),
  fc.oneof(
    headerText,
    fc.constantFrom("bytes=0-", "bytes=5-1", "bytes=-", "*", '"a"', "Bearer x", "multipart/form-data"),
  ),
  { maxKeys: 3 },
);

/** Valid and invalid requests for every operation of a document, and some for paths that it does not have. */
export function requestsOf(
  document: Document,
  hints: Hints,
  upload: Uint8Array<ArrayBuffer>,
): fc.Arbitrary<FuzzRequest> {
  const schemas = document.components?.schemas ?? {};
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      requestOf(method.toUpperCase(), path, operation, schemas, { ...NO_WAIT, ...hints }, upload),
    ),
  );
  return fc.oneof({ weight: 19, arbitrary: fc.oneof(...operations) }, { weight: 1, arbitrary: undocumented(document) });
}

function requestOf(
  method: string,
  template: string,
  { parameters = [], requestBody, responses }: Operation,
  schemas: Record<string, Schema>,
  hints: Hints,
  upload: Uint8Array<ArrayBuffer>,
): fc.Arbitrary<FuzzRequest> {
  const operation = { name: `${method} ${template}`, responses };
  const values = (place: string) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((parameter) => parameter.in === place)
          .map(({ name, required, schema }) => {
            const known = hints[name];
            const good = known ? fc.constantFrom(...known) : valid(inlined(schema, schemas));
            const odd = name in NO_WAIT ? fc.constantFrom("x", "-1", "1e9", "") : broken({});
            const any = fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: odd }).map(String);
            return [name, required ? any : fc.option(any, { nil: null })];
          }),
      ),
    ) as fc.Arbitrary<Record<string, string | null>>;
  const path = fc.tuple(...template.split("/").map((part) => pathPart(part, hints))).map((parts) => parts.join("/"));
  return fc
    .tuple(path, values("query"), values("header"), extraHeaders, bodyOf(requestBody, schemas, hints, upload))
    .map(([base, query, own, extra, body]) => {
      const search = new URLSearchParams(present(query)).toString().slice(0, 9000);
      return {
        operation,
        method,
        path: search === "" ? base : `${base}?${search}`,
        headers: { ...extra, ...asHeaders(present(own)), ...body.headers },
        body: body.bytes,
      };
    });
}

function pathPart(part: string, hints: Hints): fc.Arbitrary<string> {
  const name = /^\{(\w+)\}$/.exec(part)?.[1];
  if (name === undefined) return fc.constant(part);
  if (name === "task_id") {
    return fc.oneof(
      { weight: 6, arbitrary: fc.constant(LIVE_TASK) },
      { weight: 1, arbitrary: fc.uuid() },
      { weight: 1, arbitrary: segment },
    );
  }
  const known = hints[name] as readonly string[] | undefined;
  return known
    ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: segment })
    : segment;
}

interface Body {
  headers: Record<string, string>;
  bytes: Uint8Array<ArrayBuffer> | null;
}
const encode = (text: string) => new Uint8Array(new TextEncoder().encode(text));

function bodyOf(
  requestBody: Operation["requestBody"],
  schemas: Record<string, Schema>,
  hints: Hints,
  upload: Uint8Array<ArrayBuffer>,
): fc.Arbitrary<Body> {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  if (type === undefined || !content) return fc.constant({ headers: {}, bytes: null });
  const noise = fc.uint8Array({ maxLength: 2000 }).map((bytes) => new Uint8Array(bytes));
  if (type === "application/json") {
    const schema = inlined(content.schema, schemas);
    const json = fc.oneof(
      { weight: 4, arbitrary: valid(schema, hints).map((value) => JSON.stringify(value)) },
      { weight: 5, arbitrary: broken(schema, hints).map((value) => JSON.stringify(value) ?? "") },
      { weight: 1, arbitrary: valid(schema, hints).map((value) => JSON.stringify(value).slice(0, -3)) },
    );
    return fc.oneof(
      { weight: 9, arbitrary: json.map((text) => ({ headers: { "content-type": type }, bytes: encode(text) })) },
      { weight: 1, arbitrary: noise.map((bytes) => ({ headers: {}, bytes })) },
    );
  }
  const file = fc.oneof(fc.constant(upload), noise, fc.constant(upload.slice(0, upload.length >> 1)));
  if (type !== "multipart/form-data") return file.map((bytes) => ({ headers: { "content-type": type }, bytes }));
  const name = fc.oneof(
    fc.constantFrom("fuzz.mp4", "fuzz.mp3", "fuzz.srt", "fuzz.vtt", "fuzz.ttf", "fuzz.png"),
    fc.string(),
  );
  return fc
    .tuple(file, name, fc.constantFrom("file", "file", "file", "other"), fc.boolean())
    .map(([bytes, given, field, whole]) => {
      const head = `--b\r\ncontent-disposition: form-data; name="${field}"; filename="${given.replace(/[\r\n"]/g, "_")}"\r\n\r\n`;
      const parts = [encode(head), bytes, ...(whole ? [encode("\r\n--b--\r\n")] : [])];
      return { headers: { "content-type": "multipart/form-data; boundary=b" }, bytes: joined(parts) };
    });
}

/** Requests for paths and methods that the document does not have. */
function undocumented(document: Document): fc.Arbitrary<FuzzRequest> {
  const paths = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, "x"));
  const path = fc.oneof(
    fc.constantFrom(...paths),
    fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join("/")}`),
  );
  return fc
    .tuple(fc.constantFrom("PATCH", "PUT", "POST", "DELETE", "OPTIONS"), path, extraHeaders)
    .map(([method, where, headers]) => ({
      operation: null,
      method,
      path: where,
      headers,
      body: null,
    }));
}

/** Leaves out the parameters without a value. */
function present(values: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value.toWellFormed()]])),
  );
}

/** Reduces header values to printable ASCII, because no HTTP client would send anything else. */
function asHeaders(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value
        .replace(/[^\x20-\x7e]/g, "_")
        .slice(0, 4000)
        .trim(),
    ]),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
