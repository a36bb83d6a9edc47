import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { finish, getTask } from "../../scripts/client.ts";
import { chromiumPath, openPage, startChromium } from "./browser.ts";
import { origin } from "./running.ts";
import { createNarrated, uploadSamples } from "./samples.ts";

if (chromiumPath === null) console.warn("skipped: needs chromium (apt-get install chromium)");

describe.skipIf(chromiumPath === null)("the player page in Chromium", () => {
  let browser: Browser;
  let id: string;

  beforeAll(async () => {
    await uploadSamples(origin);
    browser = await startChromium();
  });
  afterAll(() => browser?.close());

  test("plays a video that is still being rendered, to its end", async () => {
    // A second video, so that the task goes on when the first one is there.
    id = await createNarrated(origin, { video_count: 2 });
    const { page, faults } = await openPage(browser, `${origin}/watch/${id}`);
    await page.locator("#message", { hasText: "watch what is there" }).waitFor({ timeout: 120_000 });
    await page.locator("media-play-button").click();
    const currentTime = () => page.evaluate(() => document.querySelector("video")?.currentTime ?? 0);
    await expect.poll(currentTime, { timeout: 60_000 }).toBeGreaterThan(0.1);
    expect((await getTask(origin, id)).state).toBe(4);
    const ended = () => page.evaluate(() => document.querySelector("video")?.ended);
    await expect.poll(ended, { timeout: 180_000 }).toBe(true);
    const task = await getTask(origin, id);
    expect(await currentTime()).toBeCloseTo(task.durations[0] ?? 0, 0);
    const shown = await page.evaluate(() => {
      const video = document.querySelector("video");
      return { width: video?.videoWidth, height: video?.videoHeight, source: video?.src.slice(0, 5) };
    });
    expect(shown).toEqual({ width: task.width, height: task.height, source: "blob:" });
    expect(faults).toEqual([]);
    await page.close();
  });

  test("plays the finished file, from where the viewer seeks to, and offers the task's other videos", async () => {
    const task = await finish(origin, id);
    const { page, faults } = await openPage(browser, `${origin}/watch/${id}?video=2`);
    await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 1);
    expect(await page.evaluate(() => document.querySelector("video")?.src)).toBe(task.videos[1]);
    const played = await page.evaluate(async () => {
      const video = document.querySelector("video");
      if (!video) return [];
      video.muted = true;
      video.currentTime = video.duration * 0.9;
      await video.play();
      await new Promise((resolve) => video.addEventListener("ended", resolve, { once: true }));
      return [video.currentTime, video.duration];
    });
    expect(played[0]).toBe(played[1]);
    expect(await page.locator("#videos a").count()).toBe(2);
    expect(await page.locator("#rendering").isHidden()).toBe(true);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("says so where there is no such task", async () => {
    const page = await browser.newPage();
    const answer = await page.goto(`${origin}/watch/00000000-0000-4000-8000-000000000000`);
    expect(answer?.status()).toBe(404);
    await page.locator("#message", { hasText: "There is no such video." }).waitFor();
    await page.close();
  });
});
