import type { BatchItem } from "drizzle-orm/batch";
import type { drizzle } from "drizzle-orm/d1";

/** Max ids or names in one statement. D1 allows 100 bound parameters; the rest is for other values. */
export const MAX_IDS_PER_STATEMENT = 90;

/**
 * Selects rows by any number of ids or names. Several statements are sent to D1 as one batch.
 *
 * @param select returns the statement for at most {@link MAX_IDS_PER_STATEMENT} of the ids.
 * @returns the result of each statement.
 */
export async function selectByIds<S extends BatchItem<"sqlite">>(
  database: ReturnType<typeof drizzle>,
  ids: readonly string[],
  select: (some: string[]) => S,
): Promise<S["_"]["result"][]> {
  const statements: S[] = [];
  for (let from = 0; from < ids.length; from += MAX_IDS_PER_STATEMENT) {
    statements.push(select(ids.slice(from, from + MAX_IDS_PER_STATEMENT)));
  }
  const [first, ...others] = statements;
  return first ? database.batch([first, ...others]) : [];
}
