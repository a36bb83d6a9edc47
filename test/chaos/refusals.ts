import type { LoggedRequest } from "../support/providers/server.ts";
import type { TrackedTask } from "./actor.ts";
import { post, requestUntilAnswered } from "./client.ts";
import { markerIn } from "./payments.ts";
import type { ShownTask } from "./settle.ts";
import type { World } from "./world.ts";

/** The answers of providers that no retry heals, with the code that a task fails with. */
const REFUSALS: Readonly<Record<string, string>> = { "401": "provider_refused", "402": "provider_limit" };

/**
 * Retries the tasks that failed because a provider refused one of their requests, as a user does who has corrected a key
 * or an account. They must succeed then.
 *
 * @returns how many tasks were retried.
 */
export async function retryRefused(
  world: World,
  tasks: readonly TrackedTask[],
  log: readonly LoggedRequest[],
): Promise<number> {
  const codes = Map.groupBy(
    log.filter(({ outcome }) => outcome in REFUSALS),
    (request) => markerIn(request),
  );
  let count = 0;
  for (const { id, plan } of tasks) {
    const allowed = codes.get(plan.marker)?.map(({ outcome }) => REFUSALS[outcome]) ?? [];
    if (allowed.length === 0) continue;
    const { data } = await requestUntilAnswered<ShownTask | null>(world.origin, `/api/v1/tasks/${id}`);
    if (data?.stage !== "failed" || !allowed.includes(data.failure?.code)) continue;
    await post(world.origin, `/api/v1/tasks/${id}/retry`, {});
    count++;
  }
  return count;
}
