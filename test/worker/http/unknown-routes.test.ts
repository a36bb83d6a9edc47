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

test.each([
  ["GET", "/api/v1/nothing", "", 404, "not_found"],
  ["PATCH", "/api/v1/tasks", "", 405, "method_not_allowed"],
  ["GET", "/api/v1/tasks?page=0", "", 400, "invalid_request"],
  ["GET", "/api/v1/tasks/6c85c8cc-a77a-42b9-bc30-947815aa0558", "", 404, "not_found"],
  ["POST", "/api/v1/videos", '{"video_materials":[{"url":"missing.mp4"}]}', 400, "invalid_request"],
  ["PUT", "/api/v1/video_materials/notes.txt", "notes", 415, "unsupported_file"],
])("%s %s %s answers %i with the code %s in X-Error-Code", async (method, path, body, status, code) => {
  const init = body === "" ? { method } : { method, body, headers: { "content-type": "application/json" } };
  const response = await exports.default.fetch(`http://edgereel.test${path}`, init);
  await response.arrayBuffer();
  expect([response.status, response.headers.get("x-error-code")]).toEqual([status, code]);
});
