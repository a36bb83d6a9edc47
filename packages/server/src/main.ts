#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArguments, USAGE, UsageError } from "./arguments.ts";
import { isSupervised, leaveSupervisor, obeySupervisor, supervise } from "./supervise.ts";

/** Runs a command line. Returns its exit code. */
async function run(args: readonly string[], signal: AbortSignal): Promise<number> {
  const parsed = parseArguments(args);
  switch (parsed.command) {
    case "help":
      console.log(USAGE);
      return 0;
    case "version": {
      const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
      console.log((JSON.parse(manifest) as { version: string }).version);
      return 0;
    }
    case "serve":
      if (!isSupervised()) return supervise(fileURLToPath(import.meta.url), args, signal);
      return (await import("./serve.ts")).serve(parsed, signal);
    case "keys":
      return (await import("./keys.ts")).keys(parsed.rest, parsed.data);
  }
}

const interrupted = new AbortController();
let interruptedAt = 0;
const interrupt = () => {
  // Who asks again does not want to wait. One Ctrl-C may arrive twice: from the terminal and from `edgereel serve`.
  if (interrupted.signal.aborted && Date.now() > interruptedAt + 1_000) process.exit(130);
  interruptedAt = Date.now();
  interrupted.abort();
};
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, interrupt);
if (isSupervised()) obeySupervisor(interrupt);
try {
  process.exitCode = await run(process.argv.slice(2), interrupted.signal);
} catch (error) {
  const wrong = error instanceof UsageError;
  console.error(`edgereel-server: ${error instanceof Error ? error.message : String(error)}`);
  if (wrong) console.error("(edgereel-server --help shows the options)");
  process.exitCode = wrong ? 2 : 1;
} finally {
  leaveSupervisor();
}
