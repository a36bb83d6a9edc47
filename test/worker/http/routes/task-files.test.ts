import { beforeAll, expect, test } from "vitest";
import { bindings, pattern, request } from "../../support/bindings.ts";
import { makeTask, putFile } from "../../support/files.ts";

const SIZE = 200_000;
const bytes = pattern(SIZE);
let id: string;
let path: string;

beforeAll(async () => {
  id = await makeTask();
  path = `/api/v1/stream/${id}/final-1.mp4`;
  await putFile(id, "final-1.mp4", bytes);
});

const get = (range: string | null, headers: Record<string, string> = {}, from = path) =>
  request(from, { headers: range === null ? headers : { range, ...headers } });

/** Repeats the request until the cache answers it. The cache is filled only after a response has ended. */
async function untilHit(from: string): Promise<Response> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await get(null, {}, from);
    if (answer.headers.get("x-edgereel-cache") === "HIT") return answer;
    await answer.arrayBuffer();
  }
  throw new Error(`${from} never came from the cache`);
}

/** The parts of a multipart/byteranges response. */
async function parts(answer: Response): Promise<{ range: string; body: Uint8Array }[]> {
  const boundary = /boundary=(\S+)/.exec(answer.headers.get("content-type") ?? "")?.[1];
  const all = new Uint8Array(await answer.arrayBuffer());
  expect(all.byteLength).toBe(Number(answer.headers.get("content-length")));
  const text = Array.from(all, (code) => String.fromCharCode(code)).join("");
  const pieces = text.split(`--${boundary}`).slice(1, -1);
  expect(text.endsWith(`--${boundary}--\r\n`)).toBe(true);
  return pieces.map((piece) => {
    const [head = "", ...rest] = piece.split("\r\n\r\n");
    const body = rest.join("\r\n\r\n").slice(0, -2);
    return {
      range: /content-range: (.*)/i.exec(head)?.[1] ?? "",
      body: Uint8Array.from(body, (character) => character.charCodeAt(0)),
    };
  });
}

test("several ranges are answered with one multipart response in the requested order", async () => {
  const answer = await get("bytes=1000-1999,0-9,-5");
  expect(answer.status).toBe(206);
  expect(await parts(answer)).toEqual([
    { range: `bytes 1000-1999/${SIZE}`, body: bytes.slice(1000, 2000) },
    { range: `bytes 0-9/${SIZE}`, body: bytes.slice(0, 10) },
    { range: `bytes ${SIZE - 5}-${SIZE - 1}/${SIZE}`, body: bytes.slice(-5) },
  ]);
});

test("overlapping ranges are merged into one range", async () => {
  const answer = await get("bytes=0-99,50-149");
  expect(answer.headers.get("content-range")).toBe(`bytes 0-149/${SIZE}`);
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes.slice(0, 150));
});

test("ranges that repeat the file many times are answered with the whole file once", async () => {
  const answer = await get(`bytes=${Array(20).fill("0-").join(",")}`);
  expect(answer.status).toBe(200);
  expect((await answer.arrayBuffer()).byteLength).toBe(SIZE);
});

test("If-Range with the file's date keeps the range, and another date gets the whole file", async () => {
  const modified = (await get(null)).headers.get("last-modified") ?? "";
  expect((await get("bytes=0-9", { "if-range": modified })).status).toBe(206);
  const earlier = new Date(Date.parse(modified) - 1000).toUTCString();
  expect((await get("bytes=0-9", { "if-range": earlier })).status).toBe(200);
});

