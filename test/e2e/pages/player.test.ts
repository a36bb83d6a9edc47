import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, type ExpectStatic, test } from "vitest";
import { call, download, finish, getTask, type Task, watch } from "../../../scripts/client.ts";
import { skippedWithout } from "../../support/skipped.ts";
import { chromiumPath, openPage, startChromium } from "../support/browser.ts";
import { origin, useSlowRenderer } from "../support/running-service.ts";
import { createNarrated, uploadSmallSamples } from "../support/samples.ts";

useSlowRenderer();

/** A busy machine is slow. */
const WAIT = { timeout: 180_000 };
const hasChromium = chromiumPath !== null;

describe.skipIf(!hasChromium)(`in Chromium${skippedWithout(hasChromium, "chromium")}`, { concurrent: true }, () => {
  let browser: Browser;
  let id: string;

  beforeAll(async () => {
    await uploadSmallSamples(origin);
    browser = await startChromium();
    id = await createNarrated(origin, { video_count: 2 });
  });
  afterAll(() => browser?.close());

  test("the player page plays the finished file, seeks in it, and links to the task's other videos", async ({
    expect,
  }) => {
    const task = await finish(origin, id);
    const { page, faults } = await openPage(browser, `${origin}/watch/${id}?video=2`);
    await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 1, null, WAIT);
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

  test("the player page shows the poster, the captions once they are switched on, and a thumbnail for the time under the pointer", async ({
    expect,
  }) => {
    const task = (await finish(origin, id)) as Task & {
      posters: string[];
      storyboards: { image: string; vtt: string }[];
    };
    const { page, faults } = await openPage(browser, `${origin}/watch/${id}`);
    await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 1, null, WAIT);
    const poster = await page.evaluate(() => document.querySelector("video")?.poster);
    expect(poster).toBe(task.posters[0]);
    expect((await fetch(poster ?? "")).headers.get("content-type")).toBe("image/jpeg");

    const captions = () =>
      page.evaluate(() => {
        const track = [...(document.querySelector("video")?.textTracks ?? [])].find(({ kind }) => kind === "captions");
        return { mode: track?.mode, texts: [...(track?.cues ?? [])].map((cue) => (cue as VTTCue).text) };
      });
    expect((await captions()).mode).not.toBe("showing");
    await page.locator("media-captions-button").click();
    await expect.poll(async () => (await captions()).mode, WAIT).toBe("showing");
    await expect.poll(async () => (await captions()).texts.join(" "), WAIT).toMatch(/^Edgereel\smakes\sshort\svideos/);

    const vtt = new TextDecoder().decode(await download(task.storyboards[0]?.vtt ?? ""));
    const image = task.storyboards[0]?.image ?? "";
    const tiles = new Set<string>();
    for (const share of [0.1, 0.9]) {
      const { tile, time } = await pointAt(page, share, expect);
      expect(time / (task.durations[0] ?? 0)).toBeCloseTo(share, 1);
      expect(tile).toBe(tileAt(vtt, time));
      tiles.add(tile);
    }
    expect(tiles.size).toBe(2);
    const shown = await page.evaluate(() => {
      const thumbnail = document
        .querySelector("media-time-range")
        ?.shadowRoot?.querySelector("media-preview-thumbnail");
      const picture = thumbnail?.shadowRoot?.querySelector("img");
      return {
        source: picture?.src,
        width: picture?.naturalWidth,
        display: picture && getComputedStyle(picture).display,
      };
    });
    expect(shown).toEqual({ source: image, width: expect.any(Number), display: "block" });
    expect(shown.width).toBeGreaterThan(0);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("the player page keeps its position if the task is planned again and the URLs of its stream change", async ({
    expect,
  }) => {
    const task = await finish(origin, id);
    const page = await browser.newPage();
    await page.route("**/api/v1/tasks/*", async (route) => route.fulfill({ json: await asUnfinished(id) }));
    // Serves the stream under an older plan, of which only the first segment still exists.
    let replaced = false;
    await page.route("**/final-1.m3u8", async (route) => {
      const text = await (await fetch(task.streams[0] ?? "")).text();
      await route.fulfill({ body: replaced ? text : text.replaceAll("plan-0", "plan-9") });
    });
    const old: string[] = [];
    await page.route("**/plan-9/**", async (route) => {
      const url = route.request().url();
      old.push(url);
      replaced ||= /\/[1-9]\d*\.m4s$/.test(url);
      if (replaced) await route.fulfill({ status: 404 });
      else await route.continue({ url: url.replace("plan-9", "plan-0") });
    });
    await page.goto(`${origin}/watch/${id}`);
    await page.locator("#start").click();
    const times: number[] = [];
    const state = async () => {
      const [time, ended] = await page.evaluate(() => {
        const video = document.querySelector("video");
        return [video?.currentTime ?? 0, video?.ended ?? false] as const;
      });
      times.push(time);
      return ended;
    };
    await expect.poll(state, { timeout: 60_000, interval: 100 }).toBe(true);
    expect(replaced).toBe(true);
    expect(times.at(-1)).toBeCloseTo(task.durations[0] ?? 0, 0);
    // The time is 0 while the element has no source.
    const seen = times.filter((time) => time > 0);
    expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    const width = await page.evaluate(() => document.querySelector("video")?.videoWidth);
    expect(width).toBe(task.width);
    await page.close();
  });

  test("the player page uses the browser's own HLS player if the browser has no Media Source Extensions, and goes on after it stalls", async (context) => {
    const { expect } = context;
    const watched = await createNarrated(origin);
    await watch(origin, watched, ({ streams, state }) => streams.length > 0 || state !== 4);
    const page = await browser.newPage();
    await withoutMediaSource(page, "maybe");
    await page.goto(`${origin}/watch/${watched}`);
    const source = () => page.evaluate(() => document.querySelector("video")?.getAttribute("src"));
    await expect.poll(source, WAIT).toBe(`/api/v1/stream/${watched}/final-1.m3u8`);
    expect((await getTask(origin, watched)).state).toBe(4);
    const playsHls = await page.evaluate(() => "playsHls" in window && window.playsHls);
    if (!playsHls) return context.skip("this Chromium has no HLS player of its own");
    // Chromium's own player stops or stalls if the playlist has nothing new yet, and the page restarts it.
    await page.evaluate(() => {
      const video = document.querySelector("video");
      if (!video) return;
      video.muted = true;
      video.play().catch(() => {});
    });
    const state = () =>
      page.evaluate(() => {
        const video = document.querySelector("video");
        return { ended: video?.ended, time: video?.currentTime, width: video?.videoWidth };
      });
    const task = await finish(origin, watched);
    await expect
      .poll(state, { timeout: 120_000 })
      .toEqual({ ended: true, time: expect.closeTo(task.durations[0] ?? 0, 1), width: task.width });
    await page.close();
  });

  test("the player page waits for the finished file if the browser cannot play HLS", async ({ expect }) => {
    const page = await browser.newPage();
    await withoutMediaSource(page, "");
    let finished = false;
    await page.route("**/api/v1/tasks/*", async (route) =>
      finished ? route.continue() : route.fulfill({ json: await asUnfinished(id) }),
    );
    await page.goto(`${origin}/watch/${id}`);
    await page.locator("#message", { hasText: "Rendering" }).waitFor();
    expect(await page.evaluate(() => document.querySelector("video")?.getAttribute("src"))).toBeNull();
    finished = true;
    await page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 1, null, WAIT);
    expect(await page.evaluate(() => document.querySelector("video")?.getAttribute("src"))).toBe(
      `/tasks/${id}/final-1.mp4`,
    );
    await page.close();
  });

  test("the player page on a phone has the video's shape, a large play button, the length, the time left and the download", async ({
    expect,
  }) => {
    const task = await finish(origin, id);
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    let shown: object = {
      ...task,
      state: 4,
      stage: "queued",
      queue_position: 3,
      width: null,
      height: null,
      videos: [],
      streams: [],
    };
    await page.route("**/api/v1/tasks/*", (route) => route.fulfill({ json: { data: shown } }));
    await page.goto(`${origin}/watch/${id}`);
    await page.locator("#message", { hasText: "Waiting to start: 2 before this one" }).waitFor();
    expect(await page.locator("#player").isHidden()).toBe(true);

    const planned = { ...task, width: 1080, height: 1920, durations: [83.2, 80] };
    shown = { ...planned, state: 4, stage: "rendering", progress: 40, eta_seconds: 42, streams: [], videos: [] };
    await page.locator("#message", { hasText: "Rendering: 40 %, about 40 seconds left." }).waitFor();
    expect(await page.locator("#start").isHidden()).toBe(true);

    shown = { ...planned, video_subject: "A day at the sea" };
    await page.locator("#start").waitFor();
    const box = await page.locator("#player").boundingBox();
    expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(9 / 16, 2);
    expect(box?.width).toBe(358);
    const button = await page.locator("#start").boundingBox();
    expect(button?.width).toBeGreaterThanOrEqual(64);
    expect((button?.x ?? 0) + (button?.width ?? 0) / 2).toBeCloseTo(195, 0);
    expect(await page.locator("h1").textContent()).toBe("A day at the sea");
    expect(await page.locator("#facts").textContent()).toBe("1:23 · 1080 × 1920");
    expect(await page.locator("#rendering").isHidden()).toBe(true);
    const download = page.locator("#download");
    expect(await download.getAttribute("download")).toBe("A day at the sea.mp4");
    expect((await fetch(origin + (await download.getAttribute("href")))).status).toBe(200);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBe(390);
    await page.close();
  });

  test("the player page says in words why a video was not made, with the code below, and hides the player", async ({
    expect,
  }) => {
    const page = await browser.newPage();
    const failure = { code: "input_refused", stage: "planning", message: "bgm_file: a web page", retryable: false };
    const task = { ...(await getTask(origin, id)), state: -1, stage: "failed", videos: [], streams: [], failure };
    await page.route("**/api/v1/tasks/*", (route) => route.fulfill({ json: { data: task } }));
    await page.goto(`${origin}/watch/${id}`);
    const end = page.locator("#end");
    await end.waitFor();
    expect(await page.locator("#end-heading").textContent()).toBe("This video was not made");
    expect(await page.locator("#end-text").textContent()).toMatch(/^A link of this video does not lead to a file/);
    expect(await page.locator("#code").textContent()).toBe("input_refused");
    expect(await page.locator("#reason").textContent()).toBe("bgm_file: a web page");
    expect(await page.locator("#player").isHidden()).toBe(true);
    await page.close();
  });
});

/**
 * Moves the pointer to a fraction of the time range. Returns the previewed time in seconds and the storyboard
 * tile shown for it.
 */
async function pointAt(page: Page, share: number, expect: ExpectStatic): Promise<{ time: number; tile: string }> {
  const range = page.locator("media-time-range");
  const { width, height } = (await range.boundingBox()) ?? { width: 0, height: 0 };
  await range.hover({ position: { x: width * share, y: height / 2 } });
  const thumbnail = page.locator("media-time-range media-preview-thumbnail");
  await thumbnail.waitFor({ state: "attached" });
  let seen = { time: Number.NaN, tile: "" };
  const read = async () => ({
    time: Number(await range.getAttribute("mediapreviewtime")),
    tile: (await thumbnail.getAttribute("mediapreviewcoords")) ?? "",
  });
  // The page loads the preview, so poll until two reads agree.
  await expect
    .poll(async () => {
      const before = seen;
      seen = await read();
      return seen.tile !== "" && seen.tile === before.tile && seen.time === before.time;
    }, WAIT)
    .toBe(true);
  return seen;
}

/** The tile of a storyboard for a time in seconds, as `x y width height`. */
function tileAt(vtt: string, time: number): string | undefined {
  const seconds = (text = "") => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return [...vtt.matchAll(/(\S+) --> (\S+)\n\S+#xywh=(\S+)/g)]
    .find(([, start, end]) => seconds(start) <= time && time < seconds(end))?.[3]
    ?.replaceAll(",", " ");
}

/** Removes Media Source Extensions from a page and sets its answer to whether it plays HLS itself. */
async function withoutMediaSource(page: Page, playsHls: "maybe" | ""): Promise<void> {
  await page.addInitScript((word) => {
    for (const name of ["MediaSource", "ManagedMediaSource", "WebKitMediaSource"]) Reflect.deleteProperty(window, name);
    const canPlayType = HTMLMediaElement.prototype.canPlayType;
    const own = document.createElement("video").canPlayType("application/vnd.apple.mpegurl");
    Object.assign(window, { playsHls: own !== "" });
    HTMLMediaElement.prototype.canPlayType = function (type) {
      return type === "application/vnd.apple.mpegurl" ? word : canPlayType.call(this, type);
    };
  }, playsHls);
}

/** The response for a finished task, changed to show it as still rendering. */
async function asUnfinished(id: string): Promise<object> {
  const answer = await call<Task>(origin, `/api/v1/tasks/${id}`);
  return { ...answer, data: { ...answer.data, state: 4, progress: 90, videos: [] } };
}
