import { ProviderUsage, type Usage } from "../../db/provider-usage.ts";
import { log, messageOf } from "../../util/log.ts";

/** Counts what a job used of paid providers. A count that is lost must not lose what was paid for. */
export async function countUsage(env: { DB: D1Database }, owner: string, usage: Partial<Usage>): Promise<void> {
  try {
    await new ProviderUsage(env.DB).add(owner, usage);
  } catch (error) {
    log("usage_not_counted", { message: messageOf(error) });
  }
}
