import fc from "fast-check";
import { expect, test } from "vitest";
import { policyFor } from "../../../src/http/middleware/access-policy.ts";

test("a route without its own access policy requires an API key", () => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      fc.pre(!["", "/", "/docs", "/openapi.json", "/health", "/metrics"].includes(path));
      expect(policyFor("POST", path)).toEqual({ kind: "key", scope: "write" });
      expect(policyFor("GET", `/api/v2${path}`)).toEqual({ kind: "key", scope: "read" });
    }),
  );
});

test.each<[string, string, ReturnType<typeof policyFor>]>([
  ["GET", "/health", { kind: "open" }],
  ["HEAD", "/docs", { kind: "open" }],
  ["POST", "/health", { kind: "key", scope: "write" }],
  ["GET", "/health/", { kind: "key", scope: "read" }],
  ["GET", "/metrics", { kind: "key", scope: "admin" }],
  ["GET", "/api/v1/tasks", { kind: "key", scope: "read" }],
  ["GET", "/api/v1/tasks/a", { kind: "link", path: "a" }],
  ["GET", "/api/v1/tasks/a/events", { kind: "link", path: "a" }],
  ["GET", "/api/v1/tasks/a/other", { kind: "key", scope: "read" }],
  ["DELETE", "/api/v1/tasks/a", { kind: "key", scope: "write" }],
  ["GET", "/watch/a", { kind: "link", path: "a" }],
  ["HEAD", "/tasks/a/final-1.mp4", { kind: "link", path: "a/final-1.mp4" }],
  ["GET", "/api/v1/download/a/final-1.mp4", { kind: "link", path: "a/final-1.mp4" }],
  ["GET", "/api/v1/stream/a/final-1/plan-0/video/0.m4s", { kind: "link", path: "a/final-1/plan-0/video/0.m4s" }],
  ["GET", "/tasks/a", { kind: "key", scope: "read" }],
])("the access policy of %s %s is %j", (method, path, policy) => {
  expect(policyFor(method, path)).toEqual(policy);
});
