import { expect, inject, test, vi } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import type { TaskData } from "../../../src/api/task.ts";
import { MediaLibrary } from "../../../src/db/media-files.ts";
import "../../support/joinable-files.ts";
import { bindings, call, post, request } from "../support/bindings.ts";
import { createTask, taskInput } from "../support/tasks.ts";
import { audioProbe, standInFile, upload, videoProbe } from "../support/uploads.ts";

const fixtures = inject("fixtures");
const MATERIAL = standInFile({ probe: { ...videoProbe, duration: 1 }, renders: { 30: fixtures.first } });

type Task = TaskData;

async function create(body: object): Promise<string> {
  const { data, message } = await post<{ task_id: string }>("/api/v1/videos", body);
  if (!data) throw new Error(message);
  return data.task_id;
}

/** Waits until a task has ended through the real queue. */
async function ended(id: string): Promise<Task> {
  let task: Task | null = null;
  await vi.waitFor(
    async () => {
      task = (await call<Task>(`/api/v1/tasks/${id}`)).data;
      expect(task?.state).not.toBe(4);
    },
    { timeout: 50_000, interval: 100 },
  );
  if (!task) throw new Error("the task is gone");
  return task;
}

/** The content type and the text of a served file. */
async function served(url: string): Promise<[string | null, string]> {
  const response = await request(new URL(url).pathname);
  return [response.headers.get("content-type"), new TextDecoder().decode(await response.bytes())];
}

test("a request passes through the real queue and ends with videos that are listed and served", async () => {
  await upload("video_materials", "a.mp4", MATERIAL);
  await upload(
    "musics",
    "a.mp3",
    standInFile({ probe: { ...audioProbe, duration: 1 }, renders: { 48000: fixtures.sound } }),
  );
  const id = await create({ video_materials: [{ url: "a.mp4" }], custom_audio_file: "a.mp3", video_clip_duration: 1 });
  const task = await ended(id);
  expect(task).toMatchObject({ state: 1, stage: "succeeded", progress: 100 });
  expect(task.segments.finished).toBe(task.segments.total);
  const file = (name: string) => [`http://edgereel.test/tasks/${id}/${name}-1.mp4`];
  expect([task.videos, task.combined_videos]).toEqual([file("final"), file("combined")]);
  const size = async (url: string | undefined) =>
    Number((await request(new URL(url ?? "").pathname, { method: "HEAD" })).headers.get("content-length"));
  expect(await size(task.videos[0])).toBeGreaterThan(await size(task.combined_videos[0]));
  expect((await call<{ tasks: Task[] }>("/api/v1/tasks")).data.tasks).toMatchObject([{ task_id: id, state: 1 }]);

  const address = (file: string) => `http://edgereel.test/tasks/${id}/${file}`;
  expect(task.posters).toEqual([address("final-1.jpg")]);
  const storyboard = { image: address("final-1-storyboard.jpg"), vtt: address("final-1-storyboard.vtt") };
  expect(task.storyboards).toEqual([{ video: 1, ...storyboard }]);
  // The stand-in returns the input's type (`ftyp`: an MP4) and the grid for a stills job.
  expect(await served(address("final-1.jpg"))).toEqual(["image/jpeg", "ftyp 1 1 64 36"]);
  expect(await served(storyboard.image)).toEqual(["image/jpeg", "ftyp 1 1 160 90"]);
  expect(await served(storyboard.vtt)).toEqual([
    "text/vtt; charset=utf-8",
    "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nfinal-1-storyboard.jpg#xywh=0,0,160,90\n",
  ]);

  expect((await call(`/api/v1/tasks/${id}`, { method: "DELETE" })).status).toBe(200);
  expect((await call(`/api/v1/tasks/${id}`)).status).toBe(404);
  expect((await request(`/tasks/${id}/final-1.mp4`)).status).toBe(404);
  expect((await bindings.MEDIA.list({ prefix: `tasks/${id}/` })).objects).toEqual([]);
});

