/** A limit of an owner, by the names that the `RateLimit` fields give it. */
export type QuotaName = "requests" | "tasks-in-flight" | "bytes-stored";

/** An owner has had as much as he may. Answered with 429. */
export class QuotaError extends Error {
  override name = "QuotaError";
  readonly quota: QuotaName;
  /** What he may have. */
  readonly limit: number;
  /** What is left of it: too little for the request. */
  readonly left: number;
  /** Seconds until it is worth trying again. */
  readonly retryAfter: number;

  constructor(quota: QuotaName, message: string, amounts: { limit: number; left: number; retryAfter: number }) {
    super(message);
    this.quota = quota;
    this.limit = amounts.limit;
    this.left = amounts.left;
    this.retryAfter = amounts.retryAfter;
  }
}

/** Seconds in which `QUOTA_REQUESTS` are granted: the period in wrangler.toml's `[[ratelimits]]`. */
export const REQUESTS_WINDOW = 60;

/** The fields of a 429: `Retry-After`, and `RateLimit` and `RateLimit-Policy` by draft-ietf-httpapi-ratelimit-headers-11. */
export function quotaHeaders({ quota, limit, left, retryAfter }: QuotaError): Record<string, string> {
  const unit = { requests: `;w=${REQUESTS_WINDOW}`, "tasks-in-flight": "", "bytes-stored": ';qu="content-bytes"' };
  return {
    "retry-after": String(retryAfter),
    "ratelimit-policy": `"${quota}";q=${limit}${unit[quota]}`,
    // Only requests come back by waiting: of the others nobody knows when there is room.
    ratelimit: `"${quota}";r=${left}${quota === "requests" ? `;t=${retryAfter}` : ""}`,
  };
}
