import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second, as /proc counts them on Linux (proc(5), sysconf(_SC_CLK_TCK)). */
const TICKS = 100;

/**
 * CPU seconds used so far by a process and everything it started: those that run, and those that ended
 * and were waited for. Reads /proc, so Linux only.
 */
export function cpuSeconds(root: number): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readStat(Number(name))];
      } catch {
        // It ended meanwhile.
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
  return processes.filter(({ pid }) => family.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS;
}

function readStat(pid: number): { pid: number; parent: number; ticks: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold spaces: the fields after it are counted from its end.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
  return { pid, parent: Number(fields[1]), ticks };
}
