import { CodedError } from "../api/errors.ts";
import { readConfig } from "../config/config.ts";

/** The quotas of an owner. The `RateLimit` headers use these names. */
export type QuotaName =
  | "requests"
  | "caption-previews"
  | "footage-searches"
  | "tasks-in-flight"
  | "bytes-stored"
  | "characters-spoken"
  | "tokens-written";

/** The amounts of a quota. */
export interface QuotaAmounts {
  limit: number;
  /** What is left of the limit. The request needs more. */
  left: number;
  /** Seconds after which a retry may succeed. */
  retryAfter: number;
}

/** The owner has used up a quota. */
export class QuotaError extends CodedError {
  override name = "QuotaError";

  constructor(quota: QuotaName, message: string, amounts: QuotaAmounts) {
    super("quota_exceeded", message, { headers: quotaHeaders(quota, amounts) });
  }
}

/** `QUOTA_REQUESTS` is the max for this period. Must be equal to `period` of `[[ratelimits]]` in wrangler.toml. */
export const REQUESTS_PERIOD_SECONDS = 60;
/** Max costly requests of a kind per owner and minute. Must be equal to the limit of `COSTLY_REQUESTS` in wrangler.toml. */
export const COSTLY_REQUESTS_LIMIT = 60;

/** `Retry-After`, `RateLimit` and `RateLimit-Policy`; the last two as draft-ietf-httpapi-ratelimit-headers-11 defines them. */
function quotaHeaders(quota: QuotaName, { limit, left, retryAfter }: QuotaAmounts): Record<string, string> {
  const unit = {
    requests: `;w=${REQUESTS_PERIOD_SECONDS}`,
    "caption-previews": `;w=${REQUESTS_PERIOD_SECONDS}`,
    "footage-searches": `;w=${REQUESTS_PERIOD_SECONDS}`,
    "tasks-in-flight": "",
    "bytes-stored": ';qu="content-bytes"',
    "characters-spoken": `;w=${DAY_SECONDS}`,
    "tokens-written": `;w=${DAY_SECONDS}`,
  };
  return {
    "retry-after": String(retryAfter),
    "ratelimit-policy": `"${quota}";q=${limit}${unit[quota]}`,
    // Quotas of a period reset after a known time (`t`).
    ratelimit: `"${quota}";r=${left}${unit[quota].startsWith(";w=") ? `;t=${retryAfter}` : ""}`,
  };
}

const DAY_SECONDS = 86_400;

/** Max characters that voices speak for an owner per day; null for no limit. */
export function characterQuota(env: object): number | null {
  return quotaOf(env, "QUOTA_CHARACTERS");
}

/** Max tokens that language models read and write for an owner per day; null for no limit. */
export function tokenQuota(env: object): number | null {
  return quotaOf(env, "QUOTA_TOKENS");
}

/**
 * The error for an owner who has used up a day's quota of a provider.
 *
 * @param needed what the request needs more.
 */
export function tooMuchToday(
  quota: "characters-spoken" | "tokens-written",
  { limit, used, needed }: { limit: number; used: number; needed: number },
  now = Date.now(),
): QuotaError {
  const what = quota === "characters-spoken" ? "characters spoken" : "tokens written";
  const retryAfter = DAY_SECONDS - (Math.floor(now / 1000) % DAY_SECONDS);
  const message = `the quota is ${limit} ${what} per day: ${used} are used today, and this request needs ${needed}; it starts again at midnight UTC`;
  return new QuotaError(quota, message, { limit, left: Math.max(0, limit - used), retryAfter });
}

/** `Retry-After` for the quota of tasks: a task of the owner may have ended by then. */
const TASKS_RETRY_SECONDS = 10;
/** `Retry-After` for the quota of bytes: the sweep that removes replaced files runs every hour. */
const BYTES_RETRY_SECONDS = 3600;

/** Max bytes of an owner's uploads; null for no limit. */
export function byteQuota(env: object): number | null {
  return quotaOf(env, "QUOTA_BYTES");
}

/** Max unfinished tasks of an owner; null for no limit. */
export function taskQuota(env: object): number | null {
  return quotaOf(env, "QUOTA_TASKS");
}

/** The value of a quota; null for no limit. With `AUTH=off` there are no quotas, because there are no owners. */
function quotaOf(
  env: object,
  name: "QUOTA_BYTES" | "QUOTA_CHARACTERS" | "QUOTA_TASKS" | "QUOTA_TOKENS",
): number | null {
  const config = readConfig(env);
  return config.AUTH === "off" || config[name] === 0 ? null : config[name];
}

/** The error for an owner who already has `limit` unfinished tasks. */
export function tooManyTasks(limit: number): QuotaError {
  const message = `you already have ${limit} unfinished tasks, which is the max: wait until one ends, or cancel one`;
  return new QuotaError("tasks-in-flight", message, { limit, left: 0, retryAfter: TASKS_RETRY_SECONDS });
}

/**
 * The error for an upload that exceeds the owner's quota.
 *
 * @param limit max bytes of the owner's uploads.
 * @param stored bytes of their stored uploads, including replaced files.
 */
export function tooManyBytes(limit: number, stored: number): QuotaError {
  const left = Math.max(0, limit - stored);
  const message = `file: exceeds your quota of ${limit} bytes: ${stored} bytes are stored, ${left} bytes are left`;
  return new QuotaError("bytes-stored", message, { limit, left, retryAfter: BYTES_RETRY_SECONDS });
}
