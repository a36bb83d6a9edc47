// npm run fuzz -- [requests] [seed]: sends generated requests to the real service, with its data in a temporary folder,
// and reports responses that do not conform to the OpenAPI document.
// npm run fuzz -- media|media-wasm [files] [seed]: uploads damaged files and creates videos from them. `media` uses the
// installed ffmpeg, or ffmpeg.wasm if there is none. `media-wasm` always uses ffmpeg.wasm.
// npm run fuzz -- upload [MiB]: uploads a large clip in the studio, kills the browser at 60 %, and goes on in another one.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../scripts/free-port.ts";
import { type RunningProcess, startRenderServer, startService } from "../../scripts/service.ts";
import { cutUpload } from "./cut-upload.ts";
import { fuzzApi } from "./fuzz-api.ts";
import { fuzzMedia, uploadGoodClip } from "./fuzz-media.ts";
import { originals } from "./originals.ts";

const given = process.argv.slice(2);
const media = given[0] === "media" || given[0] === "media-wasm";
const upload = given[0] === "upload";
const numbers = (media || upload ? given.slice(1) : given).map(Number);
const [count = upload ? 1024 : media ? 200 : 10_000, seed = Date.now() % 1_000_000] = numbers;

const state = await mkdtemp(join(tmpdir(), "edgereel-fuzz-"));
const printed: string[] = [];
const onLine = (line: string, from: string) => printed.push(`[${from}] ${line}`);
// A small frame and short videos, because the picture does not matter here.
const vars: Record<string, string> = {
  QUOTA_REQUESTS: "0",
  ...{ WASM_SHORT_SIDE: "64", WASM_SEGMENT_SECONDS: "1", WASM_TOTAL_SECONDS: "20" },
  ...{ NATIVE_SHORT_SIDE: "64", NATIVE_PRESET: "ultrafast" },
};
let renderServer: RunningProcess | null = null;
if (given[0] === "media" && spawnSync("ffmpeg", ["-version"]).status === 0) {
  const port = await freePort();
  vars.RENDERER_TOKEN = randomBytes(24).toString("hex");
  vars.RENDERER_URL = `http://127.0.0.1:${port}`;
  vars.RENDERER = "http";
  renderServer = startRenderServer({ PORT: String(port), RENDERER_TOKEN: vars.RENDERER_TOKEN }, onLine);
  await renderServer.ready;
}
const service = await startService({ port: await freePort(), state, vars, onLine });
const { origin } = service;
const clip = new Uint8Array(await readFile(new URL("../../samples/dusk.mp4", import.meta.url)));
await uploadGoodClip(origin, clip);

const started = Date.now();
const onProgress = (done: number) => {
  if (done % (media ? 20 : 500) === 0) console.log(`${done} done, ${Math.round((Date.now() - started) / 1000)} s`);
};
if (!upload)
  console.log(
    `${count} ${media ? `damaged files, ${renderServer ? "native ffmpeg" : "ffmpeg.wasm"},` : "requests"} seed ${seed}`,
  );
const faults = upload ? await largeUpload() : media ? await damagedFiles() : await requests();
for (const fault of faults.slice(0, 50)) console.error(`\n${fault}`);
console.log(`\n${count} ${upload ? "MiB" : media ? "files" : "requests"}, ${faults.length} faults`);
if (faults.length > 0)
  console.error(
    printed
      .filter((line) => /request_failed|rror/.test(line))
      .slice(-20)
      .join("\n"),
  );
renderServer?.stop();
await Promise.all([service.stop(), renderServer?.ended]);
await rm(state, { recursive: true, force: true });
process.exitCode = faults.length > 0 ? 1 : 0;

async function requests(): Promise<string[]> {
  const { answers, faults } = await fuzzApi({
    send: (path, init) => fetch(origin + path, init),
    requests: count,
    seed,
    hints: {
      url: ["dusk.mp4"],
      // Not dusk.mp4, because a generated DELETE must not delete the file that valid requests use.
      name: ["b.mp4", "a.mp3", "a.ttf", "a.srt"],
      ...{
        file: ["final-1.mp4", "combined-1.mp4", "final-1.vtt", "final-1.jpg"],
        stream: ["final-1"],
        plan: ["plan-0"],
      },
      ...{ playlist: ["video.m3u8", "audio.m3u8"], rendition: ["video", "audio"], segment: ["init.mp4", "0.m4s"] },
    },
    upload: clip,
    onProgress,
  });
  for (const [operation, statuses] of Object.entries(answers)) console.log(operation, JSON.stringify(statuses));
  return (await fetch(`${origin}/health`)).ok ? faults : [...faults, "the service is not healthy afterwards"];
}

async function largeUpload(): Promise<string[]> {
  const { seconds, resumedAt, memory, faults } = await cutUpload({ origin, state }, state, count);
  const [before, after] = seconds.map((time) => time.toFixed(1));
  console.log(
    `${count} MiB: cut after ${before} s, resumed at ${Math.round(resumedAt * 100)} %, ended after ${after} s`,
  );
  console.log(
    `memory of the API Worker: ${Math.round(memory.before)} MiB before, at most ${Math.round(memory.most)} MiB`,
  );
  return faults;
}

async function damagedFiles(): Promise<string[]> {
  const { outcomes, faults } = await fuzzMedia({ origin, originals: await originals(), count, seed, onProgress });
  for (const [outcome, times] of Object.entries(outcomes)) console.log(`${outcome}: ${times}`);
  return faults;
}
