// Builds the studio, the page at `/`, into public/.
import { createHash } from "node:crypto";
import { glob, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = join(root, "public");
/** What the page is built from. */
const SOURCES = ["studio/**/*.{ts,tsx,css,html,svg}", "public/player/{status,local-address}.js"];
/** Names the sources of the built page. Not served: its name begins with a dot. */
const mark = join(target, "studio/.sources");

/**
 * Builds the studio unless its sources are those of the last build. Several processes may do this at the same time:
 * each file is replaced at once, and the page, which names the others, is the last one.
 *
 * @param unfinished a folder on the same disk for files that are not complete yet.
 */
export async function buildStudio(unfinished: string): Promise<void> {
  const sources = await sourcesHash();
  if (sources === (await readFile(mark, "utf8").catch(() => ""))) return;
  await mkdir(unfinished, { recursive: true });
  const built = await mkdtemp(join(unfinished, "studio-"));
  try {
    const { build } = await import("vite");
    await build({ configFile: join(root, "studio/vite.config.ts"), build: { outDir: built } });
    await mkdir(join(target, "studio"), { recursive: true });
    const names = (await readdir(join(built, "studio"))).map((name) => `studio/${name}`);
    for (const name of [...names, "index.html"]) await rename(join(built, name), join(target, name));
    await writeFile(mark, sources);
    await removeOld(names);
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}

/** Removes files of builds before the one of an hour ago: a page that is open now may still load files of its build. */
async function removeOld(current: readonly string[]): Promise<void> {
  for (const name of await readdir(join(target, "studio"))) {
    const path = join(target, "studio", name);
    if (name.startsWith(".") || current.includes(`studio/${name}`)) continue;
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > 3_600_000) await rm(path, { force: true });
  }
}

async function sourcesHash(): Promise<string> {
  const hash = createHash("sha256");
  const paths = (await Array.fromAsync(glob(SOURCES, { cwd: root }))).sort();
  for (const path of [...paths, "package-lock.json"]) hash.update(path).update(await readFile(join(root, path)));
  return hash.digest("hex");
}
