import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";

/** The app is typed for Workers, which the tests in Node are not; it runs in both. */
interface App {
  request(path: string, init: RequestInit, env: object): Promise<Response>;
}

test("the API's own description is valid OpenAPI 3.1", async () => {
  const { createApp } = (await import("../../src/http/app.ts" as string)) as { createApp(): App };
  const response = await createApp().request("/openapi.json", {}, {});
  expect(response.status).toBe(200);
  const validator = new Validator();
  const { valid, errors } = await validator.validate((await response.json()) as Record<string, unknown>);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
  // Resolves every $ref, and throws for one that leads nowhere.
  expect(() => validator.resolveRefs()).not.toThrow();
});
