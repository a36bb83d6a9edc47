import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./exit-codes.ts";

/** The name in the package.json of Edgereel's repository. */
const REPOSITORY_NAME = "@edgereel/service";

/** The folder of Edgereel's repository that holds a folder; null outside of one. */
export function repositoryOf(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, "package.json");
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: unknown };
      if (name === REPOSITORY_NAME) return at;
    }
    if (dirname(at) === at) return null;
  }
}

/** Runs a script of the repository in which the command is used. Returns its exit code. */
export async function runRepositoryScript(
  script: string,
  args: readonly string[],
  { env, signal }: CommandContext,
  why: string,
): Promise<number> {
  const repository = repositoryOf(process.cwd());
  if (repository === null) {
    throw new UsageError(`${why}. Clone Edgereel's repository, run \`npm ci\` in it, and use this command there.`);
  }
  const node = join(repository, "node_modules/node/bin/node");
  if (!existsSync(node)) throw new UsageError(`${repository}: run \`npm ci\` first`);
  const child = spawn(node, [join(repository, script), ...args], { cwd: repository, env, stdio: "inherit" });
  // A terminal sends Ctrl-C to the child too. Other senders reach only this process.
  signal.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
