import { spawn } from "node:child_process";
import { once } from "node:events";

/** Set in the environment of a supervised process. */
const MARK = "EDGEREEL_SUPERVISED";

/** True in the process that {@link supervise} started. */
export const isSupervised = (): boolean => process.env[MARK] !== undefined;

/**
 * Runs this program again, in a process group of its own, and waits for its end. Ctrl-C in a terminal then reaches only
 * this process, so that the other one can end its processes in order. If one of the two is killed, no process is left.
 *
 * @returns the exit code.
 */
export async function supervise(program: string, args: readonly string[], signal: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, [program, ...args], {
    // Windows has no process groups.
    detached: process.platform !== "win32",
    env: { ...process.env, [MARK]: "1" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const stop = () => child.connected && child.send("stop");
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const kill = () => killGroup(child.pid);
  process.on("exit", kill);
  const [code] = (await once(child, "exit")) as [number | null];
  kill();
  return code ?? 1;
}

/** In the supervised process: calls `stop` when the other process asks for it, and ends all if that process is gone. */
export function obeySupervisor(stop: () => void): void {
  process.on("message", (message) => {
    if (message === "stop") stop();
  });
  process.on("disconnect", () => {
    killGroup(process.pid);
    process.exit(1);
  });
}

/** Lets the supervised process end when its work is done. */
export function leaveSupervisor(): void {
  process.removeAllListeners("disconnect");
  if (process.connected) process.disconnect();
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined || process.platform === "win32") return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // The group has ended already.
  }
}
