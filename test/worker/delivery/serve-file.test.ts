import { beforeAll, expect, test } from "vitest";
import { contentDisposition } from "../../../src/delivery/content-disposition.ts";
import { R2File } from "../../../src/delivery/servable-file.ts";
import { serveFile } from "../../../src/delivery/serve-file.ts";
import { respondToError } from "../../../src/http/response/error-response.ts";
import { bindings, pattern } from "../support/bindings.ts";

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

/** Replaces `{etag}`, `{same}`, `{earlier}` and `{later}`: the tables of cases exist before the object does. */
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

/** The response of `serveFile`, as a route would send it: also for what it throws. */
function servedFile(...[file, request]: Parameters<typeof serveFile>): Promise<Response | null> {
  return serveFile(file, request).catch(respondToError);
}

async function serve(headers: Record<string, string> = {}, method = "GET", key = "file") {
  const response = await servedFile(new R2File(MEDIA, key), { ...how, method, headers: fill(headers) });
  if (!response) throw new Error("not found");
  return { status: response.status, headers: response.headers, body: await response.bytes() };
}

test.each<[string, number, number]>([
  ["bytes=0-0", 0, 0],
  ["bytes=0-99", 0, 99],
  ["bytes=100-199", 100, 199],
  ["bytes=900-", 900, 999],
  ["bytes=999-999", 999, 999],
  ["bytes=0-", 0, 999],
  ["bytes=0-999", 0, 999],
  ["bytes=990-5000", 990, 999],
  ["bytes=0-9007199254740991", 0, 999],
  ["bytes=0-99999999999999999999999", 0, 999],
  ["bytes=-1", 999, 999],
  ["bytes=-100", 900, 999],
  ["bytes=-1000", 0, 999],
  ["bytes=-5000", 0, 999],
  ["bytes=-99999999999999999999999", 0, 999],
  ["BYTES=5-6", 5, 6],
])("the range %s is answered with bytes %d to %d", async (range, first, last) => {
  const { status, headers, body } = await serve({ range });
  expect(status).toBe(206);
  expect(headers.get("content-range")).toBe(`bytes ${first}-${last}/${SIZE}`);
  expect(headers.get("content-length")).toBe(String(last - first + 1));
  expect(headers.get("etag")).toBe(etag);
  expect(headers.get("last-modified")).toBe(same);
  expect(headers.get("accept-ranges")).toBe("bytes");
  expect(headers.get("content-type")).toBe("video/mp4");
  expect(body).toEqual(bytes.slice(first, last + 1));
});

test.each([
  "bytes=1000-",
  "bytes=1000-1000",
  "bytes=1001-",
  "bytes=1001-1002",
  "bytes=5000-",
  "bytes=99999999999-",
  "bytes=-0",
])("the range %s is not satisfiable and answers 416", async (range) => {
  const { status, headers, body } = await serve({ range });
  expect(status).toBe(416);
  expect(headers.get("content-range")).toBe(`bytes */${SIZE}`);
  expect(JSON.parse(new TextDecoder().decode(body))).toMatchObject({ status: 416, data: null });
});

test.each(["bytes=", "bytes=5-4", "bytes=a-b", "bytes", "items=0-1", "bytes=0-1x", "bytes=--5"])(
  "the invalid range %s is ignored and the whole file is sent",
  async (range) => {
    const { status, headers, body } = await serve({ range });
    expect(status).toBe(200);
    expect(headers.get("content-range")).toBeNull();
    expect(body).toEqual(bytes);
  },
);

test.each(["bytes=-0", "bytes=0-", "bytes=0-0", "bytes=-5", "bytes=7-9"])(
  "an empty file answers 416 to the range %s",
  async (range) => {
    const { status, headers } = await serve({ range }, "GET", "empty");
    expect(status).toBe(416);
    expect(headers.get("content-range")).toBe("bytes */0");
  },
);

