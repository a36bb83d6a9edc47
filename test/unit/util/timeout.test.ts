import { expect, test } from "vitest";
import { TimeoutError, withTimeout } from "../../../src/util/timeout.ts";

test("withTimeout rejects after its timeout and passes on an earlier result or error", async () => {
  await expect(withTimeout(new Promise(() => {}), 5)).rejects.toThrow(TimeoutError);
  await expect(withTimeout(Promise.reject(new Error("away")), 1_000)).rejects.toThrow("away");
  expect(await withTimeout(Promise.resolve("there"), 1_000)).toBe("there");
});
