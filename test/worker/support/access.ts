import { reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, inject, vi } from "vitest";
import { createKey } from "../../../scripts/key-admin.ts";
import type { TaskData } from "../../../src/api/task.ts";
import type { Scope } from "../../../src/auth/scopes.ts";
import { type Answer, bindings, call, request } from "./bindings.ts";
import { prepareDatabase } from "./database.ts";
import { heldClock } from "./tasks.ts";
import { audioProbe, standInFile, videoProbe } from "./uploads.ts";

/** The secrets that sign links while `AUTH` is on in these tests. */
export const SECRETS = ["a-secret-for-links-in-the-tests-0001", "a-secret-for-links-in-the-tests-0002"] as const;

/** Turns `AUTH` on for the tests of a file, and sets other settings. */
export function askForKeys(settings: Record<string, string> = {}): void {
  Object.assign(bindings, { AUTH: "on", LINK_SECRETS: SECRETS.join(","), ...settings });
}

/**
 * Gives each test of a file a database without keys, and a clock one day ahead of the test before. The cached keys
 * of earlier tests have then expired.
 */
export function withoutEarlierKeys(): ReturnType<typeof heldClock> {
  const clock = heldClock();
  const isolate = globalThis as { daysPassed?: number };
  beforeEach(async () => {
    await reset();
    await prepareDatabase();
    askForKeys();
    isolate.daysPassed = (isolate.daysPassed ?? 0) + 1;
    clock.pass(isolate.daysPassed * 24 * 3600_000);
  });
  afterEach(() => vi.restoreAllMocks());
  return clock;
}

/** Runs SQL on the Worker's D1, as `npm run keys` does through wrangler. */
export const execute = async (sql: string): Promise<unknown[]> => (await bindings.DB.prepare(sql).all()).results;

/** Creates a key with the code of `npm run keys`. */
export async function keyOf(owner: string, scope: Scope = "write", expiresAt: number | null = null): Promise<string> {
  return (await createKey(execute, { owner, scopes: [scope], name: "test", expiresAt }, Date.now())).key;
}

/** The request headers that carry a key. */
export const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

/** Sends JSON with a key. */
export function postAs<T = unknown>(key: string, path: string, body: unknown): Promise<Answer<T>> {
  const headers = { ...bearer(key), "content-type": "application/json" };
  return call<T>(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** A form with a file. */
export function formOf(name: string, content: string): FormData {
  const form = new FormData();
  form.append("file", new File([content], name));
  return form;
}

/** Uploads with a key. */
export function uploadAs(key: string, collection: string, name: string, content: string): Promise<Answer<unknown>> {
  return call(`/api/v1/${collection}`, { method: "POST", headers: bearer(key), body: formOf(name, content) });
}

/** A clip and a narration from which the stand-in renderer can make a video. */
export function materials(): { clip: string; voice: string } {
  const fixtures = inject("fixtures");
  return {
    clip: standInFile({ probe: { ...videoProbe, duration: 1 }, renders: { 30: fixtures.first } }),
    voice: standInFile({ probe: { ...audioProbe, duration: 1 }, renders: { 48000: fixtures.sound } }),
  };
}

/** Makes a video with sound through the API, the real queue and the stand-in renderer. Returns the finished task. */
export async function finishedTask(key: string): Promise<TaskData> {
  const { clip, voice } = materials();
  await uploadAs(key, "video_materials", "a.mp4", clip);
  await uploadAs(key, "narrations", "a.mp3", voice);
  const body = { video_materials: [{ url: "a.mp4" }], custom_audio_file: "a.mp3", video_clip_duration: 1 };
  const { data, message } = await postAs<{ task_id: string }>(key, "/api/v1/videos", body);
  expect(message).toBe("success");
  return vi.waitFor(
    async () => {
      const task = (await call<TaskData>(`/api/v1/tasks/${data.task_id}`, { headers: bearer(key) })).data;
      expect(task.state).toBe(1);
      return task;
    },
    { timeout: 50_000, interval: 100 },
  );
}

/** Requests a URL from a response without a key. */
export function open(address: string, init: RequestInit = {}): Promise<Response> {
  const { pathname, search } = new URL(address);
  return request(pathname + search, init);
}

/** Every URL of this service in a task's data. */
export function addressesOf(task: TaskData): string[] {
  return [
    ...[...task.videos, ...task.combined_videos, ...task.posters, ...task.streams, task.watch],
    ...task.subtitles.flatMap(({ srt, vtt }) => [srt, vtt]),
    ...task.storyboards.flatMap(({ image, vtt }) => [image, vtt]),
  ];
}
