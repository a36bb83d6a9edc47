import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { upload } from "../scripts/client.ts";
import { freePort } from "../scripts/free-port.ts";
import { startRenderServer } from "../scripts/service.ts";
import { reportFirstSecond, timeToFirstSecond } from "./first-second.ts";
import { withService } from "./service.ts";

const TOKEN = "a token for the bench only";
const VIDEO_SECONDS = 60;

/**
 * Measures how soon watching a 60 s video can begin, relative to the time for the whole video. Uses the native
 * renderer. BENCH_SHORT_SIDE sets the frame's shorter side in pixels (default 1080).
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-first-"));
  const port = await freePort();
  const renderer = startRenderServer({ PORT: String(port), RENDERER_TOKEN: TOKEN, SCRATCH_DIR: folder });
  try {
    await renderer.ready;
    const vars = {
      RENDERER: "http",
      RENDERER_URL: `http://127.0.0.1:${port}`,
      RENDERER_TOKEN: TOKEN,
      NATIVE_SHORT_SIDE: process.env.BENCH_SHORT_SIDE ?? "1080",
    };
    await withService(({ origin }) => measure(origin, folder), vars);
  } finally {
    renderer.stop();
    await renderer.ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(origin: string, folder: string): Promise<void> {
  const make = (name: string, ...args: string[]) => {
    const made = spawnSync("ffmpeg", ["-v", "error", ...args, join(folder, name)]);
    if (made.status !== 0) throw new Error(`ffmpeg: ${made.stderr}`);
  };
  make("clip.mp4", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=10", "-pix_fmt", "yuv420p");
  make("sound.mp3", "-f", "lavfi", "-i", `sine=440:duration=${VIDEO_SECONDS}`, "-ac", "2");
  await upload(origin, "video_materials", "clip.mp4", new Uint8Array(await readFile(join(folder, "clip.mp4"))));
  await upload(origin, "musics", "sound.mp3", new Uint8Array(await readFile(join(folder, "sound.mp3"))));
  const request = { video_materials: [{ url: "clip.mp4" }], video_clip_duration: 5, custom_audio_file: "sound.mp3" };
  const { first, total } = await timeToFirstSecond(origin, request);
  reportFirstSecond(`the first second of a ${VIDEO_SECONDS} s video`, { first, total }, 0.15);
}
