import { z } from "zod";
import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";

/** The input of one run of a sweep. Times in Unix milliseconds. */
export interface SweepContext {
  env: Env;
  config: Config;
  now: number;
  /** When to stop; the next run continues with the rest. */
  until: number;
}

/** The result of one run of a sweep. */
export interface SweepResult<P> {
  /** Where the next run continues; null to start a new round. */
  position: P | null;
  /** Whether the round is unfinished. */
  more: boolean;
  /** How many items were checked. */
  looked: number;
  /** How many problems were found and corrected, by name. */
  findings: Record<string, number>;
}

/** Checks stored data in bounded steps and corrects what a crash left behind. */
export interface Sweep<P = unknown> {
  /** Lower-case words with `_`. Also the value of the label `sweep` in the metrics. */
  name: string;
  position: z.ZodType<P>;
  /** @throws whatever D1, R2 or a TaskObject throws; the next run then starts from the same position. */
  run(context: SweepContext, position: P | null): Promise<SweepResult<P>>;
}

/** The progress of a round over objects in R2. */
export const objectPositionSchema = z.strictObject({
  /** The key after which the next run continues; null at the start. */
  after: z.string().nullable(),
  /** How many objects this round has checked so far. */
  looked: z.number(),
  /** How many objects the whole last round checked. */
  lastRound: z.number(),
});
export type ObjectPosition = z.infer<typeof objectPositionSchema>;

/** Max runs for a round over all objects. Hourly runs make 24 a day; fewer than that leave room for new objects. */
const RUNS_PER_ROUND = 20;

/** Max objects to check in one run: at least `min`, and enough to finish a round as large as the last one within a day. */
function maxObjects(min: number, position: ObjectPosition | null): number {
  return Math.max(min, Math.ceil((position?.lastRound ?? 0) / RUNS_PER_ROUND));
}

/** Checks one page of objects after a key. Returns how many it checked, and the key to continue after; null at the end. */
type CheckPage = (after: string | null) => Promise<{ looked: number; next: string | null }>;

/** Checks page after page, until the end, the max number of objects or the time limit is reached. */
async function checkPages(
  { config, until }: SweepContext,
  start: ObjectPosition | null,
  checkPage: CheckPage,
): Promise<Omit<SweepResult<ObjectPosition>, "findings">> {
  const max = maxObjects(config.SWEEP_OBJECTS, start);
  const before = start?.looked ?? 0;
  let after = start?.after ?? null;
  let looked = 0;
  do {
    const page = await checkPage(after);
    looked += page.looked;
    after = page.next;
  } while (after !== null && looked < max && Date.now() < until);
  const round = before + looked;
  const position =
    after === null
      ? { after, looked: 0, lastRound: round }
      : { after, looked: round, lastRound: start?.lastRound ?? 0 };
  return { position, more: after !== null, looked };
}

/** Whether an object is old enough to be removed if nothing owns it. The upload or job of a younger one may still be running. */
export function pastGrace({ config, now }: SweepContext, { uploaded }: Pick<R2Object, "uploaded">): boolean {
  return uploaded.getTime() <= now - config.SWEEP_GRACE_SECONDS * 1000;
}

/**
 * A sweep over objects in R2.
 *
 * @param checkPage a {@link CheckPage} that also adds its findings.
 */
export function objectSweep(
  name: string,
  checkPage: (context: SweepContext, after: string | null, findings: Findings) => ReturnType<CheckPage>,
): Sweep<ObjectPosition> {
  return {
    name,
    position: objectPositionSchema,
    async run(context, position) {
      const findings = new Findings();
      const progress = await checkPages(context, position, (after) => checkPage(context, after, findings));
      return { ...progress, findings: findings.counts };
    },
  };
}

/** Counts the findings of a run. */
export class Findings {
  readonly counts: Record<string, number> = {};

  add(finding: string, amount = 1): void {
    if (amount > 0) this.counts[finding] = (this.counts[finding] ?? 0) + amount;
  }
}

/** A Worker may have six connections open at the same time. */
const MAX_PARALLEL_CALLS = 6;

/**
 * Calls `work` with each item, up to {@link MAX_PARALLEL_CALLS} at the same time.
 *
 * @param failed is called with each item whose work throws. The other items are still worked on.
 */
export async function forEachParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  failed: (item: T, error: unknown) => void,
): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item).catch((error: unknown) => failed(item, error));
  };
  await Promise.all(Array.from({ length: MAX_PARALLEL_CALLS }, worker));
}
