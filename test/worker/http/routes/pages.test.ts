import { expect, test } from "vitest";
import { bindings, call, post, request } from "../../support/bindings.ts";
import { makeTask } from "../../support/files.ts";
import { upload } from "../../support/uploads.ts";

test("/docs is a page that loads the API reference", async () => {
  const page = await request("/docs");
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
  expect(await page.text()).toContain("/reference/reference.js");
});

test.each(["00000000-0000-4000-8000-000000000000", "no-id"])(
  "/watch/%s answers 404 with a page that says that there is no such video",
  async (address) => {
    const page = await request(`/watch/${address}`);
    expect([page.status, page.headers.get("content-type")]).toEqual([404, "text/html; charset=UTF-8"]);
    const text = await page.text();
    expect(text).toContain("<h1>There is no such video</h1>");
    expect(text).not.toContain("<script");
  },
);

test("the request that /docs is prefilled with says what to upload, and works once that is uploaded", async () => {
  const document = (await (await request("/openapi.json")).json()) as {
    paths: Record<string, { post: { requestBody: { content: Record<string, { example: object }> } } }>;
  };
  const example = document.paths["/api/v1/videos"]?.post.requestBody.content["application/json"]?.example;
  expect(await post("/api/v1/videos", example)).toMatchObject({
    status: 400,
    message:
      'video_materials[0].url: no file named "dusk.mp4" was uploaded to /api/v1/video_materials: upload it first',
  });
  await upload("video_materials", "dusk.mp4");
  expect(await post("/api/v1/videos", { ...example, dry_run: true })).toMatchObject({ status: 200 });
});

/** A video's bytes as text. workerd logs a warning if text() reads a body whose type is not text. */
const text = async (response: Response) => new TextDecoder().decode(await response.bytes());

const id = "6c85c8cc-a77a-42b9-bc30-947815aa0558";

test.each([
  ["GET", "/api/v1/nothing", 404],
  ["POST", "/api/v1/tasks", 405],
  ["GET", `/api/v1/tasks/${id}`, 404],
  ["DELETE", `/api/v1/tasks/${id}`, 404],
  ["GET", "/api/v1/tasks/not-an-id", 400],
  ["DELETE", "/api/v1/tasks/not-an-id", 400],
  ["GET", `/api/v1/stream/${id}/final-1.mp4`, 404],
  ["GET", `/api/v1/download/${id}/final-1.mp4`, 404],
  ["GET", `/tasks/${id}/final-1.mp4`, 404],
  ["GET", `/tasks/${id}/..%2f..%2fmaterials%2fa.mp4`, 404],
  ["GET", `/tasks/${id}/segments%2fa.mp4`, 404],
  ["GET", `/tasks/not-an-id/final-1.mp4`, 404],
])("%s %s answers in the envelope with status %d", async (method, path, status) => {
  expect(await call(path, { method })).toMatchObject({ status, data: null, message: expect.any(String) });
});

test("a task's file is served with ranges, HEAD and its file name on every file route", async () => {
  const id = await makeTask();
  const key = `tasks/${id}/final-1.mp4`;
  await bindings.MEDIA.put(key, "0123456789", { httpMetadata: { contentType: "video/mp4" } });
  await bindings.MEDIA.put(`tasks/${id}/segments/a.mp4`, "x");
  for (const path of [
    `/api/v1/stream/${id}/final-1.mp4`,
    `/tasks/${id}/final-1.mp4`,
    `/api/v1/download/${id}/final-1.mp4`,
  ]) {
    const part = await request(path, { headers: { range: "bytes=2-4" } });
    expect([part.status, part.headers.get("content-range"), await text(part)]).toEqual([206, "bytes 2-4/10", "234"]);
    const head = await request(path, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await text(head)]).toEqual([200, "10", ""]);
    const whole = await request(path);
    expect(whole.headers.get("content-type")).toBe("video/mp4");
    const disposition = `${path.includes("download") ? "attachment" : "inline"}; filename="final-1.mp4"`;
    expect([await text(whole), whole.headers.get("content-disposition")]).toEqual(["0123456789", disposition]);
  }
});
