import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../scripts/free-port.ts";
import { startRenderServer } from "../scripts/service.ts";
import { cpuSecondsOfChild, peakMemoryOfChild } from "./cpu-time.ts";
import { percentile, withService } from "./service.ts";

const MB = 1_000_000;
const megabytes = Number(process.env.BENCH_MEGABYTES ?? 500);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
/** The processes whose CPU time is measured, by their command lines. */
const WORKER = /wrangler\.js dev .*--port [1-9]/;
const RENDERER = /container\/src\/server\.ts/;
const TUS = { "Tus-Resumable": "1.0.0" };

/**
 * Measures uploads of large files: the CPU time of the API Worker, compared with a bare Worker that only writes the same
 * bytes to R2, and the renderer's CPU time, which is what inspecting the file and measuring its length costs. CPU time
 * hardly depends on what else the machine does. The first round is not counted.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-upload-"));
  const port = await freePort();
  const token = randomBytes(24).toString("hex");
  const server = startRenderServer({ PORT: String(port), RENDERER_TOKEN: token });
  try {
    await server.ready;
    const [clip, sound] = [join(folder, "clip.mp4"), join(folder, "sound.wav")];
    await makeClip(folder, clip);
    await makeSound(sound);
    const vars = { RENDERER_URL: `http://127.0.0.1:${port}`, RENDERER_TOKEN: token };
    await withService(({ origin }) => measure(origin, clip, sound), vars, { main: "bench/worker/index.ts" });
  } finally {
    server.stop();
    await server.ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(origin: string, clip: string, sound: string): Promise<void> {
  const ways = {
    "bare Worker": () => sendFile("PUT", `${origin}/bare-upload/clip.mp4`, clip),
    "form, MP4": () => sendForm(`${origin}/api/v1/video_materials`, clip),
    "form, WAV": () => sendForm(`${origin}/api/v1/narrations`, sound),
    "raw body, MP4": () => sendFile("PUT", `${origin}/api/v1/video_materials/clip.mp4`, clip),
    "resumable, MP4": () => sendResumable(origin, clip),
  };
  const used = Object.fromEntries(Object.keys(ways).map((way) => [way, { worker: [], renderer: [] } as Used]));
  for (let round = 0; round <= rounds; round++) {
    for (const [way, upload] of Object.entries(ways)) {
      const [worker, renderer] = [cpuSecondsOfChild(WORKER), cpuSecondsOfChild(RENDERER)];
      await upload();
      // Local storage writes a little later.
      await sleep(1500);
      if (round === 0) continue;
      used[way]?.worker.push(cpuSecondsOfChild(WORKER) - worker);
      used[way]?.renderer.push(cpuSecondsOfChild(RENDERER) - renderer);
    }
    console.log(`round ${round}: peak memory of the API Worker's processes ${peakMemoryOfChild(WORKER)} MB`);
  }
  const bare = percentile(used["bare Worker"]?.worker ?? [], 0.5);
  for (const [way, { worker, renderer }] of Object.entries(used)) {
    const median = percentile(worker, 0.5);
    console.log(
      `${megabytes} MB, ${way}: API Worker ${median.toFixed(2)} s of CPU time, ${(median / bare).toFixed(2)} of the bare Worker's; renderer ${percentile(renderer, 0.5).toFixed(2)} s`,
    );
  }
}

/** CPU seconds per upload. */
interface Used {
  worker: number[];
  renderer: number[];
}

/** Makes a clip of noise by repeating 4 seconds of it. */
async function makeClip(folder: string, path: string): Promise<void> {
  const run = (args: string[]) => promisify(execFile)("ffmpeg", ["-v", "error", ...args]);
  const short = join(folder, "short.mp4");
  const picture = ["-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=25:d=4,noise=alls=20:allf=t,format=yuv420p"];
  const rate = ["-b:v", "12M", "-minrate", "12M", "-maxrate", "12M", "-bufsize", "12M", "-preset", "ultrafast"];
  await run([...picture, "-f", "lavfi", "-i", "sine=d=4", ...rate, "-c:a", "aac", short]);
  const { size } = await stat(short);
  await run(["-stream_loop", String(Math.ceil((megabytes * MB) / size) - 1), "-i", short, "-c", "copy", path]);
}

/** Makes a WAV file of noise: 16 bits, stereo, 48 kHz. */
async function makeSound(path: string): Promise<void> {
  const bytes = megabytes * MB;
  const header = Buffer.alloc(44);
  for (const [at, text] of [
    [0, "RIFF"],
    [8, "WAVEfmt "],
    [36, "data"],
  ] as const)
    header.write(text, at);
  for (const [at, value] of [
    [4, 36 + bytes],
    [16, 16],
    [24, 48_000],
    [28, 192_000],
    [40, bytes],
  ] as const)
    header.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 2],
    [32, 4],
    [34, 16],
  ] as const)
    header.writeUInt16LE(value, at);
  const block = randomBytes(MB);
  const file = await open(path, "w");
  await file.write(header);
  for (let written = 0; written < megabytes; written++) await file.write(block);
  await file.close();
}

type Headers = Record<string, string>;
type Part = AsyncIterable<Buffer> | Iterable<Buffer>;

async function sendFile(method: string, url: string, path: string, headers: Headers = {}): Promise<void> {
  const { size } = await stat(path);
  await send(method, url, [createReadStream(path)], { "content-length": String(size), ...headers });
}

async function sendForm(url: string, path: string): Promise<void> {
  const name = path.split("/").at(-1);
  const head = Buffer.from(`--edge\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`);
  const end = Buffer.from("\r\n--edge--\r\n");
  const size = head.length + (await stat(path)).size + end.length;
  const headers = { "content-length": String(size), "content-type": "multipart/form-data; boundary=edge" };
  await send("POST", url, [[head], createReadStream(path), [end]], headers);
}

async function sendResumable(origin: string, path: string): Promise<void> {
  const { size } = await stat(path);
  const begin = { ...TUS, "Upload-Length": String(size), "Upload-Metadata": `filename ${btoa("clip.mp4")}` };
  const { location } = (await send("POST", `${origin}/api/v1/uploads`, [], begin)).headers;
  const headers = { ...TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" };
  await sendFile("PATCH", `${origin}${location}`, path, headers);
}

/** Sends a body part by part. Throws if the response is an error. */
async function send(method: string, url: string, parts: Part[], headers: Headers): Promise<IncomingMessage> {
  const call = request(url, { method, headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => call.on("response", resolve).on("error", reject));
  answered.catch(() => undefined);
  for (const part of parts) {
    for await (const chunk of part) {
      if (!call.write(chunk)) await new Promise((resolve) => call.once("drain", resolve));
    }
  }
  call.end();
  const response = await answered;
  const text = (await response.toArray()).join("");
  if ((response.statusCode ?? 500) >= 300) throw new Error(`${method} ${url}: ${response.statusCode} ${text}`);
  return response;
}
