import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { call, download, type Task } from "../../scripts/client.ts";
import { chromiumPath, openPage, startChromium } from "../e2e/support/browser.ts";
import { execute } from "../e2e/support/programs.ts";
import { sample } from "../e2e/support/samples.ts";
import { sharedRenderer } from "../support/services/native-service.ts";
import type {} from "../support/services/shared-workers.ts";
import { removeState, startTestService, type TestService } from "../support/services/test-service.ts";

let service: TestService;
beforeAll(async () => {
  const vars = { AUTH: "on", LINK_SECRETS: "a-secret-of-this-test-and-no-other" };
  service = await startTestService({ vars: { ...vars, ...sharedRenderer() }, registry: inject("workerRegistry") });
});
afterAll(async () => {
  await service?.stop();
  await removeState(service?.state);
});

/** Runs `npm run keys` with the database of the running service. */
function keys(...args: string[]): Promise<{ code: number; printed: string }> {
  return run(["scripts/keys.ts", ...args, "--state", service.state]);
}

/** Output of test/contract/check.mjs for a finished task, with an API key. */
async function contract(taskId: string, key: string): Promise<string> {
  return (await run(["test/contract/check.mjs", service.origin, taskId], { API_KEY: key })).printed;
}

/** Runs a script of the repository with Node. */
function run([script = "", ...args]: string[], env = {}): Promise<{ code: number; printed: string }> {
  const path = fileURLToPath(new URL(`../../${script}`, import.meta.url));
  return execute(process.execPath, [path, ...args], { env: { ...process.env, ...env } }).then(
    ({ stdout, stderr }) => ({ code: 0, printed: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, printed: stdout + stderr }),
  );
}

test("a service with AUTH on accepts a key from the command line, and its links show videos without a key", async () => {
  const closed = await call(service.origin, "/api/v1/tasks");
  expect(closed).toMatchObject({ status: 503, message: expect.stringContaining("npm run keys -- create") });

  const { code, printed } = await keys("create", "--owner", "alice", "--name", "O'Brien's");
  const key = /^er_\S+$/m.exec(printed)?.[0] ?? "";
  expect([code, key.slice(3, 11)]).toEqual([0, /^The key (\w+) of alice \(write\)/.exec(printed)?.[1]]);
  const headers = { authorization: `Bearer ${key}` };
  const asOwner = <T>(path: string, init: RequestInit = {}) =>
    call<T>(service.origin, path, { ...init, headers: { ...headers, ...init.headers } });
  // The service notices the first key within seconds.
  await expect.poll(async () => (await call(service.origin, "/api/v1/tasks")).status, { timeout: 20_000 }).toBe(401);

  const clip = await sample("dusk.mp4");
  expect(await asOwner("/api/v1/video_materials/dusk.mp4", { method: "PUT", body: clip })).toMatchObject({
    status: 200,
  });
  const request = { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 2, video_script: "Watch this." };
  const body = JSON.stringify(request);
  const created = await asOwner<{ task_id: string }>("/api/v1/videos", {
    ...{ method: "POST", body, headers: { "content-type": "application/json" } },
  });
  const path = `/api/v1/tasks/${created.data.task_id}`;
  await expect.poll(async () => (await asOwner<Task>(path)).data.state, { timeout: 120_000 }).toBe(1);
  const task = (await asOwner<Task>(path)).data;
  expect((await download(task.videos[0] ?? "")).byteLength).toBeGreaterThan(10_000);
  expect((await fetch(task.videos[0]?.replace(/\/link\/[^/]+/, "") ?? "")).status).toBe(401);
  if (chromiumPath !== null) await watchInBrowser(task.watch);
  // The checker deletes the task, so it runs last.
  expect(await contract(created.data.task_id, key)).toMatch(/^\d\d+ passed, 0 failed\n$/);

  const id = key.slice(3, 11);
  expect(await keys("revoke", id)).toEqual({ code: 0, printed: expect.stringContaining(`${id} is revoked`) });
});

/** Opens the watch page in Chromium with only its link, and checks the video, poster, captions and previews. */
async function watchInBrowser(address: string): Promise<void> {
  const browser = await startChromium();
  try {
    const { page, faults } = await openPage(browser, address);
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
    });
    await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 2);
    const shown = await page.evaluate(async () => {
      const video = document.querySelector("video");
      if (!video) return null;
      for (const track of video.textTracks) track.mode = "hidden";
      await new Promise((resolve) => setTimeout(resolve, 500));
      const [captions, previews] = ["captions", "metadata"].map(
        (kind) => [...video.textTracks].find((track) => track.kind === kind)?.cues?.length ?? 0,
      );
      const picture = new Image();
      picture.src = video.poster;
      await picture.decode();
      return { captions, previews, poster: picture.naturalWidth > 0, seconds: Math.round(video.duration) };
    });
    expect(shown).toEqual({ captions: 1, previews: expect.any(Number), poster: true, seconds: 2 });
    expect(shown?.previews).toBeGreaterThan(0);
    expect([refused, faults]).toEqual([[], []]);
  } finally {
    await browser.close();
  }
}
