import { afterAll, beforeAll, expect, test } from "vitest";
import { call, create, finish, getTask, watch } from "../../scripts/client.ts";
import { type FileHost, startFileHost } from "../support/services/file-host.ts";
import { origin } from "./support/running-service.ts";
import { sample } from "./support/samples.ts";

const SECRET = "token=hunter2";
const subtitles = "WEBVTT\n\n00:00.000 --> 00:01.000\nFrom elsewhere\n";
let host: FileHost;

beforeAll(async () => {
  const [clip, voice] = [await sample("dusk.mp4"), await sample("narration.mp3")];
  host = await startFileHost((path, response, before) => {
    const { pathname } = new URL(path, "http://host.invalid");
    if (pathname === "/dusk.mp4" || pathname === "/clip") return void response.end(clip);
    if (pathname === "/voice.mp3") return void response.end(voice);
    if (pathname === "/words.vtt") return void response.end(subtitles);
    if (pathname === "/moved") return void response.writeHead(302, { location: `/clip?${SECRET}` }).end();
    if (pathname === "/inside") return void response.writeHead(302, { location: "https://127.0.0.2/x" }).end();
    if (pathname === "/page.mp4") return void response.writeHead(200).end(`<html>${"x".repeat(9000)}</html>`);
    if (pathname === "/stalled.mp4") return void response.writeHead(200).write(clip.subarray(0, 5000));
    if (pathname === "/soon.mp4") return void (before === 0 ? response.writeHead(503).end() : response.end(clip));
    if (pathname === "/strange.vtt") return void response.end(subtitles.replace("From", "\u{1F9FF}\u{13000}"));
    response.writeHead(404).end();
  });
});
afterAll(() => host.close());

const at = (path: string) => `${host.origin}${path}?${SECRET}`;
const quick = { video_clip_duration: 1, subtitle_enabled: false, bgm_type: "" };
async function failed(fields: object) {
  const id = await create(origin, { video_materials: [{ url: at("/dusk.mp4") }], ...quick, ...fields });
  await watch(origin, id);
  const task = await getTask(origin, id);
  expect(task.state).toBe(-1);
  expect(JSON.stringify(task)).not.toContain("hunter2");
  return task.failure;
}

test("a task makes a video of linked files and fetches a URL once even if it is listed twice", async () => {
  const before = host.asked.length;
  const id = await create(origin, {
    ...quick,
    video_materials: [
      { url: at("/dusk.mp4") },
      { url: at("/moved") },
      { url: at("/dusk.mp4") },
      { url: at("/soon.mp4") },
    ],
    video_concat_mode: "sequential",
    custom_audio_file: at("/voice.mp3"),
    bgm_file: at("/voice.mp3"),
    subtitle_enabled: true,
    subtitle_file: at("/words.vtt"),
  });
  const task = await finish(origin, id);
  const asked = host.asked.slice(before).map((path) => path.split("?")[0]);
  expect(asked.filter((path) => path === "/dusk.mp4")).toHaveLength(1);
  expect(asked.filter((path) => path === "/soon.mp4")).toHaveLength(2);
  expect(asked).toEqual(expect.arrayContaining(["/moved", "/clip", "/voice.mp3", "/words.vtt"]));
  expect(JSON.stringify(task)).not.toContain("hunter2");
  expect(await fetch(`${origin}/tasks/${id}/final-1.vtt`).then((answer) => answer.text())).toContain("From elsewhere");
  // Linked files belong to the task and are not listed in the library.
  const { data } = await call<{ files: { name: string }[] }>(origin, "/api/v1/subtitles");
  expect(data.files.map(({ name }) => name)).not.toContain("words.vtt");
  expect((await fetch(`${origin}/api/v1/tasks/${id}`, { method: "DELETE" })).status).toBe(200);
});

test("a task fails with input_unreachable and names the field and the host if a linked file answers 404", async () => {
  expect(await failed({ bgm_file: at("/nothing.mp3") })).toMatchObject({
    code: "input_unreachable",
    message: `bgm_file: ${host.host} answered 404`,
  });
});

test("a task fails with input_refused if the content of a linked file cannot be used", async () => {
  expect(await failed({ video_materials: [{ url: at("/dusk.mp4") }, { url: at("/page.mp4") }] })).toMatchObject({
    code: "input_refused",
    message: expect.stringContaining(`video_materials[1].url: ${host.host} answered a web page, not a file: `),
  });
  expect(await failed({ custom_audio_file: at("/words.vtt") })).toMatchObject({ code: "input_refused" });
  expect(await failed({ subtitle_enabled: true, subtitle_file: at("/strange.vtt") })).toMatchObject({
    code: "input_refused",
    message: expect.stringContaining("subtitle_file: the bundled fonts have no glyph for"),
  });
});

test("tasks with a link that stalls do not delay other tasks, and fail within seconds", async () => {
  const stalled = await Promise.all(
    // More than a queue hands to one consumer at a time.
    Array.from({ length: 9 }, () => create(origin, { video_materials: [{ url: at("/stalled.mp4") }], ...quick })),
  );
  const stalls = () => host.asked.filter((path) => path.startsWith("/stalled.mp4")).length;
  await expect.poll(stalls, { timeout: 60_000 }).toBe(stalled.length);
  const other = await create(origin, { video_materials: [{ url: at("/dusk.mp4") }], ...quick });
  await watch(origin, other, ({ stage }) => stage !== "queued" && stage !== "planning");
  const last = stalled.at(-1) ?? "";
  expect((await getTask(origin, last)).stage).toBe("planning");
  await watch(origin, last);
  expect((await getTask(origin, last)).failure).toMatchObject({
    ...{ code: "input_unreachable", stage: "planning", retryable: true },
    message: `video_materials[0].url: ${host.host} sent nothing, or too little, for 10 s`,
  });
  await finish(origin, other);
});

test("a task fails with input_refused if a linked file redirects to a private address", async () => {
  expect(await failed({ video_materials: [{ url: at("/inside") }] })).toMatchObject({
    code: "input_refused",
    message: expect.stringContaining(`video_materials[0].url: ${host.host} redirects to a URL that must`),
  });
});

test.each([
  ["video_materials[0].url", "https://127.2/a.mp4", "not a public IP address"],
  ["video_materials[0].url", "http://files.example.com/a.mp4", "must be an https URL"],
  ["custom_audio_file", "https://user:hunter2@files.example.com/a.mp3", "user name or password"],
  ["bgm_file", "https://metadata.google.internal/a.mp3", "not a public host name"],
  ["subtitle_file", "file:///etc/passwd", "must be an https URL"],
])("a request is refused at once if %s is %s", async (field, url, reason) => {
  const materials = { video_materials: [{ url: field.startsWith("video") ? url : at("/dusk.mp4") }] };
  const body = {
    ...quick,
    subtitle_enabled: true,
    ...materials,
    ...(field.startsWith("video") ? {} : { [field]: url }),
  };
  const answer = await call(origin, "/api/v1/videos", { method: "POST", body: JSON.stringify(body) });
  expect([answer.status, answer.message]).toEqual([400, expect.stringContaining(`${field}: `)]);
  expect(answer.message).toContain(reason);
  expect(answer.message).not.toContain("hunter2");
});

test("a dry run of a request with a linked file is refused with the field's name", async () => {
  const body = { ...quick, video_materials: [{ url: at("/dusk.mp4") }], dry_run: true };
  const answer = await call(origin, "/api/v1/videos", { method: "POST", body: JSON.stringify(body) });
  expect([answer.status, answer.message]).toEqual([400, expect.stringContaining("video_materials[0].url: a dry run")]);
});
