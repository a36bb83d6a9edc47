import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { call, create } from "../../scripts/client.ts";
import { freePort } from "../../scripts/free-port.ts";
import { type Receiver, startReceiver, TELLING } from "../support/services/webhook-receiver.ts";
import { origin } from "./support/running-service.ts";
import { uploadSmallSamples } from "./support/samples.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const request = { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 1, subtitle_enabled: false };

interface Told {
  webhooks: { id: string; type: string; state: string; attempts: number; last_status: number; last_error: string }[];
}
let receiver: Receiver;
let elsewhere: Receiver;
beforeAll(async () => {
  await uploadSmallSamples(origin);
  [receiver, elsewhere] = await Promise.all([startReceiver(), startReceiver()]);
});
beforeEach(() => {
  receiver.received.length = 0;
});
afterAll(() => Promise.all([receiver.close(), elsewhere.close()]));

const webhooksOf = async (id: string) => (await call<Told>(origin, `/api/v1/tasks/${id}`)).data.webhooks;
const post = (path: string) => call<Told>(origin, path, { method: "POST" });

test("a webhook is retried after a 500 and after a redirect, and a replay sends it once more", async () => {
  const answers = [{ status: 500 }, { status: 307, headers: { location: elsewhere.url } }, { status: 200 }];
  // The task may or may not start before it is cancelled, so only task.cancelled is counted.
  const ends = () => receiver.received.filter(({ body }) => body.type === "task.cancelled");
  receiver.answer = () => answers[ends().length] ?? { status: 200 };
  const id = await create(origin, { ...request, callback_url: receiver.url });
  await post(`/api/v1/tasks/${id}/cancel`);
  const log = async () => (await webhooksOf(id)).filter(({ type }) => type === "task.cancelled");
  await expect.poll(log, { timeout: 30_000 }).toMatchObject([{ state: "delivered", attempts: 3, last_status: 200 }]);
  const [webhook] = await log();
  await post(`/api/v1/tasks/${id}/webhooks/${webhook?.id}/replay`);
  await expect.poll(log, { timeout: 30_000 }).toMatchObject([{ state: "delivered", attempts: 4 }]);
  expect(ends().map((each) => each.id)).toEqual(Array(4).fill(webhook?.id));
  expect(new Set(ends().map(({ text }) => text)).size).toBe(1);
  expect(ends()[0]?.body.data).toMatchObject({ task_id: id, state: -1, stage: "cancelled" });
  expect(elsewhere.received).toEqual([]);
});

test("the receiver in docs/webhooks.md prints when a task starts and when its videos are ready", async () => {
  const page = await readFile(`${root}/docs/webhooks.md`, "utf8");
  const code = /<!-- webhook-receiver -->\n```js\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const port = await freePort();
  const program = code.replace("listen(3000)", `listen(${port}, "127.0.0.1", () => console.log("listening"))`);
  expect(program).not.toBe(code);
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd: root,
    env: { ...process.env, WEBHOOK_SECRET: TELLING.WEBHOOK_SECRET },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  try {
    await expect.poll(() => lines, { timeout: 30_000 }).toEqual(["listening"]);
    const address = `http://127.0.0.1:${port}/`;
    expect((await fetch(address, { method: "POST", body: "{}" })).status).toBe(400);
    const id = await create(origin, { ...request, callback_url: address });
    await expect.poll(() => lines.at(-1), { timeout: 60_000 }).toContain("task.succeeded");
    const { data } = await call<{ videos: string[] }>(origin, `/api/v1/tasks/${id}`);
    expect(lines).toEqual(["listening", `task.started ${id} `, `task.succeeded ${id} ${data.videos[0]}`]);
    expect((await fetch(data.videos[0] ?? "")).status).toBe(200);
  } finally {
    child.kill();
    await once(child, "exit");
  }
});

test.each([
  "http://localhost:3000/",
  "http://2130706434/",
  "https://[::1]/",
  "https://metadata.google.internal/",
  "ftp://127.0.0.1/",
  "https://user:secret@hooks.example.com/",
  "hooks.example.com",
])("a request with the callback_url %s is refused with the field's name", async (callback_url) => {
  for (const dry_run of [false, true]) {
    const body = JSON.stringify({ ...request, callback_url, dry_run });
    const headers = { "content-type": "application/json" };
    const { status, message } = await call(origin, "/api/v1/videos", { method: "POST", headers, body });
    expect(status).toBe(400);
    expect(message).toMatch(/^callback_url: must /);
    expect(message).not.toContain("secret");
  }
});
