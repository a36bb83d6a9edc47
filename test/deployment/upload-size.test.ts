import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Kibibytes of a Worker's upload, gzipped, as wrangler reports them. */
async function uploadSize(config: string): Promise<number> {
  const args = [
    "node_modules/wrangler/bin/wrangler.js",
    "deploy",
    "--dry-run",
    "--containers-rollout=none",
    "-c",
    config,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  const size = /gzip: ([\d.]+) KiB/.exec(stdout)?.[1];
  if (size === undefined) throw new Error(`no size in: ${stdout}`);
  return Number(size);
}

test("the API Worker's upload is at most 400 KiB gzipped", async () => {
  expect(await uploadSize("wrangler.toml")).toBeLessThanOrEqual(400);
});

test("the ffmpeg.wasm Worker's upload is below the platform's 10 MiB", async () => {
  expect(await uploadSize("wasm/wrangler.toml")).toBeLessThan(10 * 1024);
});
