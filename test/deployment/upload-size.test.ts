import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildUpload } from "./support/build-upload.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgereel-upload-size-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the API Worker's upload is at most 300 KiB gzipped and has only zod's English messages", async () => {
  const { gzippedKibibytes, modules } = await buildUpload("wrangler.toml", folder);
  expect(gzippedKibibytes).toBeLessThanOrEqual(300);
  expect(modules.filter((path) => path.includes("zod/v4/locales/"))).toEqual(["node_modules/zod/v4/locales/en.js"]);
});

test("the ffmpeg.wasm Worker's upload is smaller than the platform's limit of 10 MiB", async () => {
  const { gzippedKibibytes } = await buildUpload("wasm/wrangler.toml", folder);
  expect(gzippedKibibytes).toBeLessThan(10 * 1024);
});
