import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { call, create, finish, type Task, upload, watch } from "../../scripts/client.ts";
import { origin, state, useSlowRenderer } from "./support/running-service.ts";
import { createNarrated, sample, silence, uploadSmallSamples } from "./support/samples.ts";
import { storedKeys } from "./support/stored-objects.ts";

useSlowRenderer();

/** Of a narration of four seconds, without captions. */
const short = { custom_audio_file: "short.wav", subtitle_enabled: false };

beforeAll(async () => {
  await uploadSmallSamples(origin);
  await upload(origin, "narrations", "short.wav", silence(4));
});

test("a task that is deleted during rendering leaves no objects in R2", async () => {
  const id = await createNarrated(origin, { ...short, video_count: 2 });
  await watch(origin, id, (task) => task.segments.finished >= 1);
  expect(storedKeys(state, `tasks/${id}/`).length).toBeGreaterThan(0);

  expect(await call(origin, `/api/v1/tasks/${id}`, { method: "DELETE" })).toMatchObject({ status: 200 });
  expect(await call(origin, `/api/v1/tasks/${id}`)).toMatchObject({ status: 404 });

  // A newer task is rendered after the running segments of this task, so a late object would exist by then.
  await finish(origin, await create(origin, { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 0.5 }));
  await sleep(1_000);
  expect(storedKeys(state, `tasks/${id}/`)).toEqual([]);
});

test("a task that is cancelled during rendering stops, and a retry keeps its finished segments", async () => {
  const id = await createNarrated(origin, short);
  await watch(origin, id, (task) => task.segments.finished >= 1);
  const steer = (wish: string) => call<Task>(origin, `/api/v1/tasks/${id}/${wish}`, { method: "POST" });
  const cancelled = (await steer("cancel")).data;
  expect(cancelled).toMatchObject({ state: -1, stage: "cancelled", failure: { code: "cancelled" } });
  expect(cancelled.segments.finished).toBeLessThan(cancelled.segments.total);
  // A newer task is rendered after the running segments of this task.
  await finish(origin, await create(origin, { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 0.5 }));
  const kept = storedKeys(state, `tasks/${id}/segments/`);
  await sleep(1_000);
  expect(storedKeys(state, `tasks/${id}/segments/`)).toEqual(kept);

  const retried = (await steer("retry")).data;
  expect(retried).toMatchObject({ state: 4, segments: cancelled.segments });
  const seen = await watch(origin, id);
  expect(seen.at(-1)).toMatchObject({ state: 1, progress: 100 });
  for (const { progress } of seen) expect(progress).toBeGreaterThanOrEqual(cancelled.progress);
  expect(storedKeys(state, `tasks/${id}/segments/`)).toEqual(expect.arrayContaining(kept));
});

test("a finished task that is deleted leaves no objects in R2", async () => {
  const id = await create(origin, { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 0.5 });
  await finish(origin, id);
  const keys = storedKeys(state, `tasks/${id}/`);
  expect(keys).toContain(`tasks/${id}/final-1.mp4`);
  expect(keys).toContain(`tasks/${id}/combined-1.mp4`);
  await call(origin, `/api/v1/tasks/${id}`, { method: "DELETE" });
  expect(storedKeys(state, `tasks/${id}/`)).toEqual([]);
});

test("a task with a truncated clip fails with the stage, the name of the clip and the error of ffmpeg", async () => {
  const whole = await sample("mandelbrot.mp4");
  await upload(origin, "video_materials", "broken.mp4", whole.slice(0, 200_000));
  const id = await create(origin, { video_materials: [{ url: "broken.mp4" }] });
  const task = (await watch(origin, id)).at(-1);
  expect(task).toMatchObject({ state: -1, videos: [], failure: { code: "ffmpeg_failed", stage: "rendering" } });
  expect(task?.failure?.message).toContain("broken.mp4");
  expect(task?.failure?.message).toMatch(/partial file|Invalid NAL|Empty output/);
});

test("a task that exceeds the renderer's limit fails during planning and says what to change", async () => {
  await upload(origin, "narrations", "long.wav", silence(200));
  const tooLong = (await watch(origin, await createNarrated(origin, { custom_audio_file: "long.wav" }))).at(-1);
  expect(tooLong).toMatchObject({ state: -1, failure: { code: "renderer_limit", stage: "planning" } });
  expect(tooLong?.failure?.message).toMatch(
    /200\.0 s; the max for this renderer is 180 s: use a shorter custom_audio_file/,
  );
});

test("an upload that cannot be used as a clip is refused with a reason and not stored", async () => {
  for (const [name, bytes] of [
    ["refused-words.mp4", new TextEncoder().encode("these are words")],
    ["empty.mp4", new Uint8Array(0)],
    ["playlist.mp4", new TextEncoder().encode("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")],
    ["sound.mp4", silence(1)],
    ["clip.exe", new TextEncoder().encode("MZ and no clip")],
  ] as const) {
    await expect(upload(origin, "video_materials", name, new Uint8Array(bytes)), name).rejects.toThrow(/^file: /);
  }
  const { data } = await call<{ files: { name: string }[] }>(origin, "/api/v1/video_materials");
  const names = data.files.map((file) => file.name);
  for (const name of ["refused-words.mp4", "empty.mp4", "playlist.mp4", "sound.mp4", "clip.exe"])
    expect(names).not.toContain(name);
  expect(
    storedKeys(state, "video_materials/").filter((key) =>
      /refused-words|empty|playlist|sound\.mp4|clip\.exe/.test(key),
    ),
  ).toEqual([]);
});

test("the task list shows the newest task first and the total number of tasks", async () => {
  const id = await create(origin, { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 0.5 });
  const { data } = await call<{ tasks: Task[]; total: number }>(origin, "/api/v1/tasks?page=1&page_size=1");
  expect(data.tasks.map((task) => task.task_id)).toEqual([id]);
  expect(data.total).toBeGreaterThan(1);
  await finish(origin, id);
});

test("a create request whose response is lost makes one task even if the client retries it several times with the same idempotency key", async () => {
  const total = async () => ((await call(origin, "/api/v1/tasks")).data as { total: number }).total;
  const before = await total();
  const body = JSON.stringify({ video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 0.5 });
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  // The client never reads the response.
  socket.pause();
  socket.write(
    `POST /api/v1/videos HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\n` +
      `idempotency-key: "lost-answer"\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  while ((await total()) === before) await sleep(20);
  socket.destroy();
  const again = () =>
    call(origin, "/api/v1/videos", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "lost-answer" },
      body,
    });
  const answers = await Promise.all([again(), again(), again()]);
  const ids = new Set(answers.map(({ data }) => (data as { task_id: string }).task_id));
  expect([answers.map(({ status }) => status), ids.size, await total()]).toEqual([[200, 200, 200], 1, before + 1]);
  for (const id of ids) expect((await finish(origin, id)).state).toBe(1);
});
