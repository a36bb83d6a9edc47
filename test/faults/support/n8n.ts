import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { n8nFolder } from "../../../scripts/packages/install-n8n.ts";
import { execute } from "../../e2e/support/programs.ts";
import { packPackage } from "./pack.ts";

export { n8nFolder };

/** True if n8n's engine and linter are installed. */
export const hasN8n = existsSync(join(n8nFolder, "node_modules/n8n-core/package.json"));

const source = fileURLToPath(new URL("../../../packages/n8n-nodes-edgereel/", import.meta.url));

/** Packs the n8n package and unpacks it where n8n's packages are found. Returns its folder. */
export async function installNodes(temporary: string): Promise<string> {
  const archive = await packPackage("packages/n8n-nodes-edgereel", temporary);
  const folder = join(n8nFolder, "node_modules/n8n-nodes-edgereel");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await execute("tar", ["-xzf", archive, "-C", folder, "--strip-components=1"]);
  return folder;
}

/** Copies the sources of the n8n package to a folder below n8n's packages, for its linter and types. */
export async function copySources(): Promise<string> {
  const folder = join(n8nFolder, "sources");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(source)) {
    // n8n-workflow itself has the types that stand in for it in the repository.
    if (name !== "types" && name !== "dist") await cp(join(source, name), join(folder, name), { recursive: true });
  }
  return folder;
}

/** Runs n8n's engine. Yields each line of JSON that it prints. */
export async function* runEngine(nodes: string, home: string, input: object): AsyncGenerator<unknown> {
  const script = fileURLToPath(new URL("n8n-engine.cjs", import.meta.url));
  const env = { ...process.env, N8N_USER_FOLDER: home };
  const child = spawn(process.execPath, [script, nodes], {
    ...{ cwd: n8nFolder, env, stdio: ["pipe", "pipe", "inherit"] },
  });
  try {
    child.stdin?.end(JSON.stringify(input));
    if (!child.stdout) return;
    for await (const line of createInterface({ input: child.stdout })) if (line.startsWith("{")) yield JSON.parse(line);
  } finally {
    child.kill("SIGKILL");
  }
}
