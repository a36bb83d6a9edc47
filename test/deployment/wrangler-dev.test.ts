import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, create, download, finish, upload } from "../../scripts/client.ts";
import { freePort } from "../../scripts/free-port.ts";
import { startProcess } from "../../scripts/service.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A folder with the files that git tracks and a link to the installed packages. */
let clone: string;
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), "edgereel-clone-"));
  const listFiles = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await promisify(execFile)("git", listFiles, { cwd: root });
  for (const file of stdout.split("\0")) {
    if (file === "" || dirname(file).startsWith("test")) continue;
    // A deleted file is listed until its deletion is committed.
    await cp(join(root, file), join(clone, file)).catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  await symlink(join(root, "node_modules"), join(clone, "node_modules"));
}, 60_000);
afterAll(() => rm(clone, { recursive: true, force: true, maxRetries: 5 }));

/** Runs `npx wrangler dev` in the clone on a free port until `use` has ended. */
async function withWranglerDev(args: string[], use: (origin: string) => Promise<void>): Promise<void> {
  const port = await freePort();
  const printed: string[] = [];
  const env = {
    ...process.env,
    // Hides Workers that other processes on this machine run.
    WRANGLER_REGISTRY_PATH: join(clone, ".wrangler/registry"),
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_LOG_PATH: join(clone, ".wrangler/logs"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
  };
  const command = ["npx", "wrangler", "dev", ...args, "--port", String(port), "--inspector-port", "0"];
  const wrangler = startProcess("api", command, env, (line) => printed.push(line), clone);
  const ended = wrangler.ended.then((code) => {
    throw new Error(`wrangler dev ended with code ${code}`);
  });
  ended.catch(() => {});
  try {
    await Promise.race([wrangler.ready, ended]);
    await use(`http://127.0.0.1:${port}`);
  } catch (error) {
    throw new Error(`with ${command.join(" ")}:\n${printed.join("\n")}`, { cause: error });
  } finally {
    wrangler.stop();
    await wrangler.ended;
  }
}

test("npx wrangler dev in a fresh clone serves the API, and /health says how to start the missing renderer", async () => {
  await withWranglerDev([], async (origin) => {
    const message = expect.stringContaining("npx wrangler dev -c wrangler.toml -c wasm/wrangler.toml");
    await expect.poll(...healthOf(origin)).toMatchObject({
      status: 200,
      data: { state: "degraded", database: { ok: true }, renderer: { kind: "wasm", ok: false, message } },
    });
    expect(await call(origin, "/api/v1/tasks")).toMatchObject({ status: 200, data: { tasks: [], total: 0 } });
  });
});

test("npx wrangler dev with both configurations in a fresh clone renders a video", async () => {
  await withWranglerDev(["-c", "wrangler.toml", "-c", "wasm/wrangler.toml"], async (origin) => {
    await expect
      .poll(...healthOf(origin))
      .toMatchObject({ data: { state: "ok", renderer: { kind: "wasm", ok: true } } });
    const file = await upload(origin, "video_materials", "dusk.mp4", await sample("dusk.mp4"));
    const request = { video_materials: [{ url: file }], video_clip_duration: 1 };
    expect(await post(origin, { ...request, dry_run: true })).toMatchObject({ status: 200, data: { durations: [1] } });
    const task = await finish(origin, await create(origin, request));
    expect(task).toMatchObject({ state: 1, renderer: "wasm", durations: [1] });
    expect((await download(task.videos[0] ?? "")).byteLength).toBeGreaterThan(1_000);
  });
});

/** Arguments of `expect.poll` that wait up to 60 s, because the first response may be slow on a busy machine. */
function healthOf(origin: string) {
  return [() => call(origin, "/health"), { timeout: 60_000, interval: 500 }] as const;
}

function post(origin: string, body: object) {
  const headers = { "content-type": "application/json" };
  return call(origin, "/api/v1/videos", { method: "POST", headers, body: JSON.stringify(body) });
}

async function sample(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(join(root, "samples", name)));
}
