import type { BatchItem } from "drizzle-orm/batch";
import type { drizzle } from "drizzle-orm/d1";

/** How many ids or names one statement holds: D1 takes 100 bound parameters. */
export const IDS_PER_STATEMENT = 90;

/**
 * Selects by any number of ids or names, in as many statements as that takes and one call.
 *
 * @param select the statement for some of them.
 */
export async function selectByIds<S extends BatchItem<"sqlite">>(
  database: ReturnType<typeof drizzle>,
  ids: readonly string[],
  select: (some: string[]) => S,
): Promise<S["_"]["result"][]> {
  const statements: S[] = [];
  for (let from = 0; from < ids.length; from += IDS_PER_STATEMENT) {
    statements.push(select(ids.slice(from, from + IDS_PER_STATEMENT)));
  }
  const [first, ...others] = statements;
  return first ? database.batch([first, ...others]) : [];
}
