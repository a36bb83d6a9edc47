import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The part of esbuild's metafile that these tests read. */
interface Metafile {
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
}

/** What a deploy would send. */
export interface Upload {
  /** Size of the Worker's upload in KiB, as wrangler reports it. */
  kibibytes: number;
  /** The same, gzipped. */
  gzippedKibibytes: number;
  /** Paths of the modules that have code in the bundle. */
  modules: string[];
}

/** Builds a Worker as a deploy does, into `bundle` of a folder. */
export async function buildUpload(config: string, folder: string): Promise<Upload> {
  const metafile = join(folder, `${config.replaceAll("/", "-")}.json`);
  const args = [
    ...["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run", "--containers-rollout=none"],
    ...["-c", config, "--outdir", join(folder, "bundle"), "--metafile", metafile],
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  const [, size, gzippedSize] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(stdout) ?? [];
  if (size === undefined) throw new Error(`no size in: ${stdout}`);
  const { outputs } = JSON.parse(await readFile(metafile, "utf8")) as Metafile;
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { kibibytes: Number(size), gzippedKibibytes: Number(gzippedSize), modules: bundled.map(([path]) => path) };
}
