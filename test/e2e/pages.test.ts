import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { download, getTask } from "../../scripts/client.ts";
import { decodeWarnings, ffprobe } from "../support/ffmpeg.ts";
import { skippedWithout } from "../support/skipped.ts";
import { chromiumPath, openPage, startChromium } from "./support/browser.ts";
import { origin, useSlowRenderer } from "./support/running-service.ts";
import { createNarrated, uploadSmallSamples } from "./support/samples.ts";

useSlowRenderer();

/** A busy machine is slow. */
const WAIT = { timeout: 120_000 };
const hasChromium = chromiumPath !== null;
const script = "Edgereel makes short videos. You paste a script. Then you watch it.";

// The other tests of the pages are in the folder `pages`, for `npm run test:renderers`.
describe.skipIf(!hasChromium)(`in Chromium${skippedWithout(hasChromium, "chromium")}`, { concurrent: true }, () => {
  let browser: Browser;

  beforeAll(async () => {
    await uploadSmallSamples(origin);
    browser = await startChromium();
  });
  afterAll(() => browser?.close());

  test("the player page starts a video before its task is finished and plays it to the end", async ({ expect }) => {
    // The second video keeps the task unfinished while the first one plays.
    const id = await createNarrated(origin, { video_count: 2 });
    const { page, faults } = await openPage(browser, `${origin}/watch/${id}`);
    await page.locator("#message", { hasText: "You can already watch the first part." }).waitFor({ timeout: 120_000 });
    await page.locator("#start").click();
    const currentTime = () => page.evaluate(() => document.querySelector("video")?.currentTime ?? 0);
    await expect.poll(currentTime, { timeout: 60_000 }).toBeGreaterThan(0.1);
    expect((await getTask(origin, id)).state).toBe(4);
    expect(await page.evaluate(() => document.querySelector("video")?.duration)).toBe(Number.POSITIVE_INFINITY);
    const bar = page.locator("progress#progress");
    expect(await bar.isVisible()).toBe(true);
    const rendered = await bar.evaluate((element: HTMLProgressElement) => element.value);
    expect(rendered).toBeGreaterThan(0);
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

  test("the studio makes a first video from a pasted script in two clicks, plays it and offers its files", async ({
    expect,
  }) => {
    const { page, faults } = await openPage(browser, `${origin}/`);
    // The cursor is in the script.
    await page.keyboard.insertText(script);
    await page.getByRole("button", { name: "Use sample clips" }).click();
    await page.locator("ol.list li").nth(2).waitFor(WAIT);
    await page.getByRole("button", { name: "Make video" }).click();
    await page.waitForURL(/#\/tasks\//, WAIT);
    const task = page.url().split("/").at(-1) ?? "";
    await page.locator("iframe").waitFor(WAIT);
    await page.getByRole("heading", { name: "Downloads" }).waitFor(WAIT);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Edgereel makes short videos.");
    const made = await getTask(origin, task);
    expect(made).toMatchObject({
      state: 1,
      video_subject: "Edgereel makes short videos.",
      voice: { language: expect.any(String) },
    });
    const player = page.frameLocator("iframe");
    await player.locator("#start").click();
    const currentTime = () => player.locator("video").evaluate((video: HTMLVideoElement) => video.currentTime);
    await expect.poll(currentTime, WAIT).toBeGreaterThan(0.2);
    const href = await page.getByRole("link", { name: "final-1.mp4" }).getAttribute("href");
    const file = await download(`${origin}${href}`);
    expect(await decodeWarnings(file)).toBe("");
    expect(Number((await ffprobe(file)).format.duration)).toBeCloseTo(made.durations[0] ?? 0, 1);
    expect(faults).toEqual([]);
    await page.close();
  });
});
