import OpenAI, { APIError, toFile } from "openai";
import { beforeAll, expect, test, vi } from "vitest";
import { askForKeys, bearer, finishedTask, keyOf, materials, uploadAs } from "../support/access.ts";
import { bindings, request } from "../support/bindings.ts";
import { standInFile } from "../support/uploads.ts";
import pythonClient from "./python-client-requests.json";

let key = "";
let finished = "";
beforeAll(async () => {
  askForKeys();
  key = await keyOf("alice");
  finished = (await finishedTask(key)).task_id;
});

/** OpenAI's own client, with this service as its base URL. */
function client(apiKey = key): OpenAI {
  const fetch = (url: string | URL | Request, init?: RequestInit) => {
    const { pathname, search } = new URL(String(url));
    return request(pathname + search, init);
  };
  return new OpenAI({
    apiKey,
    baseURL: "http://edgereel.test/v1",
    fetch: fetch as unknown as typeof globalThis.fetch,
    maxRetries: 0,
    dangerouslyAllowBrowser: true,
  });
}

/** The request that a video was made from. */
const requestOf = (id: string, owner = "alice") => bindings.TASKS.getByName(id).request(owner);

/** What the client throws. */
async function refusal(call: Promise<unknown>): Promise<APIError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof APIError)) throw new Error(`not an error of the API: ${error}`);
  return error;
}

test("a prompt is the subject of a script of the wanted length, spoken by the best voice", async () => {
  const video = await client().videos.create({
    prompt: "A calm sea.",
    seconds: "8",
    size: "1280x720",
    model: "sora-2",
  });
  expect(video).toMatchObject({
    object: "video",
    status: expect.stringMatching(/queued|in_progress/),
    prompt: "A calm sea.",
    model: "sora-2",
    seconds: "8",
    size: "1280x720",
    remixed_from_video_id: null,
    error: null,
    completed_at: null,
  });
  expect(video.created_at).toBeCloseTo(Date.now() / 1000, -2);
  expect(await requestOf(video.id)).toMatchObject({
    video_subject: "A calm sea.",
    video_script: "",
    video_script_prompt: expect.stringContaining("at most 8 seconds: write at most 22 words"),
    voice_name: "stand-in:anna",
    video_size: "1280x720",
    video_duration: 8,
    video_materials: [],
  });
});

test("input_reference is the material, as a file, a data URL, a link or the name of an uploaded file", async () => {
  const { clip } = materials();
  const { videos } = client();
  const materialOf = async (input_reference: OpenAI.VideoCreateParams["input_reference"]) => {
    const { id } = await videos.create({ prompt: "x", ...(input_reference ? { input_reference } : {}) });
    return (await requestOf(id))?.video_materials[0]?.url;
  };
  expect(await materialOf(await toFile(new TextEncoder().encode(clip), "my sea.mp4"))).toMatch(
    /^my sea-[0-9a-f]{8}\.mp4$/,
  );
  expect(await materialOf({ image_url: `data:video/mp4;base64,${btoa(clip)}` })).toMatch(
    /^reference-[0-9a-f]{8}\.mp4$/,
  );
  expect(await materialOf({ image_url: "https://example.com/sea.jpg" })).toBe("https://example.com/sea.jpg");
  expect(await materialOf({ file_id: "a.mp4" })).toBe("a.mp4");
});

test("a sent file is removed again if the request is refused", async () => {
  const owner = await keyOf("eve");
  const input_reference = await toFile(new TextEncoder().encode(standInFile()), "a.mp4");
  const error = await refusal(client(owner).videos.create({ prompt: "x", size: "7x7" as "720x1280", input_reference }));
  expect([error.status, error.param]).toEqual([400, "size"]);
  const files = await request("/api/v1/video_materials", { headers: bearer(owner) });
  expect(await files.json()).toMatchObject({ data: { files: [] } });
});

test("JSON works as well as forms, and fields of the service's own API may be added to both", async () => {
  const body = { prompt: "x", seconds: 5, video_script: "Hello.", voice_rate: 1.5, subtitle_enabled: false };
  const headers = { ...bearer(key), "content-type": "application/json" };
  const sent = await request("/v1/videos", { method: "POST", headers, body: JSON.stringify(body) });
  expect(sent.status).toBe(200);
  const { id } = (await sent.json()) as { id: string };
  const wanted = { video_script: "Hello.", voice_rate: 1.5, subtitle_enabled: false, video_duration: 5 };
  expect(await requestOf(id)).toMatchObject(wanted);
  const form = await client().videos.create({ ...body, seconds: "5" } as unknown as OpenAI.VideoCreateParams);
  expect(await requestOf(form.id)).toMatchObject(wanted);
});

