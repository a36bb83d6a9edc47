import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { create, download, finish, upload } from "../scripts/client.ts";
import { chromiumPath, startChromium } from "../test/e2e/support/browser.ts";
import { readPlaylist } from "../test/e2e/support/hls.ts";
import { silence } from "../test/e2e/support/samples.ts";

const VIDEO_MINUTES = 5;

/** The result of a measurement, and whether it meets its target. */
interface Finding {
  good: boolean;
  text: string;
}

/**
 * Measures how many bytes Chromium loads for a seek to 90 % of a five-minute video before it plays: for an MP4 file and
 * for a finished HLS stream.
 *
 * @param id id of a finished task. Another file is stored next to its files.
 * @param put sends a file to the bench Worker, which stores it.
 */
export async function measureSeeks(
  origin: string,
  id: string,
  folder: string,
  put: (url: string, bytes: Buffer) => Promise<void>,
): Promise<Finding[]> {
  if (chromiumPath === null) {
    console.log("seek: skipped, because Chromium is not installed");
    return [];
  }
  const browser = await startChromium();
  try {
    return [...(await seekFile(browser, origin, id, folder, put)), await seekStream(browser, origin)];
  } finally {
    await browser.close();
  }
}

async function seekFile(
  browser: Browser,
  origin: string,
  id: string,
  folder: string,
  put: (url: string, bytes: Buffer) => Promise<void>,
): Promise<Finding[]> {
  const file = join(folder, "long.mp4");
  const made = spawnSync("ffmpeg", [
    ...["-v", "error", "-f", "lavfi", "-i", `testsrc2=size=640x360:rate=30:duration=${VIDEO_MINUTES * 60}`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-b:v", "2500k", "-g", "60", "-pix_fmt", "yuv420p"],
    ...["-movflags", "+faststart", file],
  ]);
  if (made.status !== 0) {
    console.log("seek in an MP4: skipped, because ffmpeg is not installed");
    return [];
  }
  const bytes = await readFile(file);
  await put(`${origin}/put/${id}/final-4.mp4`, bytes);
  return [judged("an MP4", await seekAndCount(browser, origin, `/tasks/${id}/final-4.mp4`), bytes.length)];
}

async function seekStream(browser: Browser, origin: string): Promise<Finding> {
  const sound = await upload(origin, "narrations", "five-minutes.wav", silence(VIDEO_MINUTES * 60));
  const materials = [{ url: "dusk.mp4" }, { url: "life.mp4" }];
  const id = await create(origin, {
    video_materials: materials,
    video_clip_duration: 5,
    custom_audio_file: sound,
  });
  const [stream = ""] = (await finish(origin, id)).streams;
  let size = 0;
  for (const rendition of ["video", "audio"]) {
    const { segments } = await readPlaylist(stream.replace(".m3u8", `/plan-0/${rendition}.m3u8`));
    for (const { url } of segments) size += (await download(url)).byteLength;
  }
  return judged("an HLS stream", await seekAndCount(browser, origin, new URL(stream).pathname), size);
}

function judged(what: string, fetched: number, size: number): Finding {
  const share = fetched / size;
  const text =
    `a seek to 90 % of ${VIDEO_MINUTES} minutes of ${what} (${(size / 1e6).toFixed(1)} MB): ` +
    `${(100 * share).toFixed(2)} % loaded before it plays; target: less than 5 %`;
  return { good: share > 0 && share < 0.05, text };
}

/** The bytes that Chromium loads until it plays after a seek, including those from the start of the video. */
async function seekAndCount(browser: Browser, origin: string, path: string): Promise<number> {
  const page = await browser.newPage({ bypassCSP: true });
  await page.goto(`${origin}/health`);
  if (path.endsWith(".m3u8")) await page.addScriptTag({ url: "/vendor/hls/hls.min.js" });
  const session = await page.context().newCDPSession(page);
  let fetched = 0;
  await session.send("Network.enable");
  session.on("Network.dataReceived", ({ dataLength }) => {
    fetched += dataLength;
  });
  await page.evaluate(async (source) => {
    const video = document.createElement("video");
    video.id = "video";
    video.muted = true;
    video.preload = "metadata";
    document.body.append(video);
    const { Hls } = window as typeof window & { Hls?: typeof import("hls.js").default };
    const ready = new Promise((resolve) => video.addEventListener("loadedmetadata", resolve, { once: true }));
    if (Hls) {
      const hls = new Hls({ startPosition: 0, maxMaxBufferLength: 30 });
      hls.loadSource(source);
      hls.attachMedia(video);
    } else {
      video.src = source;
    }
    await ready;
    const happened = (name: string) => new Promise((resolve) => video.addEventListener(name, resolve, { once: true }));
    const seeked = happened("seeked");
    video.currentTime = video.duration * 0.9;
    await seeked;
    const playing = happened("playing");
    await video.play();
    await playing;
  }, path);
  const before = fetched;
  await page.close();
  return before;
}
