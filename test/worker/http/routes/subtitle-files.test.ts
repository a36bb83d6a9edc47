import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Env } from "../../../../src/env.ts";
import { keys } from "../../../../src/storage/keys.ts";
import { makeTask } from "../../support/files.ts";

const origin = "http://edgereel.test";
const { MEDIA } = env as unknown as Env;

test("a task's subtitle file is served with its content type on every file route", async () => {
  const id = await makeTask();
  const contentType = "text/vtt; charset=utf-8";
  await MEDIA.put(keys.output(id, "final-1.vtt"), "WEBVTT\n", { httpMetadata: { contentType } });
  for (const prefix of ["/api/v1/stream", "/api/v1/download", "/tasks"]) {
    const response = await exports.default.fetch(`${origin}${prefix}/${id}/final-1.vtt`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(contentType);
    expect(await response.text()).toBe("WEBVTT\n");
  }
  const internal = await exports.default.fetch(`${origin}/tasks/${id}/combined-1.vtt`);
  expect(internal.status).toBe(404);
  await internal.body?.cancel();
});
