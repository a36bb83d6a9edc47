import { expect, test } from "vitest";
import { type QuotaAmounts, QuotaError, type QuotaName } from "../../../src/auth/quota.ts";

test("a quota error has Retry-After, RateLimit-Policy and RateLimit headers", () => {
  const fields = (quota: QuotaName, amounts: QuotaAmounts) => new QuotaError(quota, "", amounts).headers;
  expect(fields("requests", { limit: 5, left: 0, retryAfter: 60 })).toEqual({
    "retry-after": "60",
    "ratelimit-policy": '"requests";q=5;w=60',
    ratelimit: '"requests";r=0;t=60',
  });
  expect(fields("tasks-in-flight", { limit: 2, left: 0, retryAfter: 10 })).toEqual({
    "retry-after": "10",
    "ratelimit-policy": '"tasks-in-flight";q=2',
    ratelimit: '"tasks-in-flight";r=0',
  });
  expect(fields("bytes-stored", { limit: 100, left: 7, retryAfter: 3600 })).toMatchObject({
    "ratelimit-policy": '"bytes-stored";q=100;qu="content-bytes"',
    ratelimit: '"bytes-stored";r=7',
  });
});
