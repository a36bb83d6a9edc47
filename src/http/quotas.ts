import { QuotaError } from "../auth/quota.ts";
import { type Config, readConfig } from "../config/config.ts";

/** Seconds after which a task may have ended. */
const TASK_RETRY = 10;

/** How many bytes of uploads an owner may have; null for any number. */
export function byteQuota(env: object): number | null {
  return quotaOf(env, "QUOTA_BYTES");
}

/** How many tasks of an owner may be in flight; null for any number. */
export function taskQuota(env: object): number | null {
  return quotaOf(env, "QUOTA_TASKS");
}

/** The answer where an owner has that many. */
export function tooManyTasks(limit: number): QuotaError {
  const message = `${limit} tasks are in flight, which is as many as there may be: wait for one to end, or cancel one`;
  return new QuotaError("tasks-in-flight", message, { limit, left: 0, retryAfter: TASK_RETRY });
}

/** Quotas are for services with owners; 0 is none. */
function quotaOf(env: object, name: "QUOTA_BYTES" | "QUOTA_TASKS"): number | null {
  const config: Config = readConfig(env);
  return config.AUTH === "off" || config[name] === 0 ? null : config[name];
}
