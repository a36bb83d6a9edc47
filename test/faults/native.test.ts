import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call, create, download, finish, getTask, type Task, upload, watch } from "../../scripts/client.ts";
import { freePort } from "../../scripts/free-port.ts";
import { type RunningProcess, type Service, startRenderServer, startService } from "../../scripts/service.ts";
import { seededRandom } from "../../src/timeline/seeded-random.ts";
import { createNarrated, silence, uploadSamples } from "../e2e/support/samples.ts";
import { SMALL } from "../e2e/support/start-services.ts";
import { decodeWarnings, ffmpeg, ffprobe } from "../support/ffmpeg.ts";

const hasFFmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;
const TOKEN = "a token for tests only";

let state: string;
let rendererPort: number;
let service: Service | undefined;
const renderers: RunningProcess[] = [];

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "edgereel-native-"));
  rendererPort = await freePort();
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  for (const renderer of renderers.splice(0)) {
    renderer.kill();
    await renderer.ended;
  }
  await rm(state, { recursive: true, force: true, maxRetries: 5 });
});

async function startRenderer(onLine?: (line: string) => void, settings: Record<string, string> = {}) {
  const scratch = join(state, "render");
  const variables = { PORT: String(rendererPort), RENDERER_TOKEN: TOKEN, SCRATCH_DIR: scratch, ...settings };
  const renderer = startRenderServer(variables, onLine);
  renderers.push(renderer);
  await renderer.ready;
  return renderer;
}

async function start(vars: Record<string, string>): Promise<string> {
  const renderer = { RENDERER_URL: `http://127.0.0.1:${rendererPort}`, RENDERER_TOKEN: TOKEN };
  service = await startService({ port: await freePort(), state, vars: { ...SMALL, ...renderer, ...vars } });
  return service.origin;
}

