import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "../../e2e/support/programs.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Packs a package as `npm publish` does, which builds it. Returns the path of the archive. */
export async function packPackage(path: string, destination: string): Promise<string> {
  const args = ["pack", "--json", "--loglevel=error", "--pack-destination", destination];
  const { stdout } = await execute("npm", args, { cwd: join(root, path) });
  const packed = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as unknown;
  const [file] = Array.isArray(packed) ? packed : Object.values(packed as object);
  return join(destination, (file as { filename: string }).filename);
}

/** The files in an archive, relative to the package. */
export async function filesOf(archive: string): Promise<string[]> {
  const { stdout } = await execute("tar", ["-tzf", archive]);
  return stdout
    .trim()
    .split("\n")
    .map((name) => name.replace(/^package\//, ""));
}
