import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

/** Whether the machine has a program; tests that need one say so where they are skipped. */
export function has(program: string): boolean {
  return spawnSync(program, ["-version"], { stdio: "ignore" }).error === undefined;
}

/** Runs a program of the machine and answers what it printed. Throws when it fails. */
export const execute = promisify(execFile);
