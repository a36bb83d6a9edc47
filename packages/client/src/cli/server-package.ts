import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { repositoryOf, runRepositoryScript } from "./clone.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./exit-codes.ts";
import { runProgram } from "./run-program.ts";

/** The package that has the service. It is not a dependency, because most users of the client have a service already. */
const PACKAGE = "edgereel-server";

/** Options of `edgereel serve`. */
export interface ServeOptions {
  port: string;
  data?: string;
  auth?: boolean;
  native?: boolean;
  verbose?: boolean;
  /** False for --no-install. */
  install: boolean;
}

/**
 * `edgereel serve`: runs a service on this machine until Ctrl-C. In a clone of the repository it is that of the clone;
 * elsewhere that of the package `edgereel-server`, which npx downloads if it is not installed.
 *
 * @param version of this package. The service has the same version.
 */
export async function serve(options: ServeOptions, context: CommandContext, version: string): Promise<number> {
  const { port, data, auth, native, verbose, install } = options;
  const repository = repositoryOf(process.cwd());
  if (repository !== null) {
    if (data !== undefined) throw new UsageError("--data: in a clone of the repository the data is in .wrangler/state");
    const env = { ...context.env, PORT: port, ...(auth ? { AUTH: "on" } : {}) };
    const args = native ? ["--native"] : [];
    return runRepositoryScript(repository, "scripts/dev.ts", args, { ...context, env });
  }
  const flags = Object.entries({ auth, native, verbose }).flatMap(([name, on]) => (on ? [`--${name}`] : []));
  const args = ["serve", "--port", port, ...(data === undefined ? [] : ["--data", data]), ...flags];
  const program = installedServer();
  if (program !== null) return runProgram(process.execPath, [program, ...args], context);
  if (!install) throw new UsageError(`${PACKAGE} is not installed; install it with: ${installCommand(version)}`);
  context.stderr.write(`${PACKAGE} is not installed here, so npx downloads it once (about 130 MB).\n`);
  const code = await runProgram("npx", ["--yes", `${PACKAGE}@${version}`, ...args], context);
  if (code !== 0 && !context.signal.aborted) {
    context.stderr.write(`If npx could not run it, install it with: ${installCommand(version)}\n`);
  }
  return code;
}

/** `edgereel keys`: manages the API keys of a service on this machine. */
export async function keys(args: readonly string[], context: CommandContext, version: string): Promise<number> {
  const repository = repositoryOf(process.cwd());
  if (repository !== null) return runRepositoryScript(repository, "scripts/keys.ts", args, context);
  const program = installedServer();
  if (program !== null) return runProgram(process.execPath, [program, "keys", ...args], context);
  throw new UsageError(
    "API keys are managed in the service's database, not by its API. For a service on this machine, install " +
      `${installCommand(version)}; for a deployed one, use this command in a clone of Edgereel's repository.`,
  );
}

const installCommand = (version: string) => `npm install ${PACKAGE}@${version}`;

/** The program of the server package that is installed in this folder or next to this package; null if there is none. */
function installedServer(): string | null {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      const manifest = createRequire(from).resolve(`${PACKAGE}/package.json`);
      return join(dirname(manifest), "dist/main.js");
    } catch {
      // Not there.
    }
  }
  return null;
}
