import { readConfig } from "../config/config.ts";
import { log, messageOf } from "../util/log.ts";
import { COSTLY_REQUESTS_LIMIT, QuotaError, type QuotaName, REQUESTS_PERIOD_SECONDS } from "./quota.ts";

/** The Worker's binding that counts costly requests. */
export interface CostlyRequestBindings {
  COSTLY_REQUESTS: RateLimit;
}

/**
 * Counts a request that is answered at once but costs more than others: it renders, or asks a provider. With `AUTH=off`
 * nothing is counted, because there are no owners.
 *
 * @throws QuotaError if the owner made too many of them within a minute.
 */
export async function countCostlyRequest(
  env: CostlyRequestBindings,
  owner: string,
  kind: Extract<QuotaName, "caption-previews" | "footage-searches">,
): Promise<void> {
  if (readConfig(env).AUTH === "off") return;
  const outcome = await env.COSTLY_REQUESTS.limit({ key: `${kind}/${owner}` }).catch((error: unknown) => {
    // If the rate limiter fails, let requests through instead of closing the service.
    log("rate_limit_failed", { message: messageOf(error) });
    return { success: true };
  });
  if (outcome.success) return;
  const amounts = { limit: COSTLY_REQUESTS_LIMIT, left: 0, retryAfter: REQUESTS_PERIOD_SECONDS };
  const message = `more than ${COSTLY_REQUESTS_LIMIT} ${kind.replace("-", " ")} in ${REQUESTS_PERIOD_SECONDS} seconds`;
  throw new QuotaError(kind, message, amounts);
}
