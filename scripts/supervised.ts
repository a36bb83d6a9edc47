// Runs a command in a process group of its own and ends the whole group when this process is told to
// stop, or when its parent is gone, however it went: a SIGKILL of the parent closes the IPC channel.
import { spawn } from "node:child_process";

const [command = "", ...args] = process.argv.slice(2);
const child = spawn(command, args, { detached: true, stdio: ["ignore", "inherit", "inherit"] });

const send = (signal: NodeJS.Signals) => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
};

const stop = () => {
  send("SIGTERM");
  setTimeout(() => send("SIGKILL"), 3_000).unref();
};

process.on("disconnect", () => {
  send("SIGKILL");
  process.exit(1);
});
process.on("message", (signal: "SIGSTOP" | "SIGCONT") => send(signal));
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
child.on("exit", (code) => {
  send("SIGKILL");
  process.exit(code ?? 1);
});
