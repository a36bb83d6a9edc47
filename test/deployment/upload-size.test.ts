import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { settingNames } from "../../author/src/settings.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgereel-upload-size-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The part of esbuild's metafile that these tests read. */
interface Metafile {
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
}

interface Upload {
  /** Size of the Worker's gzipped upload in KiB, as wrangler reports it. */
  gzippedKibibytes: number;
  /** Paths of the modules that have code in the bundle. */
  modules: string[];
  /** The text of the bundle. */
  code: string;
}

async function buildUpload(config: string): Promise<Upload> {
  const metafile = join(folder, `${config.replaceAll("/", "-")}.json`);
  const args = [
    ...["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run", "--containers-rollout=none"],
    ...["-c", config, "--outdir", join(folder, "bundle"), "--metafile", metafile],
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  const size = /gzip: ([\d.]+) KiB/.exec(stdout)?.[1];
  if (size === undefined) throw new Error(`no size in: ${stdout}`);
  const code = await readFile(join(folder, "bundle", "index.js"), "utf8");
  const { outputs } = JSON.parse(await readFile(metafile, "utf8")) as Metafile;
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { gzippedKibibytes: Number(size), modules: bundled.map(([path]) => path), code };
}

test("the API Worker's upload is at most 340 KiB gzipped and has only zod's English messages", async () => {
  const { gzippedKibibytes, modules } = await buildUpload("wrangler.toml");
  expect(gzippedKibibytes).toBeLessThanOrEqual(340);
  expect(modules.filter((path) => path.includes("zod/v4/locales/"))).toEqual(["node_modules/zod/v4/locales/en.js"]);
});

test("the API Worker's upload has no code, settings or addresses of providers", async () => {
  const { modules, code } = await buildUpload("wrangler.toml");
  expect(
    modules.filter((path) => /^(?:author|voice)\/|node_modules\/(?:ai|@ai-sdk|workers-ai-provider)\//.test(path)),
  ).toEqual([]);
  const shared = ["OUTBOUND_ALLOW"];
  const settings = settingNames.filter((name) => !shared.includes(name));
  expect(settings.length).toBeGreaterThan(15);
  const hosts = [
    "api.pexels.com",
    "pixabay.com",
    "coverr.co",
    "api.openai.com",
    "elevenlabs.io",
    "tts.speech.microsoft",
  ];
  expect([...settings, ...hosts].filter((name) => code.includes(name))).toEqual([]);
});

test("the ffmpeg.wasm Worker's upload is smaller than the platform's limit of 10 MiB", async () => {
  const { gzippedKibibytes } = await buildUpload("wasm/wrangler.toml");
  expect(gzippedKibibytes).toBeLessThan(10 * 1024);
});
