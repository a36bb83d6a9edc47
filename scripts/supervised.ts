// Runs a command in its own process group. Ends the whole group when this process gets a signal to stop, or when its
// parent ends. Even a SIGKILL of the parent is noticed, because it closes the IPC channel.
import { spawn } from "node:child_process";

const [command = "", ...args] = process.argv.slice(2);
const child = spawn(command, args, { detached: true, stdio: ["ignore", "inherit", "inherit"] });

const send = (signal: NodeJS.Signals) => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has already ended.
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
