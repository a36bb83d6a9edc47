import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";

/** The part of the app that the test uses. The app runs in Node too, but its types are for Workers only. */
interface App {
  request(path: string, init: RequestInit, env: object): Promise<Response>;
}

test("the API description is valid OpenAPI 3.1 and lists all webhooks", async () => {
  const { createApp } = (await import("../../../src/http/app.ts" as string)) as { createApp(): App };
  const response = await createApp().request("/openapi.json", {}, {});
  expect(response.status).toBe(200);
  const validator = new Validator();
  const description = (await response.json()) as Record<string, unknown>;
  const events = ["task.started", "task.succeeded", "task.failed", "task.cancelled"];
  expect(Object.keys(description.webhooks ?? {})).toEqual(events);
  const { valid, errors } = await validator.validate(description);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
  // Resolves every $ref and throws if a target is missing.
  expect(() => validator.resolveRefs()).not.toThrow();
});