test("a file that was played is served from the edge cache, whole or in ranges, without a storage read", async () => {
  const whole = await untilHit(path);
  const origin = await bindings.MEDIA.head(`tasks/${id}/final-1.mp4`);
  expect(whole.headers.get("etag")).toBe(origin?.httpEtag);
  expect(whole.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
  expect(whole.headers.get("server-timing")).toMatch(/^cache;desc=HIT.*edge;dur=/);
  expect(whole.headers.get("server-timing")).not.toContain("storage");
  expect(new Uint8Array(await whole.arrayBuffer())).toEqual(bytes);

  const range = await get("bytes=500-1499");
  expect([range.status, range.headers.get("x-edgereel-cache")]).toEqual([206, "HIT"]);
  expect(range.headers.get("content-range")).toBe(`bytes 500-1499/${SIZE}`);
  expect(new Uint8Array(await range.arrayBuffer())).toEqual(bytes.slice(500, 1500));

  const suffix = await get("bytes=-7");
  expect(new Uint8Array(await suffix.arrayBuffer())).toEqual(bytes.slice(-7));
  expect((await parts(await get("bytes=0-9,100-109"))).map(({ body }) => body)).toEqual([
    bytes.slice(0, 10),
    bytes.slice(100, 110),
  ]);
  const outside = await get(`bytes=${SIZE}-`);
  expect([outside.status, outside.headers.get("content-range")]).toEqual([416, `bytes */${SIZE}`]);
  const known = await get(null, { "if-none-match": whole.headers.get("etag") ?? "" });
  expect([known.status, known.headers.get("x-edgereel-cache")]).toEqual([304, "HIT"]);
  const head = await request(path, { method: "HEAD" });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, String(SIZE)]);
});

test("a request for one byte does not put the file into the edge cache", async () => {
  const probed = await makeTask();
  await putFile(probed, "final-1.mp4", bytes);
  const from = `/tasks/${probed}/final-1.mp4`;
  for (let tries = 0; tries < 3; tries++) {
    const answer = await get("bytes=0-0", {}, from);
    expect(answer.headers.get("x-edgereel-cache")).toBe("MISS");
    await answer.arrayBuffer();
  }
});

test("a deleted task's file answers 404 even if the edge cache has it", async () => {
  const doomed = await makeTask();
  await putFile(doomed, "final-1.mp4", bytes);
  const from = `/api/v1/stream/${doomed}/final-1.mp4`;
  await (await untilHit(from)).arrayBuffer();
  expect((await request(`/api/v1/tasks/${doomed}`, { method: "DELETE" })).status).toBe(200);
  for (const range of [null, "bytes=0-9"]) {
    const answer = await get(range, {}, from);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ status: 404, data: null });
  }
});

test("an unfinished file answers 409 with Retry-After", async () => {
  const unfinished = await makeTask(2);
  const answer = await request(`/api/v1/stream/${unfinished}/final-2.mp4`);
  expect(answer.status).toBe(409);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ status: 409, data: { task_id: unfinished, progress: 0, stream: null } });
  expect((await request(`/api/v1/stream/${unfinished}/final-2.m3u8`)).status).toBe(409);
  expect((await request(`/api/v1/stream/${unfinished}/final-3.mp4`)).status).toBe(404);
});

test("a failed task's file answers 404 with the reason", async () => {
  const failed = await makeTask();
  await bindings.TASKS.getByName(failed).abandon("plan", 1);
  for (const file of ["final-1.mp4", "final-1.m3u8"]) {
    const answer = await request(`/api/v1/stream/${failed}/${file}`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining("queue_failed") });
  }
});

test("a player on another origin may send Range and read the response's range headers", async () => {
  const preflight = await request(path, {
    method: "OPTIONS",
    headers: {
      origin: "https://player.example",
      "access-control-request-method": "GET",
      "access-control-request-headers": "range",
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-headers")?.toLowerCase()).toContain("range");
  expect(Number(preflight.headers.get("access-control-max-age"))).toBeGreaterThanOrEqual(3600);
  const answer = await get("bytes=0-9", { origin: "https://player.example" });
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  const exposed = answer.headers.get("access-control-expose-headers")?.toLowerCase() ?? "";
  for (const name of ["content-range", "accept-ranges", "etag"]) expect(exposed).toContain(name);
});

test("a file route refuses PUT with 405", async () => {
  const answer = await request(path, { method: "PUT", body: "x" });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
});

test("the stream route serves a file inline, and the download route serves it as an attachment", async () => {
  expect((await get("bytes=0-0")).headers.get("content-disposition")).toBe('inline; filename="final-1.mp4"');
  const saved = await get("bytes=0-0", {}, `/api/v1/download/${id}/final-1.mp4`);
  expect(saved.headers.get("content-disposition")).toBe('attachment; filename="final-1.mp4"');
});
