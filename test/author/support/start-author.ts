import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { TestProject } from "vitest/node";
import { startFakeProviders } from "../../support/providers/server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the author Worker and the fake providers listen, and the size of the Worker's upload. */
    author: { origin: string; providers: string; gzippedKibibytes: number };
  }
}

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Bundles the author Worker as a deploy does, and runs it in workerd, next to the fake providers. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-author-"));
  // The deployed configuration, with the harness as its main module.
  const deployed = await readFile(join(root, "author/wrangler.deployed.toml"), "utf8");
  const config = join(folder, "wrangler.toml");
  const main = join(root, "test/author/worker/harness.ts");
  await writeFile(config, deployed.replace("src/index.ts", main).replaceAll('"../src/', `"${join(root, "src")}/`));
  const wrangler = ["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run", "-c", config, "--outdir", folder];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(folder, "logs") };
  const { stdout } = await promisify(execFile)(process.execPath, wrangler, { cwd: root, env });
  const providers = await startFakeProviders();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      compatibilityDate: "2026-11-01",
      modules: [{ type: "ESModule", path: join(folder, "harness.js") }],
      modulesRoot: folder,
      name: "author",
      bindings: providers.settings(),
      serviceBindings: { AUTHOR: { name: "author", entrypoint: "Author" } },
      handleStructuredLogs: () => {},
    }),
  );
  const origin = (await miniflare.ready).origin;
  const gzippedKibibytes = Number(/gzip: ([\d.]+) KiB/.exec(stdout)?.[1]);
  project.provide("author", { origin, providers: providers.origin, gzippedKibibytes });
  return async () => {
    await Promise.all([miniflare.dispose(), providers.close()]);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
