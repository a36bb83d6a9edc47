import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks per second in /proc on Linux (proc(5), sysconf(_SC_CLK_TCK)). */
const CLOCK_TICKS_PER_SECOND = 100;

/**
 * CPU seconds used so far by a process and all its descendants, including those that have ended and were waited for.
 * Reads /proc, so it works on Linux only.
 */
export function cpuSeconds(root: number): number {
  return familyOf(root).reduce((sum, { ticks }) => sum + ticks, 0) / CLOCK_TICKS_PER_SECOND;
}

/** A process and all its descendants. */
function familyOf(root: number): Process[] {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readStat(Number(name))];
      } catch {
        // The process has ended.
        return [];
      }
    });
  const family = new Set([root]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent } of processes) {
      if (family.has(parent) && !family.has(pid)) {
        family.add(pid);
        grown = true;
      }
    }
  }
  return processes.filter(({ pid }) => family.has(pid));
}

interface Process {
  pid: number;
  parent: number;
  /** CPU time, also that of children that have ended. */
  ticks: number;
}

function readStat(pid: number): Process {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may have spaces, so count the fields from the closing parenthesis.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  return { pid, parent: Number(fields[1]), ticks };
}

/** CPU seconds used so far by the child process of this one whose command line matches, and by its descendants. */
export function cpuSecondsOfChild(command: RegExp): number {
  return cpuSeconds(childOf(command));
}

/** The sum of the peaks of the memory of the child process whose command line matches and its descendants, in megabytes. */
export function peakMemoryOfChild(command: RegExp): number {
  const kilobytes = familyOf(childOf(command)).map(({ pid }) => {
    try {
      return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
    } catch {
      // The process has ended.
      return 0;
    }
  });
  return Math.round(kilobytes.reduce((sum, size) => sum + size, 0) / 1000);
}

function childOf(command: RegExp): number {
  const child = readdirSync("/proc").find((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      return command.test(line) && readStat(Number(name)).parent === process.pid;
    } catch {
      // The process has ended.
      return false;
    }
  });
  if (child === undefined) throw new Error(`no child process runs ${command}`);
  return Number(child);
}
