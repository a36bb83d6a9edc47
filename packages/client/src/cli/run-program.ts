import { spawn } from "node:child_process";
import { once } from "node:events";
import type { CommandContext } from "./context.ts";

/** Runs a program in place of this command, and passes Ctrl-C on. Returns its exit code. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { env, signal }: CommandContext,
  cwd = process.cwd(),
): Promise<number> {
  // npx is a script on Windows, which only a shell starts.
  const shell = process.platform === "win32" && program === "npx";
  const child = spawn(program, [...args], { cwd, env, stdio: "inherit", shell });
  // A terminal sends Ctrl-C to the child too. Other senders reach only this process.
  signal.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}
