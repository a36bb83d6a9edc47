import { beforeAll, expect, test } from "vitest";
import { contentDisposition } from "../../../src/delivery/content-disposition.ts";
import { R2File } from "../../../src/delivery/servable-file.ts";
import { bindings, pattern } from "../support/bindings.ts";
import { servedFile } from "../support/served-file.ts";

const { MEDIA } = bindings;
const SIZE = 1000;
const bytes = pattern(SIZE);
const day = 86_400_000;
let etag = "";
let uploaded = new Date(0);
let same = "";
let earlier = "";
let later = "";

beforeAll(async () => {
  const object = await MEDIA.put("file", bytes, { httpMetadata: { contentType: "video/mp4" } });
  await MEDIA.put("empty", new Uint8Array(0));
  etag = object.httpEtag;
  uploaded = object.uploaded;
  same = uploaded.toUTCString();
  earlier = new Date(uploaded.getTime() - day).toUTCString();
  later = new Date(uploaded.getTime() + day).toUTCString();
});

/** The tests' table is written before the object is there, so its validators stand for themselves in braces. */
function fill(headers: Record<string, string>): Headers {
  const values: Record<string, string> = { etag, same, earlier, later };
  return new Headers(
    Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      value.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? ""),
    ]),
  );
}

const how = { disposition: null, cacheControl: "no-cache" };

async function serve(headers: Record<string, string> = {}, method = "GET", key = "file") {
  const response = await servedFile(new R2File(MEDIA, key), { ...how, method, headers: fill(headers) });
  if (!response) throw new Error("not found");
  return { status: response.status, headers: response.headers, body: await response.bytes() };
}

test.each<[Record<string, string>, number]>([
  [{ "if-none-match": "{etag}" }, 304],
  [{ "if-none-match": "W/{etag}" }, 304],
  [{ "if-none-match": '"x", {etag}' }, 304],
  [{ "if-none-match": "*" }, 304],
  [{ "if-none-match": '"x"' }, 200],
  [{ "if-modified-since": "{same}" }, 304],
  [{ "if-modified-since": "{later}" }, 304],
  [{ "if-modified-since": "{earlier}" }, 200],
  [{ "if-modified-since": "nonsense" }, 200],
  [{ "if-match": "{etag}" }, 200],
  [{ "if-match": "*" }, 200],
  [{ "if-match": '"x"' }, 412],
  [{ "if-match": "W/{etag}" }, 412],
  [{ "if-unmodified-since": "{same}" }, 200],
  [{ "if-unmodified-since": "{earlier}" }, 412],
  [{ "if-match": "{etag}", "if-unmodified-since": "{earlier}" }, 200],
  [{ "if-none-match": '"x"', "if-modified-since": "{later}" }, 200],
  [{ "if-match": '"x"', "if-none-match": "{etag}" }, 412],
  [{ "if-none-match": "{etag}", range: "bytes=0-9" }, 304],
  [{ "if-match": '"x"', range: "bytes=5000-" }, 412],
  [{ "if-match": "{etag}", range: "bytes=0-9" }, 206],
  [{ "if-match": "{etag}", range: "bytes=5000-" }, 416],
  [{ "if-none-match": '"x"', range: "bytes=0-9", "if-range": '"y"' }, 200],
])("preconditions and their order (RFC 9110 §13.2.2) %j is answered with %d", async (headers, expected) => {
  const { status, body } = await serve(headers);
  expect(status).toBe(expected);
  if (expected === 200) expect(body).toEqual(bytes);
  if (expected === 206) expect(body).toEqual(bytes.slice(0, 10));
  if (expected === 304) expect(body.byteLength).toBe(0);
  if (!headers.range) expect((await serve(headers, "HEAD")).status).toBe(expected);
});

test("preconditions and their order (RFC 9110 §13.2.2) 304 carries the headers that the whole answer would", async () => {
  const [whole, current] = [await serve(), await serve({ "if-none-match": "{etag}" })];
  for (const name of ["etag", "last-modified", "cache-control"]) {
    expect(current.headers.get(name), name).toBe(whole.headers.get(name));
  }
});

test("an object that is not there is not answered, whatever was asked of it", async () => {
  for (const headers of [
    {},
    { range: "bytes=0-1" },
    { range: "bytes=-0" },
    { "if-none-match": "*" },
    { "if-match": "*" },
  ]) {
    for (const method of ["GET", "HEAD"]) {
      expect(
        await servedFile(new R2File(MEDIA, "nothing"), {
          ...how,
          method,
          headers: new Headers(headers as HeadersInit),
        }),
      ).toBeNull();
    }
  }
});

test("a download is named", async () => {
  const answer = await servedFile(new R2File(MEDIA, "file"), {
    ...how,
    method: "GET",
    headers: new Headers(),
    disposition: contentDisposition("attachment", "final-1.mp4"),
  });
  expect(answer?.headers.get("content-disposition")).toBe('attachment; filename="final-1.mp4"');
  expect((await answer?.bytes())?.byteLength).toBe(SIZE);
});
