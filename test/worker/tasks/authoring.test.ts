import { expect, test, vi } from "vitest";
import type { TaskData } from "../../../src/api/task.ts";
import { readWav } from "../../../src/authoring/sound/wav.ts";
import { bindings, call, post, request } from "../support/bindings.ts";

/** The stand-in voice speaks 20 characters in a second, and 0.25 s are between two sentences. */
const SCRIPT = "Twenty letters here. [pause: 500ms] Twenty letters here.";

async function ended(path: string, body: object): Promise<TaskData> {
  const created = await post<{ task_id: string }>(path, body);
  expect(created.message).toBe("success");
  return endOf(created.data.task_id);
}

async function endOf(id: string): Promise<TaskData> {
  const task = await vi.waitUntil(
    async () => {
      const { data } = await call<TaskData>(`/api/v1/tasks/${id}`);
      return data.state === 4 ? null : data;
    },
    { timeout: 50_000, interval: 50 },
  );
  return task;
}

async function soundOf(task: TaskData) {
  const file = await request(new URL(task.audio_file ?? "").pathname);
  expect(file.headers.get("content-type")).toBe("audio/wav");
  return readWav(await file.bytes());
}

test("a task with stop_at audio speaks a sentence that occurs twice once, with the pause of the script between", async () => {
  const task = await ended("/api/v1/audio", { video_script: SCRIPT, voice_name: "stand-in:anna" });
  expect(task).toMatchObject({ state: 1, stage: "succeeded", progress: 100, videos: [], terms: [], warnings: [] });
  expect(task.voice).toEqual({ id: "stand-in:anna", language: "en-US", provider: "stand-in" });
  expect(task.script).toBe(SCRIPT);
  const sound = await soundOf(task);
  expect(sound?.sampleRate).toBe(8000);
  expect(sound?.samples.length).toBe(8000 + (0.25 + 0.5) * 8000 + 8000);
  expect(task.audio_duration).toBe(2.75);
  const { objects } = await bindings.MEDIA.list({ prefix: `tasks/${task.task_id}/authored/` });
  expect(objects.filter(({ key }) => key.endsWith(".answer"))).toHaveLength(1);
});

test("a task with stop_at subtitle times each subtitle by its spoken sentence", async () => {
  const task = await ended("/api/v1/subtitle", { video_script: SCRIPT, voice_name: "stand-in:anna", voice_rate: 1 });
  expect(task).toMatchObject({ state: 1, videos: [], subtitle_path: expect.stringMatching(/final-1\.srt$/) });
  const file = await request(new URL(task.subtitle_path ?? "").pathname);
  const srt = new TextDecoder().decode(await file.bytes());
  expect(srt.match(/\S+ --> \S+/g)).toEqual(["00:00:00,000 --> 00:00:01,000", "00:00:01,767 --> 00:00:02,767"]);
  expect(srt).not.toContain("pause");
});

test("a task with only a subject ends with a written script if it stops there", async () => {
  const task = await ended("/api/v1/videos", { video_subject: "Rain", stop_at: "terms" });
  expect(task).toMatchObject({ state: 1, script: "Rain is short. It ends here.", audio_file: null, voice: null });
  expect(task.terms).toHaveLength(5);
});

test("a task whose voice is not configured is spoken by another one, and says so", async () => {
  const body = { video_script: "Hello.", voice_name: "en-US-JennyNeural-Female", stop_at: "audio" };
  const task = await ended("/api/v1/videos", body);
  expect(task.warnings).toEqual([{ code: "voice_replaced", message: expect.stringContaining("Anna speaks") }]);
});

test("a silent narration is as long as its script takes to read", async () => {
  const task = await ended("/api/v1/audio", { video_script: "One two three four five six.", voice_name: "no-voice" });
  const sound = await soundOf(task);
  expect(task.voice).toBeNull();
  expect(task.audio_duration).toBe(3);
  expect(sound?.samples.every((sample) => sample === 0)).toBe(true);
});

test.each([
  ["a voice that refuses", { video_script: "Please refuse this.", voice_name: "anna" }, "provider_refused", "audio"],
  ["a model that refuses", { video_subject: "refuse", voice_name: "anna" }, "provider_refused", "script"],
  [
    "footage that does not exist",
    { video_subject: "a", video_terms: "nothing", voice_name: "no-voice" },
    "footage_not_found",
    "materials",
  ],
])("a task with %s fails with a code and MoneyPrinterTurbo's stage", async (_, body, code, failedStage) => {
  const task = await ended("/api/v1/videos", body);
  expect(task).toMatchObject({ state: -1, failed_stage: failedStage, failure: { code } });
  expect(task.failure?.message).toBe(task.error);
});

test("a retry of a task whose only voice failed lets that voice speak again", async () => {
  const body = { video_script: "Twenty letters here. Please refuse this once.", voice_name: "stand-in:anna" };
  const failed = await ended("/api/v1/audio", body);
  expect(failed).toMatchObject({ state: -1, failed_stage: "audio", failure: { code: "provider_refused" } });
  await post(`/api/v1/tasks/${failed.task_id}/retry`, {});
  expect(await endOf(failed.task_id)).toMatchObject({ state: 1, voice: { id: "stand-in:anna" }, warnings: [] });
  const { objects } = await bindings.MEDIA.list({ prefix: `tasks/${failed.task_id}/authored/` });
  expect(objects.filter(({ key }) => key.endsWith(".answer"))).toHaveLength(2);
});

test("a task whose search terms cannot be written fails in the stage of the terms", async () => {
  const task = await ended("/api/v1/videos", { video_subject: "refuse", video_script: "Hello.", stop_at: "terms" });
  expect(task).toMatchObject({
    state: -1,
    failed_stage: "terms",
    failure: { code: "provider_refused", part: "terms" },
  });
});

test("texts are written at once, and a voice can be heard", async () => {
  expect((await post("/api/v1/scripts", { video_subject: "Rain" })).data).toEqual({
    video_script: "Rain is short. It ends here.",
  });
  expect((await post("/api/v1/terms", { video_subject: "Rain", amount: 2 })).data).toEqual({
    video_terms: ["term 1", "term 2"],
  });
  expect((await post("/api/v1/social-metadata", { video_subject: "Rain" })).data).toEqual({
    ...{ title: "Rain", caption: "Rain", hashtags: ["#a"] },
  });
  expect(await post("/api/v1/scripts", { video_subject: "limit" })).toMatchObject({ status: 503, data: null });
  const abilities = await call<{ model: object; hints: { pictures: string } }>("/api/v1/abilities");
  expect(abilities.data).toMatchObject({
    ...{ model: { name: "stand-in" }, footage: ["pexels"], pictures: [], transcription: expect.any(Array) },
  });
  expect(abilities.data.hints.pictures).toBe("set IMAGE_URL");
  const { data } = await call<{ voices: { id: string }[] }>("/api/v1/voices");
  expect(data.voices.map(({ id }) => id)).toEqual(["stand-in:anna"]);
  const sample = await request("/api/v1/voices/stand-in%3Aanna/sample");
  expect(readWav(await sample.bytes())?.samples.length).toBeGreaterThan(1000);
  expect((await call("/api/v1/voices/nobody/sample")).status).toBe(404);
});
