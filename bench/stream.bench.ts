import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, finish } from "../scripts/client.ts";
import { freePort } from "../scripts/free-port.ts";
import { uploadSamples } from "../test/e2e/support/samples.ts";
import { LoadClient, type LoadResult, load } from "./load-client.ts";
import { measureSeeks } from "./seek-in-chromium.ts";
import { percentile, withService } from "./service.ts";

const MB = 1_000_000;
const RANGE_BYTES = 64 * 1024;
const FILE_BYTES = 20 * MB;
const LARGE_FILE_BYTES = 1000 * MB;
/** Requests per round. The sides alternate each round, so that other load on the machine affects all equally. */
const RANGES_PER_ROUND = 400;
const WHOLE_FILES_PER_ROUND = 10;
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const seconds = Number(process.env.BENCH_SECONDS ?? 60);
const memoryRequests = Number(process.env.BENCH_MEMORY_REQUESTS ?? 10_000);
/**
 * Requests before memory is measured. A new workerd grows under any load, even with a bare Worker: the heaps of V8 and
 * of the R2 and cache simulators grow at first, and the allocator returns little memory. In a test with 20,000 ranges,
 * the service and a bare Worker both stopped growing after 14,000.
 */
const warmupRequests = Number(process.env.BENCH_MEMORY_WARMUP ?? 16_000);

/**
 * Measures delivery: throughput compared with a bare Worker in the same isolate and with nginx, 200 parallel viewers,
 * the bytes that a seek loads, and memory use.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-stream-"));
  const client = new LoadClient();
  try {
    await withService(
      async ({ origin }, state) => {
        await uploadSamples(origin);
        const id = await create(origin, { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 1 });
        await finish(origin, id);
        const bytes = randomBytes(FILE_BYTES);
        await put(`${origin}/put/${id}/final-2.mp4`, bytes);
        const nginx = await startNginx(folder, bytes);
        const ours = `${origin}/api/v1/stream/${id}/final-2.mp4`;
        try {
          await compare(client, bytes, ours, `${origin}/bare/${id}/final-2.mp4`, nginx?.url ?? null);
        } finally {
          nginx?.process.kill();
        }
        await watchAtRandom(client, bytes, ours);
        for (const { good, text } of await measureSeeks(origin, id, folder, put)) judge(good, text);
        await memory(client, origin, id, state);
      },
      { WASM_SHORT_SIDE: "128", WASM_TOTAL_SECONDS: "400" },
      { main: "bench/worker/index.ts" },
    );
  } finally {
    client.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(client: LoadClient, bytes: Buffer, ours: string, bare: string, nginx: string | null) {
  const sides = { ours, "bare Worker": bare, ...(nginx ? { nginx } : {}) };
  const range = (url: string) => async () => {
    const first = Math.floor(Math.random() * (FILE_BYTES - RANGE_BYTES));
    check(await client.get(url, { first, last: first + RANGE_BYTES - 1 }), bytes.subarray(first, first + RANGE_BYTES));
  };
  const whole = (url: string) => async () => check(await client.get(url, null), bytes);
  for (const [what, count, concurrency, call] of [
    ["64 KiB ranges", RANGES_PER_ROUND, 8, range],
    ["whole 20 MB files", WHOLE_FILES_PER_ROUND, 2, whole],
  ] as const) {
    const results: Record<string, LoadResult[]> = {};
    for (const url of Object.values(sides)) await load(concurrency * 2, concurrency, call(url));
    for (let round = 0; round < rounds; round++) {
      for (const [side, url] of Object.entries(sides))
        results[side] = [...(results[side] ?? []), await load(count, concurrency, call(url))];
    }
    const rate = (side: string) => {
      const runs = results[side] ?? [];
      return (1000 * count * runs.length) / runs.reduce((sum, { total }) => sum + total, 0);
    };
    for (const side of Object.keys(sides)) {
      const times = (results[side] ?? []).flatMap((run) => run.times);
      console.log(
        `${what}, ${side}: ${rate(side).toFixed(1)}/s, p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`,
      );
    }
    const ratio = rate("ours") / rate("bare Worker");
    judge(ratio >= 0.9, `${what}: ${ratio.toFixed(2)} of the bare Worker's throughput; target: at least 0.90`);
  }
}

async function watchAtRandom(client: LoadClient, bytes: Buffer, url: string) {
  const end = Date.now() + seconds * 1000;
  let answers = 0;
  let wrong = 0;
  let errors = 0;
  const viewer = async () => {
    while (Date.now() < end) {
      const first = Math.floor(Math.random() * FILE_BYTES);
      const last = Math.min(FILE_BYTES - 1, first + Math.floor(Math.random() * 4 * RANGE_BYTES));
      try {
        const got = await client.get(url, { first, last });
        if (digest(got) !== digest(bytes.subarray(first, last + 1))) wrong++;
        answers++;
      } catch {
        errors++;
      }
    }
  };
  await Promise.all(Array.from({ length: 200 }, viewer));
  judge(
    errors + wrong === 0,
    `200 viewers seeking for ${seconds} s: ${answers} responses, ${errors} errors, ${wrong} with wrong bytes`,
  );
}

async function memory(client: LoadClient, origin: string, id: string, state: string) {
  const block = randomBytes(8 * MB);
  const times = LARGE_FILE_BYTES / block.length;
  await put(`${origin}/put/${id}/final-3.mp4?times=${times}`, block);
  const url = `${origin}/api/v1/stream/${id}/final-3.mp4`;
  const range = async () => {
    const first = Math.floor(Math.random() * (LARGE_FILE_BYTES - RANGE_BYTES));
    const got = await client.get(url, { first, last: first + RANGE_BYTES - 1 });
    const at = first % block.length;
    check(
      got,
      Buffer.concat([
        block.subarray(at, at + RANGE_BYTES),
        block.subarray(0, Math.max(0, at + RANGE_BYTES - block.length)),
      ]),
    );
  };
  const steps = 10;
  const curve = async (requests: number) => {
    const sizes = [await residentOf(state)];
    for (let step = 0; step < steps; step++) {
      await load(Math.ceil(requests / steps), 8, range);
      sizes.push(await residentOf(state));
    }
    return sizes;
  };
  const print = (what: string, sizes: number[]) =>
    console.log(`workerd's memory in MB, ${what}: ${sizes.map((size) => (size / MB).toFixed(0)).join(" ")}`);
  print(`during ${warmupRequests} ranges of warm-up`, await curve(warmupRequests));
  const sizes = await curve(memoryRequests);
  print(`during the next ${memoryRequests} ranges`, sizes);
  const [start = Number.NaN] = sizes;
  const change = sizes
    .map((size) => size / start - 1)
    .reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most));
  judge(
    Math.abs(change) <= 0.1,
    `memory during ${memoryRequests} ranges of a 1 GB file: changed by at most ${(100 * change).toFixed(1)} %; target: within 10 %`,
  );
}

/**
 * Resident memory of the API's workerd processes in bytes: the Worker with its simulators, and wrangler's proxy. They
 * are found by their state folder. The ffmpeg.wasm Worker is idle and not counted.
 */
