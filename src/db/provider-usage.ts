import { and, eq, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { providerUsage } from "./schema.ts";

/** What an owner used of paid providers on one day (UTC). */
export interface Usage {
  /** Characters that voices spoke. */
  characters: number;
  /** Tokens that language models read and wrote. */
  tokens: number;
}

/** Counts what owners use of language models and voices, per day. */
export class ProviderUsage {
  readonly #database: ReturnType<typeof drizzle>;

  constructor(database: D1Database) {
    this.#database = drizzle(database);
  }

  /** What an owner has used today. */
  async today(owner: string, now = Date.now()): Promise<Usage> {
    const rows = await this.#database
      .select({ characters: providerUsage.characters, tokens: providerUsage.tokens })
      .from(providerUsage)
      .where(and(eq(providerUsage.owner, owner), eq(providerUsage.day, dayOf(now))));
    return rows[0] ?? { characters: 0, tokens: 0 };
  }

  /** Adds to what an owner has used today. */
  async add(owner: string, { characters = 0, tokens = 0 }: Partial<Usage>, now = Date.now()): Promise<void> {
    await this.#database
      .insert(providerUsage)
      .values({ owner, day: dayOf(now), characters, tokens })
      .onConflictDoUpdate({
        target: [providerUsage.owner, providerUsage.day],
        set: {
          characters: sql`${providerUsage.characters} + ${characters}`,
          tokens: sql`${providerUsage.tokens} + ${tokens}`,
        },
      });
  }

  /** Removes the counts of past days. */
  async forget(now = Date.now()): Promise<void> {
    await this.#database.delete(providerUsage).where(lt(providerUsage.day, dayOf(now)));
  }
}

/** The day of a time, as `YYYY-MM-DD` in UTC. */
function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}
