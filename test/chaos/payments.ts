import { createHash } from "node:crypto";
import { questionText } from "../../src/authoring/outline-jobs.ts";
import { FOOTAGE_SHORT_SIDE } from "../../src/authoring/select-footage.ts";
import { keys } from "../../src/storage/keys.ts";
import { frameSize } from "../../src/timeline/plan-timeline.ts";
import type { LoggedRequest } from "../support/providers/server.ts";
import { field, textField } from "../support/providers/vendor.ts";

/** How long the service may need to store the result of a call on a busy machine, in milliseconds. */
const MAX_STORING_MS = 10_000;
/** How much earlier a fake provider may have noted a call than the harness notes an interruption, in milliseconds. */
const CLOCK_TOLERANCE_MS = 100;

/** The text in every provider request of a task, by the task's number in the plan. */
export const markerOf = (index: number) => `Chaos${String(index).padStart(4, "0")}`;
const MARKER = /Chaos\d{4}/;

/** The marker of the task that a request was sent for; null if the request does not tell. */
export function markerIn({ body, query }: Pick<LoggedRequest, "body" | "query">): string | null {
  return MARKER.exec(JSON.stringify([body, query]))?.[0] ?? null;
}

/** What the harness knows about the tasks. All times in Unix milliseconds. */
export interface TaskEvents {
  /** When all work was interrupted: kills, and clock jumps, which end every lease. */
  interruptions: readonly number[];
  /** By marker: the id of each task, and when clients interrupted its work. */
  tasks: ReadonlyMap<string, { id: string; interruptions: readonly number[] }>;
  /** When an object was first stored, by R2 key. */
  stored: ReadonlyMap<string, number>;
}

/** A task's calls of providers with the same input. */
export interface PaidInput {
  input: string;
  /** How often it was paid for although its result was stored already, or the call before was not interrupted. */
  tooOften: number;
  /** How often it was paid for because the call before was interrupted. */
  interrupted: number;
  /** The calls, and when work was interrupted about then, in seconds after the first call. */
  times: string;
}

/**
 * Finds the inputs that providers were paid for more than once. A call that was in flight at an interruption may be made
 * again, as long as its result is not stored.
 */
export function findPaidTwice(log: readonly LoggedRequest[], events: TaskEvents): PaidInput[] {
  const paid = log.filter((request) => request.paid && markerIn(request) !== null);
  const groups = Map.groupBy(paid, ({ vendor, path, query, body }) => JSON.stringify([vendor, path, query, body]));
  const found: PaidInput[] = [];
  for (const [input, unsorted] of groups) {
    if (unsorted.length < 2) continue;
    const calls = unsorted.toSorted((a, b) => a.at - b.at);
    const task = events.tasks.get(MARKER.exec(input)?.[0] ?? "");
    const interruptions = [...events.interruptions, ...(task?.interruptions ?? [])].toSorted((a, b) => a - b);
    const storedAt = calls[0] && task ? firstStored(calls[0], task.id, events.stored) : null;
    const isAllowed = ({ at, endedAt }: LoggedRequest, next: LoggedRequest) =>
      (storedAt === null || storedAt > next.at) &&
      interruptions.some((time) => time > at - CLOCK_TOLERANCE_MS && time < (endedAt ?? at) + MAX_STORING_MS);
    const allowed = calls.slice(1).filter((next, index) => isAllowed(calls[index] ?? next, next)).length;
    const times = describe(calls, interruptions, storedAt);
    found.push({ input, tooOften: calls.length - 1 - allowed, interrupted: allowed, times });
  }
  return found;
}

/** When the result of a call was first stored; null if it never was, or if its key does not follow from the call. */
function firstStored(
  { vendor, body, query }: LoggedRequest,
  taskId: string,
  stored: ReadonlyMap<string, number>,
): number | null {
  const keyOf = (...question: unknown[]) =>
    keys.authored(
      taskId,
      createHash("sha256")
        .update(questionText(...question))
        .digest("hex"),
    );
  const frame = frameSize("9:16", FOOTAGE_SHORT_SIDE);
  const speech = (voice: string) => ({ text: textField(body, "input"), voice, language: "", rate: 1 });
  const search = { orientation: "portrait", page: 1, shortSide: FOOTAGE_SHORT_SIDE };
  const keysOf = (): string[] => {
    switch (vendor) {
      case "speech":
      case "kokoro": {
        const provider = vendor === "speech" ? "openai" : vendor;
        const key = keyOf("speech", speech(`${provider}:${textField(body, "voice")}`));
        return [key, `${key}.answer.json`];
      }
      case "pexels":
      case "pixabay": {
        const term = query.query ?? query.q ?? "";
        return [keyOf("search", { provider: vendor, term, ...search })];
      }
      case "images": {
        const asked = { prompt: field(body, "prompt"), ...frame };
        return [0, 1, 2].map((index) => keyOf("picture", asked, index));
      }
      default:
        return [];
    }
  };
  const times = keysOf().flatMap((key) => stored.get(key) ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

function describe(calls: readonly LoggedRequest[], interruptions: readonly number[], storedAt: number | null): string {
  const first = Math.min(...calls.map(({ at }) => at));
  const last = Math.max(...calls.map(({ at }) => at));
  const seconds = (time: number | null) => (time === null ? "?" : ((time - first) / 1000).toFixed(1));
  const near = interruptions.filter((time) => time > first - 5_000 && time < last + 5_000);
  const during = calls.map(({ at, endedAt }) => `${seconds(at)}-${seconds(endedAt)}`);
  return `calls ${during.join(", ")}; stored at ${seconds(storedAt)}; interrupted at ${near.map(seconds).join(", ")}`;
}
