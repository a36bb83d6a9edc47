import type { Task } from "../types.ts";
import type { CommandContext, GlobalOptions } from "./context.ts";

const BAR_WIDTH = 30;

/** Shows how far something is. */
export interface Progress {
  /** @param fraction 0 to 1. */
  show(fraction: number, text: string): void;
  /** Ends the bar's line. */
  end(): void;
}

/** A bar in a terminal. Elsewhere, one line for each new text. Nothing with `--quiet` or `--json`. */
export function progressOn({ stderr }: CommandContext, { quiet, json }: GlobalOptions): Progress {
  if (quiet || json) return { show: () => {}, end: () => {} };
  let shown = "";
  if (!stderr.isTTY) {
    return {
      show(fraction, text) {
        const line = text.split(",", 1)[0] ?? "";
        if (line !== shown) stderr.write(`${percent(fraction)} ${line}\n`);
        shown = line;
      },
      end: () => {},
    };
  }
  return {
    show(fraction, text) {
      const full = Math.round(fraction * BAR_WIDTH);
      const line = `${"█".repeat(full)}${"░".repeat(BAR_WIDTH - full)} ${percent(fraction)} ${text}`;
      shown = line.slice(0, (stderr.columns ?? 80) - 1);
      stderr.write(`\r\x1b[2K${shown}`);
    },
    end() {
      if (shown !== "") stderr.write("\n");
      shown = "";
    },
  };
}

/** What a task is doing, in a few words. */
export function describeTask({ stage, eta_seconds, queue_position }: Task): string {
  if (stage === "queued" && queue_position !== null) return `queued, number ${queue_position}`;
  return eta_seconds === null ? stage : `${stage}, ${describeSeconds(eta_seconds)} left`;
}

function describeSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function percent(fraction: number): string {
  return `${String(Math.floor(fraction * 100)).padStart(3)} %`;
}
