import { expect, test } from "vitest";
import { call } from "../../scripts/client.ts";
import { origin } from "./support/running-service.ts";
import { sample } from "./support/samples.ts";

/** Uploads a file as a form, as a browser does. */
function upload(name: string, bytes: Uint8Array<ArrayBuffer>) {
  const form = new FormData();
  form.append("file", new File([bytes], name));
  return call<{ name: string } | null>(origin, "/api/v1/video_materials", { method: "POST", body: form });
}

test("an upload with a name of Chinese characters and emoji is stored, listed and deleted over HTTP", async () => {
  const name = "测试 🎬 é.mp4";
  const clip = new Uint8Array(await sample("dusk.mp4"));
  expect(await upload(name.normalize("NFD"), clip)).toMatchObject({ status: 200, data: { name } });
  const { data } = await call<{ files: { name: string }[] }>(origin, "/api/v1/video_materials");
  expect(data.files.map((file) => file.name)).toContain(name);
  const deleted = await fetch(`${origin}/api/v1/video_materials/${encodeURIComponent(name)}`, { method: "DELETE" });
  expect(deleted.status).toBe(200);
});

test("a client that is still sending a large file gets the response that refuses its name", async () => {
  const large = new Uint8Array(20_000_000);
  for (const [name, reason] of [
    ["caf\uFFFD.mp4", /is not UTF-8/],
    ["a\u202E4pm.mp4", /RIGHT-TO-LEFT OVERRIDE/],
  ] as const) {
    expect(await upload(name, large)).toMatchObject({ status: 400, message: expect.stringMatching(reason) });
  }
});
