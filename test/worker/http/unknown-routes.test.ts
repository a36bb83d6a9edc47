import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";

test("an unknown route answers 404 in the envelope", async () => {
  const response = await exports.default.fetch("http://edgereel.test/api/v1/nothing");
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    status: 404,
    message: expect.stringContaining("/api/v1/nothing"),
    data: null,
  });
});
