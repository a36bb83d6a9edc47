import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { Tail } from "./tail.ts";

/** What a process may take. */
export interface ProcessLimits {
  /** Wall-clock time. */
  seconds: number;
  /** Bytes of one file that it writes. */
  fileBytes: number;
  /** Bytes of its data segment: heap and private mappings. */
  memoryBytes: number;
  /** Bytes that it may print to its standard output. */
  stdoutBytes: number;
}

/** How a process ended. `log` holds the last of its standard error. */
export type ProcessEnd = { log: string } & (
  | { reason: "exit"; code: number; stdout: string }
  | { reason: "signal"; signal: NodeJS.Signals }
  | { reason: "timeout" | "file_limit" | "stdout_limit" | "killed" }
);

const LOG_BYTES = 8192;

/**
 * Sets limits on the shell's own process, then becomes the program; POSIX counts file sizes in blocks
 * of 512 bytes. The limit on processor time ends a program whose server was killed and could not end it.
 */
const LIMITED = 'ulimit -c 0; ulimit -f "$1"; ulimit -d "$2"; ulimit -t "$3"; shift 3; exec "$@"';

/** Makes the kernel end a program with its parent, where util-linux is there to ask for it. */
const WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"];
const withParent = spawnSync("setpriv", [...WITH_PARENT.slice(1), "true"]).status === 0 ? WITH_PARENT : [];

/**
 * Runs a program within limits, in a process group of its own and an environment without the server's
 * secrets. When a limit is reached or the signal aborts, the whole group is killed at once.
 *
 * @returns how it ended, once no process of it is left.
 * @throws Error when it could not be started, or the signal's reason.
 */
export async function runLimited(
  command: readonly [string, ...string[]],
  options: { cwd: string; cache: string; limits: ProcessLimits; signal: AbortSignal },
): Promise<ProcessEnd> {
  const { cwd, limits, signal } = options;
  signal.throwIfAborted();
  const shellLimits = [
    Math.ceil(limits.fileBytes / 512),
    Math.ceil(limits.memoryBytes / 1024),
    Math.ceil(limits.seconds * availableParallelism()) + 5,
  ];
  const [program, ...args] = [...withParent, "sh", "-c", LIMITED, "sh", ...shellLimits.map(String), ...command];
  const child = spawn(program ?? "sh", args, {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      LANG: "C.UTF-8",
      HOME: cwd,
      TMPDIR: cwd,
      // fontconfig's, shared by all jobs.
      XDG_CACHE_HOME: options.cache,
      AV_LOG_FORCE_NOCOLOR: "1",
    },
  });
  const log = new Tail(LOG_BYTES);
  const stdout: Buffer[] = [];
  let printed = 0;
  const end: { cause?: "timeout" | "stdout_limit" | "aborted" } = {};
  const kill = (cause: NonNullable<typeof end.cause>) => {
    end.cause ??= cause;
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  };
  child.stderr.on("data", (chunk: Buffer) => log.add(chunk));
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.byteLength;
    if (printed > limits.stdoutBytes) kill("stdout_limit");
    else stdout.push(chunk);
  });
  const timer = setTimeout(() => kill("timeout"), limits.seconds * 1000);
  const abort = () => kill("aborted");
  signal.addEventListener("abort", abort, { once: true });
  try {
    const [code, ended] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (...how) => resolve(how));
    });
    const { cause } = end;
    if (cause === "aborted") throw signal.reason;
    const said = { log: log.toString() };
    if (cause) return { reason: cause, ...said };
    if (ended === "SIGXFSZ") return { reason: "file_limit", ...said };
    if (ended === "SIGKILL") return { reason: "killed", ...said };
    if (ended) return { reason: "signal", signal: ended, ...said };
    return { reason: "exit", code: code ?? 1, stdout: Buffer.concat(stdout).toString("utf8"), ...said };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Gone in this very moment.
  }
}