describe.skipIf(!hasFFmpeg)(hasFFmpeg ? "with native ffmpeg" : "skipped: needs ffmpeg", () => {
  test("a task uses the configured render server instead of ffmpeg.wasm and names it as its renderer", async () => {
    await startRenderer();
    const origin = await start({});
    await uploadSamples(origin);
    const task = await finish(origin, await createNarrated(origin));
    expect(task).toMatchObject({ renderer: "http", width: 1080, height: 1920 });
    const final = await download(task.videos[0] ?? "");
    expect(await decodeWarnings(final)).toBe("");
    expect((await ffprobe(final)).streams).toMatchObject([{ width: 1080, height: 1920 }, { codec_name: "aac" }]);
  });

  test("the render server stops the job of a deleted task", async () => {
    const events: string[] = [];
    await startRenderer((line) => events.push(line), { SLOTS: "1" });
    const origin = await start({ NATIVE_PRESET: "medium", NATIVE_SHORT_SIDE: "2160", NATIVE_SEGMENT_SECONDS: "4" });
    await uploadSamples(origin);
    const id = await create(origin, { video_materials: [{ url: "mandelbrot.mp4" }], subtitle_enabled: false });
    await watch(origin, id, (task) => task.segments.total > 0);
    await sleep(1_500);
    await call(origin, `/api/v1/tasks/${id}`, { method: "DELETE" });
    const idle = async () => {
      const health = await fetch(`http://127.0.0.1:${rendererPort}/health`);
      return ((await health.json()) as { running: number }).running === 0;
    };
    await expect.poll(idle, { timeout: 30_000 }).toBe(true);
    expect(events.filter((line) => line.includes('"event":"job_done"') && line.includes("segment"))).toEqual([]);
  });

  test("five small tasks finish before half of an older task of 160 segments is rendered", async () => {
    const SEGMENTS = 160;
    await startRenderer();
    const origin = await start({ NATIVE_SHORT_SIDE: "96", NATIVE_SEGMENT_SECONDS: "1" });
    await uploadSamples(origin);
    await upload(origin, "narrations", "long.wav", silence(SEGMENTS));
    const huge = await createNarrated(origin, { custom_audio_file: "long.wav", video_clip_duration: 1 });
    await watch(origin, huge, (task) => task.segments.finished > 0);
    const small = { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 1 };
    const ids = await Promise.all(Array.from({ length: 5 }, () => create(origin, small)));
    await Promise.all(ids.map((id) => finish(origin, id)));
    const { state, segments } = await getTask(origin, huge);
    expect(state).toBe(4);
    expect(segments.total).toBe(SEGMENTS);
    // Each of the four steps of a small task waits for at most one window of the large task's jobs.
    expect(segments.finished).toBeLessThan(SEGMENTS / 2);
    await call(origin, `/api/v1/tasks/${huge}`, { method: "DELETE" });
  });

  test("a task whose render server is killed twenty times makes the same video as an undisturbed task", async () => {
    const SEGMENTS = 60;
    const KILLS = 20;
    const rendered: string[] = [];
    const onLine = (line: string) => {
      if (line.includes('"event":"job_done"') && line.includes('"kind":"segment"')) rendered.push(line);
    };
    let renderer = await startRenderer(onLine);
    const origin = await start({ NATIVE_SHORT_SIDE: "144", NATIVE_SEGMENT_SECONDS: "1", RENDERER_TRIES: "12" });
    await uploadSamples(origin);
    await upload(origin, "narrations", "minute.wav", silence(SEGMENTS));
    const request = {
      custom_audio_file: "minute.wav",
      video_clip_duration: 1,
      video_concat_mode: "sequential",
      video_script: "Words that are seen all the while.",
    };
    const undisturbed = await finish(origin, await createNarrated(origin, request));
    expect(undisturbed.segments.total).toBe(SEGMENTS);
    rendered.length = 0;

    const id = await createNarrated(origin, request);
    const random = seededRandom("kills");
    let kills = 0;
    let seen: Task | undefined;
    while (kills < KILLS) {
      await sleep(100 + random() * 500);
      seen = (await call<Task>(origin, `/api/v1/tasks/${id}`)).data;
      if (seen.state !== 4) break;
      renderer.kill();
      await renderer.ended;
      kills++;
      renderer = await startRenderer(onLine);
    }
    const task = await finish(origin, id);
    expect(kills, "the task ended before all kills were done").toBe(KILLS);
    expect(task.renderer).toBe("http");
    expect(rendered.length - SEGMENTS).toBeLessThanOrEqual(KILLS);
    const [disturbed, expected] = await Promise.all([frameHashes(task), frameHashes(undisturbed)]);
    expect(expected.split("\n").length).toBeGreaterThan(SEGMENTS * 30);
    expect(disturbed).toBe(expected);
  }, 400_000);
});

test("a task falls back to ffmpeg.wasm if the render server never answers, and fails if it exceeds the limits of ffmpeg.wasm", async () => {
  const origin = await start({ RENDERER_TRIES: "2", WASM_TOTAL_SECONDS: "2" });
  await uploadSamples(origin);
  const [short, long] = await Promise.all([
    create(origin, { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 1 }),
    createNarrated(origin),
  ]);
  const seen = await watch(origin, short);
  expect(seen.at(-1)).toMatchObject({ state: 1, renderer: "wasm", width: 240 });
  const progress = seen.map((task) => task.progress);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));

  const failed = (await watch(origin, long)).at(-1);
  expect(failed).toMatchObject({ state: -1, failure: { code: "renderer_unavailable" } });
  expect(failed?.failure?.message).toMatch(
    /http was given up: .*did not answer.*; the renderer wasm cannot render this task: .*the max for this renderer is 2 s/,
  );
});

/** The hashes of all decoded frames of a task's final video. */
async function frameHashes(task: Task): Promise<string> {
  const video = await download(task.videos[0] ?? "");
  const { output } = await ffmpeg({ video }, "-i", "video", "-map", "0:v", "-f", "framemd5", "output");
  return new TextDecoder().decode(output);
}