async function residentOf(state: string): Promise<number> {
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  let bytes = 0;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    if (!(await read(pid, "comm")).startsWith("workerd") || !(await read(pid, "environ")).includes(state)) continue;
    const parent = /PPid:\s+(\d+)/.exec(await read(pid, "status"))?.[1] ?? "";
    if ((await read(parent, "cmdline")).includes("wasm/wrangler.toml")) continue;
    bytes += Number(/VmRSS:\s+(\d+) kB/.exec(await read(pid, "status"))?.[1] ?? 0) * 1024;
  }
  if (bytes === 0) throw new Error("found no workerd process whose memory can be read");
  return bytes;
}

/** Starts nginx with the same file. Returns null if nginx is not installed. */
async function startNginx(folder: string, bytes: Buffer): Promise<{ url: string; process: ChildProcess } | null> {
  if (spawnSync("nginx", ["-v"]).error) {
    console.log("nginx: skipped, because it is not installed");
    return null;
  }
  const port = await freePort();
  const root = join(folder, "nginx");
  await mkdir(root);
  await writeFile(join(root, "final-2.mp4"), bytes);
  await writeFile(
    join(root, "nginx.conf"),
    `daemon off; master_process off; pid ${root}/pid; error_log stderr; events {}
http { access_log off; client_body_temp_path ${root}/a; proxy_temp_path ${root}/b; fastcgi_temp_path ${root}/c;
uwsgi_temp_path ${root}/d; scgi_temp_path ${root}/e; sendfile on;
server { listen 127.0.0.1:${port}; root ${root}; } }`,
  );
  const process = spawn("nginx", ["-c", join(root, "nginx.conf")], { stdio: "ignore" });
  await Promise.race([once(process, "exit"), new Promise((resolve) => setTimeout(resolve, 1000))]);
  if (process.exitCode !== null) throw new Error("nginx did not start");
  return { url: `http://127.0.0.1:${port}/final-2.mp4`, process };
}

async function put(url: string, bytes: Buffer): Promise<void> {
  const answer = await fetch(url, { method: "PUT", body: new Uint8Array(bytes) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

function check(got: Buffer, wanted: Buffer): void {
  if (!got.equals(wanted)) throw new Error("wrong bytes");
}

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function judge(good: boolean, text: string): void {
  console.log(text);
  if (!good) process.exitCode = 1;
}