test("a finished task is a completed video with its content, also for Range requests", async () => {
  const { videos } = client();
  const video = await videos.retrieve(finished);
  expect(video).toMatchObject({ status: "completed", progress: 100, seconds: "1", model: "edgereel", error: null });
  expect(video.size).toMatch(/^\d+x\d+$/);
  expect(video.completed_at).toBeGreaterThanOrEqual(video.created_at);
  const stored = async (file: string) => (await bindings.MEDIA.get(`tasks/${finished}/${file}`))?.arrayBuffer();
  for (const [variant, file, type] of [
    ["video", "final-1.mp4", "video/mp4"],
    ["thumbnail", "final-1.jpg", "image/jpeg"],
    ["spritesheet", "final-1-storyboard.jpg", "image/jpeg"],
  ] as const) {
    const response = await videos.downloadContent(finished, { variant });
    expect(response.headers.get("content-type")).toBe(type);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array((await stored(file)) ?? []));
  }
  const part = await request(`/v1/videos/${finished}/content`, { headers: { ...bearer(key), range: "bytes=0-9" } });
  expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
});

test("videos are listed by page in both orders, and deleted", async () => {
  const owner = await keyOf("frank");
  await uploadAs(owner, "video_materials", "a.mp4", materials().clip);
  const { videos } = client(owner);
  const made: string[] = [];
  for (const prompt of ["one", "two", "three"]) {
    made.push((await videos.create({ prompt, input_reference: { file_id: "a.mp4" } })).id);
  }
  const listed = async (query: OpenAI.VideoListParams) => {
    const prompts: (string | null)[] = [];
    for await (const { prompt } of videos.list(query)) prompts.push(prompt);
    return prompts;
  };
  expect(await listed({ limit: 2 })).toEqual(["three", "two", "one"]);
  expect(await listed({ limit: 1, order: "asc" })).toEqual(["one", "two", "three"]);
  const page = await videos.list({ limit: 2 });
  expect(page).toMatchObject({ has_more: true, last_id: made[1] });
  expect(await videos.delete(made[0] ?? "")).toEqual({ id: made[0], object: "video.deleted", deleted: true });
  expect((await refusal(videos.retrieve(made[0] ?? ""))).status).toBe(404);
  expect((await refusal(listed({ after: made[0] ?? "" }))).status).toBe(404);
});

test("a remix is a new video from the old request with the new prompt", async () => {
  const { videos } = client();
  const first = await videos.create({
    prompt: "A sea.",
    seconds: "12",
    size: "640x360" as "1280x720",
    input_reference: { file_id: "a.mp4" },
  });
  const remix = await videos.remix(first.id, { prompt: "A lake." });
  expect(remix).toMatchObject({ prompt: "A lake.", remixed_from_video_id: first.id, seconds: "12", size: "640x360" });
  expect(remix.id).not.toBe(first.id);
  const [before, after] = [await requestOf(first.id), await requestOf(remix.id)];
  expect(after).toEqual({ ...before, video_subject: "A lake." });
});

