import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

/** True if the machine has the program. Tests that need a missing program are skipped. */
export function has(program: string): boolean {
  return spawnSync(program, ["-version"], { stdio: "ignore" }).error === undefined;
}

/** Runs a program and returns its stdout and stderr. Throws if its exit code is not 0. */
export const execute = promisify(execFile);