test("a request without a range gets the whole file, even an empty one", async () => {
  const whole = await serve();
  expect([whole.status, whole.headers.get("content-length")]).toEqual([200, String(SIZE)]);
  expect(whole.headers.get("accept-ranges")).toBe("bytes");
  expect(whole.body).toEqual(bytes);
  const empty = await serve({}, "GET", "empty");
  expect([empty.status, empty.headers.get("content-length"), empty.body.byteLength]).toEqual([200, "0", 0]);
});

test("a HEAD request ignores the range and gets no body", async () => {
  const { status, headers, body } = await serve({ range: "bytes=0-9" }, "HEAD");
  expect([status, headers.get("content-length"), headers.get("content-range")]).toEqual([200, String(SIZE), null]);
  expect(body.byteLength).toBe(0);
});

test("a range outside an object of known size answers 416 without a read from R2", async () => {
  const asked: string[] = [];
  const bucket = {
    head: (key: string) => MEDIA.head(key),
    get: (key: string, options?: R2GetOptions) => {
      asked.push(JSON.stringify(options?.range ?? "whole"));
      return MEDIA.get(key, options);
    },
  } as R2Bucket;
  await MEDIA.put("growing", bytes.slice(0, 500));
  const statusOf = async (range?: string) => {
    const headers = new Headers(range === undefined ? {} : { range });
    const answer = await servedFile(new R2File(bucket, "growing"), { ...how, method: "GET", headers });
    await answer?.bytes();
    return answer?.status;
  };
  expect(await statusOf()).toBe(200);
  expect([await statusOf("bytes=500-599"), await statusOf("bytes=700-")]).toEqual([416, 416]);
  expect(asked).toEqual(['"whole"']);
  await MEDIA.put("growing", bytes);
  expect([await statusOf("bytes=500-599"), await statusOf("bytes=1000-1001")]).toEqual([206, 416]);
  expect(asked).toEqual(['"whole"', '{"offset":500,"length":100}']);
});

test.each<[string, number]>([
  ["{etag}", 206],
  ["{same}", 206],
  ['"other"', 200],
  ["W/{etag}", 200],
  ["{earlier}", 200],
  ["{later}", 200],
  ["nonsense", 200],
])("a range request with If-Range %s answers %d", async (ifRange, expected) => {
  const { status, body } = await serve({ range: "bytes=10-19", "if-range": ifRange });
  expect(status).toBe(expected);
  expect(body).toEqual(expected === 206 ? bytes.slice(10, 20) : bytes);
});

test("an unsatisfiable range gets the whole file if If-Range does not match", async () => {
  expect((await serve({ range: "bytes=5000-", "if-range": '"other"' })).status).toBe(200);
  expect((await serve({ range: "bytes=5000-", "if-range": "{etag}" })).status).toBe(416);
});

test("If-Range is ignored without a Range header", async () => {
  expect((await serve({ "if-range": '"other"' })).status).toBe(200);
});

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
])(
  "a request with the headers %j answers %d by the order of preconditions in RFC 9110 §13.2.2",
  async (headers, expected) => {
    const { status, body } = await serve(headers);
    expect(status).toBe(expected);
    if (expected === 200) expect(body).toEqual(bytes);
    if (expected === 206) expect(body).toEqual(bytes.slice(0, 10));
    if (expected === 304) expect(body.byteLength).toBe(0);
    if (!headers.range) expect((await serve(headers, "HEAD")).status).toBe(expected);
  },
);

test("a 304 response carries the same ETag, date and cache headers as a 200 response", async () => {
  const [whole, current] = [await serve(), await serve({ "if-none-match": "{etag}" })];
  for (const name of ["etag", "last-modified", "cache-control"]) {
    expect(current.headers.get(name), name).toBe(whole.headers.get(name));
  }
});

test("a missing object gets no response, whatever the method, range or precondition", async () => {
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

test("a download response names its file in Content-Disposition", async () => {
  const answer = await servedFile(new R2File(MEDIA, "file"), {
    ...how,
    method: "GET",
    headers: new Headers(),
    disposition: contentDisposition("attachment", "final-1.mp4"),
  });
  expect(answer?.headers.get("content-disposition")).toBe('attachment; filename="final-1.mp4"');
  expect((await answer?.bytes())?.byteLength).toBe(SIZE);
});