test("errors have OpenAI's form, with the field of its API", async () => {
  const { videos } = client();
  const create = (body: object) => refusal(videos.create(body as unknown as OpenAI.VideoCreateParams));
  const cases: [object, string | null, RegExp][] = [
    [{ prompt: "" }, "prompt", /empty/],
    [{}, "prompt", /./],
    [{ prompt: "x", seconds: "0" }, "seconds", /from 1 to 600/],
    [{ prompt: "x", seconds: "abc" }, "seconds", /from 1 to 600/],
    [{ prompt: "x", size: "721x1280" }, "size", /both even/],
    [{ prompt: "x", input_reference: { file_id: "none.png" } }, "input_reference", /no file named "none.png"/],
    [{ prompt: "x", input_reference: { image_url: "data:text/plain,hi" } }, "input_reference", /data URL/],
    [{ prompt: "x", input_reference: { image_url: "http://127.0.0.1/a.png" } }, "input_reference", /https/],
    [{ prompt: "x", n: 2 }, "n", /unknown field/],
    [{ prompt: "x", video_size: "720x1280" }, "size", /not as video_size/],
    [{ prompt: "x", voice_rate: "fast" }, "voice_rate", /./],
  ];
  for (const [body, param, message] of cases) {
    const error = await create(body);
    expect([error.status, error.type, error.param, error.code]).toEqual([
      ...[400, "invalid_request_error", param, "invalid_request"],
    ]);
    expect(error.message).toMatch(message);
  }
  const unfinished = await videos.create({ prompt: "x", input_reference: { file_id: "a.mp4" } });
  expect([404, 409]).toContain((await refusal(videos.downloadContent(unfinished.id))).status);
  expect((await refusal(videos.retrieve("video_123"))).status).toBe(400);
  expect((await refusal(videos.retrieve(crypto.randomUUID()))).status).toBe(404);
  const wrong = await refusal(client("er_wrong").videos.list());
  expect([wrong.status, wrong.type, wrong.code]).toEqual([401, "authentication_error", "unauthenticated"]);
  const reader = await refusal(client(await keyOf("alice", "read")).videos.delete(finished));
  expect([reader.status, reader.type]).toEqual([403, "permission_error"]);
  for (const [path, init, status] of [
    ["/v1/unknown", {}, 404],
    ["/v1/videos", { method: "PATCH" }, 405],
    ["/v1/videos", { method: "POST", body: "{" }, 400],
    ["/v1/videos?limit=0", {}, 400],
    [`/v1/videos/${finished}/content?variant=gif`, {}, 400],
  ] as const) {
    const response = await request(path, { ...init, headers: bearer(key) });
    expect([path, response.status]).toEqual([path, status]);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(Object.keys(error)).toEqual(["message", "type", "param", "code"]);
    expect(error).toMatchObject({ message: expect.any(String), type: "invalid_request_error" });
  }
});

test("a failed or cancelled task is a failed video that says why", async () => {
  const { videos } = client();
  const { id } = await videos.create({ prompt: "x", input_reference: { file_id: "a.mp4" } });
  await bindings.TASKS.getByName(id).cancel("alice");
  const video = await vi.waitFor(async () => {
    const video = await videos.retrieve(id);
    expect(video.status).toBe("failed");
    return video;
  });
  expect(video).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) }, completed_at: null });
});

test("a form or a JSON body that is too large is refused with the max", async () => {
  const big = new File([new Uint8Array(25 * 1024 * 1024)], "big.mp4");
  const form = new FormData();
  form.append("prompt", "x");
  form.append("input_reference", big);
  for (const init of [{ body: form }, { body: JSON.stringify({ prompt: "x".repeat(25 * 1024 * 1024) }) }]) {
    const response = await request("/v1/videos", { method: "POST", headers: bearer(key), ...init });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      error: { code: "too_large", message: expect.stringContaining("25165824") },
    });
  }
});

test("the only model is listed, because clients ask for it first", async () => {
  expect((await client().models.list()).data).toMatchObject([{ id: "edgereel", object: "model" }]);
});

/** What OpenAI's Python client sends; python-client-requests.md says how it was recorded. */
async function sendRecorded(index: number, path?: string): Promise<{ id: string; status: string }> {
  const recorded = pythonClient.requests[index];
  if (!recorded) throw new Error(`no recorded request ${index}`);
  const headers = { ...recorded.headers, ...bearer(key) };
  const sent = await request(path ?? recorded.path, { method: recorded.method, headers, body: recorded.body });
  expect([sent.status, sent.headers.get("content-type")]).toEqual([200, expect.stringMatching(/^application\/json/)]);
  return (await sent.json()) as { id: string; status: string };
}

test("what OpenAI's Python client sends makes videos: forms with and without a file, lists, and a remix", async () => {
  const named = await sendRecorded(0);
  expect(await requestOf(named.id)).toMatchObject({
    ...{ video_subject: "A blue sky – “über”.", video_script: "Blue.", video_language: "de", video_duration: 4 },
    ...{ video_terms: ["sky", "blue"], video_size: "180x320" },
    video_materials: [{ url: expect.stringMatching(/^blau ü-[0-9a-f]{8}\.png$/) }],
  });
  const unnamed = await sendRecorded(1);
  expect(await requestOf(unnamed.id)).toMatchObject({ video_materials: [{ url: expect.stringMatching(/^upload-/) }] });
  const plain = await sendRecorded(2);
  expect(await requestOf(plain.id)).toMatchObject({ subtitle_enabled: false, voice_rate: 1.5, video_materials: [] });
  expect(await sendRecorded(3, `/v1/videos/${named.id}/remix`)).toMatchObject({
    ...{ prompt: "Other words.", remixed_from_video_id: named.id },
  });
});
