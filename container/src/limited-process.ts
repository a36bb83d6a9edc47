import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { OutputTail } from "./output-tail.ts";

/** Limits of a process. */
export interface ProcessLimits {
  /** Max wall-clock time. */
  seconds: number;
  /** Max bytes of a file that it writes. */
  fileBytes: number;
  /** Max bytes of its data segment: heap and private mappings. */
  memoryBytes: number;
  /** Max bytes that it may print to its standard output. */
  stdoutBytes: number;
}

/** How a process ended. `log` has the last bytes of its standard error. `stdout` is empty if its lines were read. */
export type ProcessEnd = { log: string } & (
  | { reason: "exit"; code: number; stdout: string }
  | { reason: "signal"; signal: NodeJS.Signals }
  | { reason: "timeout" | "file_limit" | "stdout_limit" | "killed" }
);

const MAX_LOG_BYTES = 8192;

/**
 * A shell script that sets the limits of its own process and then becomes the program. POSIX counts file sizes in
 * blocks of 512 bytes. The limit on CPU time ends the program if the server was killed and cannot end it.
 */
const LIMIT_AND_EXEC_SCRIPT = 'ulimit -c 0; ulimit -f "$1"; ulimit -d "$2"; ulimit -t "$3"; shift 3; exec "$@"';

/**
 * A command prefix that makes the kernel kill the program when its parent dies. Empty if util-linux is not installed.
 */
const DIE_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"];
const prefix = spawnSync("setpriv", [...DIE_WITH_PARENT.slice(1), "true"]).status === 0 ? DIE_WITH_PARENT : [];

/**
 * Runs a program with limits, in its own process group, and with an environment that has no secrets of the server. If a
 * limit is exceeded or the signal aborts, the whole process group is killed.
 *
 * @returns how the program ended, after its output streams are closed.
 * @throws Error if the program cannot be started. If the signal aborts, throws its reason.
 */
export async function runLimited(
  command: readonly [string, ...string[]],
  options: {
    cwd: string;
    cache: string;
    limits: ProcessLimits;
    signal: AbortSignal;
    /** Called with each line of the standard output, which then may have any length and is not kept. */
    readLine?: (line: string) => void;
  },
): Promise<ProcessEnd> {
  const { cwd, limits, signal, readLine } = options;
  signal.throwIfAborted();
  const shellLimits = [
    Math.ceil(limits.fileBytes / 512),
    Math.ceil(limits.memoryBytes / 1024),
    Math.ceil(limits.seconds * availableParallelism()) + 5,
  ];
  const [program, ...args] = [
    ...prefix,
    "sh",
    "-c",
    LIMIT_AND_EXEC_SCRIPT,
    "sh",
    ...shellLimits.map(String),
    ...command,
  ];
  const child = spawn(program ?? "sh", args, {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      LANG: "C.UTF-8",
      HOME: cwd,
      TMPDIR: cwd,
      // fontconfig's cache, shared by all jobs.
      XDG_CACHE_HOME: options.cache,
      AV_LOG_FORCE_NOCOLOR: "1",
    },
  });
  const log = new OutputTail(MAX_LOG_BYTES);
  const stdout: Buffer[] = [];
  let printed = 0;
  const end: { cause?: "timeout" | "stdout_limit" | "aborted" } = {};
  const kill = (cause: NonNullable<typeof end.cause>) => {
    end.cause ??= cause;
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  };
  child.stderr.on("data", (chunk: Buffer) => log.add(chunk));
  if (readLine) createInterface({ input: child.stdout }).on("line", readLine);
  else {
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.byteLength;
      if (printed > limits.stdoutBytes) kill("stdout_limit");
      else stdout.push(chunk);
    });
  }
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
    // The process group has just ended.
  }
}
