import { z } from "zod";
import type { Config } from "../config/config.ts";
import type { Env } from "../env.ts";

/** What a run of a sweep is given. Times in Unix milliseconds. */
export interface SweepContext {
  env: Env;
  config: Config;
  now: number;
  /** When to stop and leave the rest to the next run. */
  until: number;
}

/** What a run of a sweep came to. */
export interface SweepResult<P> {
  /** What the next run goes on from; null for the beginning. */
  position: P | null;
  /** Whether the round is unfinished. */
  more: boolean;
  /** How many things were looked at. */
  looked: number;
  /** How many of them were found wanting and put in order, by what it was. */
  findings: Record<string, number>;
}

/** A look at a part of what is stored, in bounded steps, that puts in order what a crash left behind. */
export interface Sweep<P = unknown> {
  /** Lower-case words with `_`: it is a label in the metrics. */
  name: string;
  position: z.ZodType<P>;
  /** @throws whatever D1, R2 or a TaskObject throws; the next run then begins where this one did. */
  run(context: SweepContext, position: P | null): Promise<SweepResult<P>>;
}

/** How far a walk over objects has come in a round. */
export const objectPositionSchema = z.strictObject({
  /** The key after which it goes on; null at the beginning. */
  after: z.string().nullable(),
  /** How much was looked at in this round, and in the whole of the last one. */
  looked: z.number(),
  lastRound: z.number(),
});
export type ObjectPosition = z.infer<typeof objectPositionSchema>;

/** Runs in which a round over all objects is to be made: fewer than the 24 that a day has, since there may be more by then. */
const RUNS_PER_ROUND = 20;

/** Most things looked at in one run: enough to come round within a day, whatever the size of the last round. */
export function budget(least: number, position: ObjectPosition | null): number {
  return Math.max(least, Math.ceil((position?.lastRound ?? 0) / RUNS_PER_ROUND));
}

/**
 * Walks over pages until the end, the budget or the time is reached.
 *
 * @param look looks at what comes after a key: how many things that were, and the last key where there are more.
 */
export async function walk(
  { config, until }: SweepContext,
  start: ObjectPosition | null,
  look: (after: string | null) => Promise<{ looked: number; next: string | null }>,
): Promise<Omit<SweepResult<ObjectPosition>, "findings">> {
  const most = budget(config.SWEEP_OBJECTS, start);
  const before = start?.looked ?? 0;
  let after = start?.after ?? null;
  let looked = 0;
  do {
    const page = await look(after);
    looked += page.looked;
    after = page.next;
  } while (after !== null && looked < most && Date.now() < until);
  const round = before + looked;
  const position =
    after === null
      ? { after, looked: 0, lastRound: round }
      : { after, looked: round, lastRound: start?.lastRound ?? 0 };
  return { position, more: after !== null, looked };
}

/** Whether an object is old enough to be found without an owner: what makes a younger one may not be done. */
export function pastGrace({ config, now }: SweepContext, { uploaded }: Pick<R2Object, "uploaded">): boolean {
  return uploaded.getTime() <= now - config.SWEEP_GRACE_SECONDS * 1000;
}

/**
 * A sweep that walks over objects.
 *
 * @param look as for {@link walk}; it adds what it finds.
 */
export function objectSweep(
  name: string,
  look: (
    context: SweepContext,
    after: string | null,
    findings: Findings,
  ) => Promise<{ looked: number; next: string | null }>,
): Sweep<ObjectPosition> {
  return {
    name,
    position: objectPositionSchema,
    async run(context, position) {
      const findings = new Findings();
      const walked = await walk(context, position, (after) => look(context, after, findings));
      return { ...walked, findings: findings.counts };
    },
  };
}

/** Findings of a run, counted as they come. */
export class Findings {
  readonly counts: Record<string, number> = {};

  add(finding: string, more = 1): void {
    if (more > 0) this.counts[finding] = (this.counts[finding] ?? 0) + more;
  }
}

/** How many calls a sweep has under way at once: a Worker may wait for six. */
const AT_ONCE = 6;

/**
 * Does something with each item, a few at a time.
 *
 * @param failed is told of each one that threw; the others go on.
 */
export async function each<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  failed: (item: T, error: unknown) => void,
): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item).catch((error: unknown) => failed(item, error));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