test.each([
  ["final", "combined"],
  ["combined", "final"],
] as const)("a task with only the output %s makes, streams and illustrates that file", async (output, other) => {
  await upload("video_materials", "a.mp4", MATERIAL);
  const id = await create({
    ...{ video_materials: [{ url: "a.mp4" }], video_clip_duration: 1, outputs: output },
    ...{ video_script: "Words", subtitle_enabled: true, bgm_type: "" },
  });
  const address = (file: string) => `http://edgereel.test/tasks/${id}/${file}`;
  const task = await ended(id);
  expect(task).toMatchObject({
    stage: "succeeded",
    progress: 100,
    streams: [expect.stringContaining("final-1.m3u8")],
  });
  const files = { final: task.videos, combined: task.combined_videos };
  expect([files[output], files[other]]).toEqual([[address(`${output}-1.mp4`)], []]);
  expect((await request(`/tasks/${id}/${output}-1.mp4`, { method: "HEAD" })).status).toBe(200);
  expect((await request(`/tasks/${id}/${other}-1.mp4`, { method: "HEAD" })).status).toBe(404);
  expect(task.subtitles).toHaveLength(1);
  expect(await served(address("final-1.jpg"))).toEqual(["image/jpeg", "ftyp 1 1 64 36"]);
  expect((await served(address("final-1-storyboard.vtt")))[1]).toContain("#xywh=0,0,160,90");
  const [type, playlist] = await served(task.streams[0] ?? "");
  expect([type, playlist]).toEqual([
    "application/vnd.apple.mpegurl",
    expect.stringContaining("final-1/plan-0/video.m3u8"),
  ]);
  expect((await request(`/api/v1/stream/${id}/final-1/plan-0/video/0.m4s`)).status).toBe(200);
  const { tasks } = (await call<{ tasks: Task[] }>("/api/v1/tasks")).data;
  expect(tasks.find(({ task_id }) => task_id === id)).toMatchObject({
    videos: files.final,
    combined_videos: files.combined,
  });
});

test("a task that does not make combined videos answers 404 for them while it renders", async () => {
  const task = await createTask({ ...taskInput().request, outputs: ["final"] });
  expect((await request(`/tasks/${task.id}/combined-1.mp4`)).status).toBe(404);
  expect((await request(`/tasks/${task.id}/final-1.mp4`)).status).toBe(409);
});

test("a failed render puts ffmpeg's message into the task's failure", async () => {
  const failure = { code: "ffmpeg_failed", message: "ffmpeg ended with code 1", log: "moov atom not found" } as const;
  await upload("video_materials", "bad.mp4", standInFile({ probe: { ...videoProbe, duration: 1 }, failure }));
  const task = await ended(await create({ video_materials: [{ url: "bad.mp4" }] }));
  expect(task).toMatchObject({ state: -1, videos: [], failure: { code: "ffmpeg_failed", stage: "rendering" } });
  expect(task.failure?.message).toMatch(/bad\.mp4.*moov atom not found/s);
});

test("a task fails with input_missing if its file was deleted before use", async () => {
  const form = new FormData();
  form.append("file", new File(["1\n00:00:00,000 --> 00:00:01,000\nHello\n"], "gone.srt"));
  expect((await call("/api/v1/subtitles", { method: "POST", body: form })).status).toBe(200);
  const file = (await new MediaLibrary(bindings.DB, DEFAULT_OWNER).find("subtitles", ["gone.srt"])).get("gone.srt");
  if (!file) throw new Error("it was uploaded");
  const { name, size, sha256, key } = file;
  expect((await call("/api/v1/subtitles/gone.srt", { method: "DELETE" })).status).toBe(200);
  const id = crypto.randomUUID();
  // The task stores these details of the file when it is created.
  const subtitles = { name, size, sha256, from: { store: "r2", key } } as const;
  await bindings.TASKS.getByName(id).create(id, { ...taskInput(), subtitles }, null, {
    owner: DEFAULT_OWNER,
    quota: null,
  });
  expect((await ended(id)).failure).toEqual({
    ...{ code: "input_missing", stage: "planning", retryable: false },
    message: "the uploaded file gone.srt is no longer stored",
  });
});

test("a video above the renderer's limit fails at planning and names the field to change", async () => {
  await upload("musics", "long.mp3", standInFile({ probe: { ...audioProbe, duration: 1000 } }));
  const task = await ended(await create({ video_materials: [{ url: "a.mp4" }], custom_audio_file: "long.mp3" }));
  expect(task).toMatchObject({ state: -1, failure: { code: "renderer_limit", stage: "planning" } });
  expect(task.failure?.message).toMatch(/custom_audio_file/);
});
