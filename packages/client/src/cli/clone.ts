import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./exit-codes.ts";
import { runProgram } from "./run-program.ts";

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

/** Runs a script of a clone of the repository. Returns its exit code. */
export async function runRepositoryScript(
  repository: string,
  script: string,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const node = join(repository, "node_modules/node/bin/node");
  if (!existsSync(node)) throw new UsageError(`${repository}: run \`npm ci\` first`);
  return runProgram(node, [join(repository, script), ...args], context, repository);
}
