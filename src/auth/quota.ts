import { CodedError } from "../api/errors.ts";
import { readConfig } from "../config/config.ts";

/** A quota of an owner, by the name that the `RateLimit` headers give it. */
export type QuotaName = "requests" | "tasks-in-flight" | "bytes-stored";

/** The amounts of a quota. */
export interface QuotaAmounts {
  limit: number;
  /** What is left of the limit: less than the request needs. */
  left: number;
  /** Seconds after which another try is worthwhile. */
  retryAfter: number;
}

/** The owner has used up a quota. */
export class QuotaError extends CodedError {
  override name = "QuotaError";

  constructor(quota: QuotaName, message: string, amounts: QuotaAmounts) {
    super("quota_exceeded", message, { headers: quotaHeaders(quota, amounts) });
  }
}

/** The period in seconds for which `QUOTA_REQUESTS` requests are granted: the one of `[[ratelimits]]` in wrangler.toml. */
export const REQUESTS_PERIOD_SECONDS = 60;

/** `Retry-After`, and `RateLimit` and `RateLimit-Policy` by draft-ietf-httpapi-ratelimit-headers-11. */
function quotaHeaders(quota: QuotaName, { limit, left, retryAfter }: QuotaAmounts): Record<string, string> {
  const unit = {
    requests: `;w=${REQUESTS_PERIOD_SECONDS}`,
    "tasks-in-flight": "",
    "bytes-stored": ';qu="content-bytes"',
  };
  return {
    "retry-after": String(retryAfter),
    "ratelimit-policy": `"${quota}";q=${limit}${unit[quota]}`,
    // Only requests come back with time. Nobody knows when there is room for other things.
    ratelimit: `"${quota}";r=${left}${quota === "requests" ? `;t=${retryAfter}` : ""}`,
  };
}

/** After this many seconds a task of the owner may have ended. */
const TASKS_RETRY_SECONDS = 10;
/** Replaced files are removed within a day and an hour, on the hour. */
const BYTES_RETRY_SECONDS = 3600;

/** Max bytes of an owner's uploads; null for no limit. */
export function byteQuota(env: object): number | null {
  return quotaOf(env, "QUOTA_BYTES");
}

/** Max tasks of an owner in flight; null for no limit. */
export function taskQuota(env: object): number | null {
  return quotaOf(env, "QUOTA_TASKS");
}

/** Quotas apply to services with owners; 0 means no limit. */
function quotaOf(env: object, name: "QUOTA_BYTES" | "QUOTA_TASKS"): number | null {
  const config = readConfig(env);
  return config.AUTH === "off" || config[name] === 0 ? null : config[name];
}

/** The error for an owner who has `limit` tasks in flight. */
export function tooManyTasks(limit: number): QuotaError {
  const message = `you have ${limit} tasks in flight, which is the max: wait for one to end, or cancel one`;
  return new QuotaError("tasks-in-flight", message, { limit, left: 0, retryAfter: TASKS_RETRY_SECONDS });
}

/**
 * The error for an upload that exceeds the owner's quota.
 *
 * @param limit max bytes of the owner's uploads.
 * @param stored bytes of them that are stored, replaced files included.
 */
export function tooManyBytes(limit: number, stored: number): QuotaError {
  const left = Math.max(0, limit - stored);
  const message = `file: ${left} bytes are left of your quota of ${limit} bytes; ${stored} bytes are stored`;
  return new QuotaError("bytes-stored", message, { limit, left, retryAfter: BYTES_RETRY_SECONDS });
}
