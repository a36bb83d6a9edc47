import { createHash, randomFillSync } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumPath } from "../e2e/support/browser.ts";

/** Uploads a large clip in the studio, kills the browser on the way, and lets another browser go on. */

/** The share of the file after which the browser is killed. */
const CUT_AT = 0.6;
/** The least seconds that the whole file takes: Chromium writes what a page has stored to the disk a few seconds later. */
const LEAST_SECONDS = 40;
const MIB = 2 ** 20;

/** What happened, for the table in docs/studio.md. */
export interface CutUpload {
  /** Seconds until the cut, and from the second start of the browser to the end. */
  seconds: readonly [number, number];
  /** The first offset that the second browser sent, as a share of the file. */
  resumedAt: number;
  /** Memory of the API Worker's process (RSS) in MiB: before, and the most while the file was sent. */
  memory: { before: number; most: number };
  faults: string[];
}

/**
 * @param place the origin of a service, and the folder of its data.
 * @param folder for the file and the browser's profile.
 * @param size MiB of the file.
 */
export async function cutUpload(
  { origin, state }: { origin: string; state: string },
  folder: string,
  size: number,
): Promise<CutUpload> {
  const file = join(folder, "large.mp4");
  const sha256 = await writeLargeClip(file, size * MIB);
  const profile = join(folder, "profile");
  const faults: string[] = [];
  const before = await workerMemory(state);
  let most = before;
  const sampling = setInterval(() => {
    void workerMemory(state).then((now) => {
      most = Math.max(most, now);
    });
  }, 200);
  try {
    const first = Date.now();
    const cut = await startUpload(profile, origin, file, (size * MIB) / LEAST_SECONDS);
    await cut.page.waitForFunction(
      (share) => Number(/large\.mp4: (\d+) %/.exec(document.body.textContent ?? "")?.[1] ?? 0) >= share * 100,
      CUT_AT,
      { timeout: 0, polling: 50 },
    );
    await killBrowser(profile);
    const second = Date.now();
    const again = await startUpload(profile, origin, file);
    const offset = await again.firstOffset;
    await again.page.locator("ol.list .name", { hasText: "large.mp4" }).waitFor({ timeout: 0 });
    const end = Date.now();
    await again.context.close();
    const resumedAt = offset / (size * MIB);
    if (resumedAt < CUT_AT / 2) faults.push(`the upload went on at ${Math.round(resumedAt * 100)} % only`);
    const stored = await storedHash(state);
    if (stored !== sha256) faults.push(`the stored file's SHA-256 is ${stored}, not ${sha256}`);
    return { seconds: [(second - first) / 1000, (end - second) / 1000], resumedAt, memory: { before, most }, faults };
  } finally {
    clearInterval(sampling);
  }
}

/** Opens the studio and chooses the file. @param bytesPerSecond the most that the browser sends; -1 for no limit. */
async function startUpload(
  profile: string,
  origin: string,
  file: string,
  bytesPerSecond = -1,
): Promise<{ context: BrowserContext; page: Page; firstOffset: Promise<number> }> {
  if (chromiumPath === null) throw new Error("needs chromium");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-session-crashed-bubble"],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const firstOffset = page
    .waitForRequest((request) => request.method() === "PATCH" && request.url().includes("/api/v1/uploads/"), {
      timeout: 0,
    })
    .then((request) => Number(request.headers()["upload-offset"]));
  firstOffset.catch(() => {});
  await page.goto(origin);
  const session = await context.newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond },
  });
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Add files" }).click(),
  ]);
  await chooser.setFiles(file);
  return { context, page, firstOffset };
}

/** Kills all processes of the browser that uses a profile, as a crash does. */
async function killBrowser(profile: string): Promise<void> {
  const processes = await processesWith((pid) => readProc(pid, "cmdline"), profile);
  for (const pid of processes) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {}
  }
}

/** Memory (RSS) of the API Worker's workerd, in MiB. */
async function workerMemory(state: string): Promise<number> {
  let most = 0;
  for (const pid of await processesWith((each) => readProc(each, "environ"), state)) {
    if (!(await readProc(pid, "comm")).startsWith("workerd")) continue;
    const parent = /PPid:\s+(\d+)/.exec(await readProc(pid, "status"))?.[1] ?? "";
    if ((await readProc(parent, "cmdline")).includes("wasm/wrangler.toml")) continue;
    most += Number(/VmRSS:\s+(\d+) kB/.exec(await readProc(pid, "status"))?.[1] ?? 0) / 1024;
  }
  return most;
}

async function processesWith(read: (pid: string) => Promise<string>, text: string): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const has = await Promise.all(pids.map(async (pid) => (await read(pid)).includes(text)));
  return pids.filter((_, index) => has[index]);
}

const readProc = (pid: string, name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");

/** Writes a clip with a box of free space behind it (ISO/IEC 14496-12 §8.1.2) full of random bytes. Returns its SHA-256. */
async function writeLargeClip(path: string, size: number): Promise<string> {
  const clip = await readFile(new URL("../../samples/dusk.mp4", import.meta.url));
  const header = Buffer.alloc(8);
  header.writeUInt32BE(size - clip.length);
  header.write("free", 4);
  const file = await open(path, "w");
  try {
    await file.write(Buffer.concat([clip, header]));
    const block = Buffer.alloc(MIB);
    for (let left = size - clip.length - header.length; left > 0; left -= block.length) {
      await file.write(randomFillSync(block).subarray(0, Math.min(left, block.length)));
    }
  } finally {
    await file.close();
  }
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** The SHA-256 of the largest object in the local R2: of its parts, in their order. Empty if there is none in parts. */
async function storedHash(state: string): Promise<string> {
  const databases = join(state, "v3/r2/miniflare-R2BucketObject");
  const hash = createHash("sha256");
  for (const name of (await readdir(databases)).filter((each) => each.endsWith(".sqlite"))) {
    const database = new DatabaseSync(join(databases, name), { readOnly: true });
    try {
      if (!database.prepare("SELECT 1 FROM sqlite_master WHERE name = '_mf_objects'").get()) continue;
      const largest = database.prepare("SELECT key FROM _mf_objects ORDER BY size DESC LIMIT 1").get();
      const parts = database
        .prepare("SELECT blob_id FROM _mf_multipart_parts WHERE object_key = ? ORDER BY part_number")
        .all(String(largest?.key ?? ""));
      for (const { blob_id } of parts) {
        for await (const chunk of createReadStream(join(state, "v3/r2/edgereel-media/blobs", String(blob_id)))) {
          hash.update(chunk as Buffer);
        }
      }
      if (parts.length > 0) return hash.digest("hex");
    } finally {
      database.close();
    }
  }
  return "";
}
