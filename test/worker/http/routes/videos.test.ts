import { beforeAll, expect, test } from "vitest";
import { bindings, call, post } from "../../support/bindings.ts";
import { audioProbe, standInFile, upload } from "../../support/uploads.ts";

const PATH = "/api/v1/videos";
const least = { video_materials: [{ url: "a.mp4" }] };

beforeAll(async () => {
  await upload("video_materials", "a.mp4");
  await upload("musics", "a.mp3", standInFile({ probe: audioProbe }));
});

const taskCount = async () => (await call<{ total: number }>("/api/v1/tasks")).data.total;

async function refused(body: unknown, status = 400): Promise<string> {
  const before = await taskCount();
  const answer = await post(PATH, body);
  expect([answer.status, answer.data]).toEqual([status, null]);
  expect(await taskCount()).toBe(before);
  return answer.message;
}

test("a valid request returns the id of a task that can be read and is listed", async () => {
  const { status, message, data } = await post<{ task_id: string }>(PATH, { ...least, custom_audio_file: "a.mp3" });
  expect([status, message]).toEqual([200, "success"]);
  expect(data.task_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect((await call<{ task_id: string }>(`/api/v1/tasks/${data.task_id}`)).data.task_id).toBe(data.task_id);
  expect(await taskCount()).toBe(1);
});

test.each<[string, unknown, RegExp]>([
  ["an unknown field", { ...least, video_titel: "x" }, /^video_titel: unknown field$/],
  ["a misspelled field", { ...least, video_scrpit: "x" }, /^video_scrpit: unknown field, did you mean video_script\?$/],
  ["two unknown fields", { ...least, a1: 1, b2: 2 }, /^a1: unknown field; b2: unknown field$/],
  [
    "an unknown field of a material",
    { video_materials: [{ url: "a.mp4", x: 1 }] },
    /^video_materials\[0\]\.x: unknown field$/,
  ],
  ["neither a subject nor materials", {}, /^video_subject: is required/],
  ["no materials and only local sources", { video_subject: "a", video_source: "local" }, /^video_materials: must name/],
  ["a material without a url", { video_materials: [{}] }, /^video_materials\[0\]\.url: /],
  ["a wrong aspect", { ...least, video_aspect: "2:1" }, /^video_aspect: /],
  ["a wrong count", { ...least, video_count: 99 }, /^video_count: /],
  ["an unknown source", { ...least, video_source: "nowhere" }, /^video_source: must be "local", "pexels"/],
  ["a source without a key", { ...least, video_source: "pixabay" }, /^video_source: "pixabay": set PIXABAY_API_KEY/],
  [
    "a voice of a language that nobody speaks",
    { ...least, voice_name: "xx-XX-Max" },
    /^voice_name: no voice speaks xx/,
  ],
  ["a voice and a dry run", { ...least, video_script: "Hi.", voice_name: "anna", dry_run: true }, /^dry_run: /],
  ["several faults", { ...least, video_count: 0, video_aspect: "x" }, /video_aspect: .*; video_count: /],
  [
    "a material that was never uploaded",
    { video_materials: [{ url: "a.mp4" }, { url: "b.mp4" }] },
    /^video_materials\[1\]\.url: no file named "b\.mp4"/,
  ],
  ["a path as a material", { video_materials: [{ url: "../a.mp4" }] }, /^video_materials\[0\]\.url: .*is a path/],
  ["a URL as a material", { video_materials: [{ url: "http://x.example/a.mp4" }] }, /^video_materials\[0\]\.url: /],
  ["an unknown audio file", { ...least, custom_audio_file: "b.mp3" }, /^custom_audio_file: no file named "b\.mp3"/],
  ["a path as an audio file", { ...least, custom_audio_file: "/etc/passwd" }, /^custom_audio_file: .*is a path/],
  [
    "a material from another collection",
    { video_materials: [{ url: "a.mp3" }] },
    /^video_materials\[0\]\.url: no file/,
  ],
  ["characters without a glyph", { ...least, video_script: "ᏣᎳᎩ" }, /^video_script: .*"Ꮳ"/],
])("a body with %s is refused with the field's name", async (_, body, reason) => {
  expect(await refused(body)).toMatch(reason);
});

test("a script with characters without a glyph is accepted if subtitles are off", async () => {
  const body = { ...least, video_script: "ᏣᎳᎩ", subtitle_enabled: false };
  expect((await post(PATH, body)).status).toBe(200);
});

test.each([
  ["empty", ""],
  ["white space", "  \n"],
  ["not JSON", "{video_materials"],
  ["a list", "[]"],
  ["a string", '"x"'],
  ["null", "null"],
])("a body that is %s is refused", async (_, body) => {
  expect(await refused(body)).toMatch(/body/);
});

test("a body above the max size answers 413, with or without a declared length", async () => {
  const large = JSON.stringify({ ...least, video_script: "x".repeat(300 * 1024) });
  expect(await refused(large, 413)).toMatch(/262144 bytes/);
  const stream = new Blob([large]).stream();
  const answer = await call(PATH, { method: "POST", body: stream });
  expect([answer.status, answer.data]).toEqual([413, null]);
  expect((await bindings.MEDIA.list({ prefix: "tasks/" })).objects).toEqual([]);
});

test("the max size of a body counts bytes, not characters", async () => {
  const wide = JSON.stringify({ ...least, video_subject: "視".repeat(100_000) });
  expect(await refused(wide, 413)).toMatch(/262144 bytes/);
  expect((await call(PATH, { method: "POST", body: new Blob([wide]).stream() })).status).toBe(413);
});
