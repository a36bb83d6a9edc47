import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import type { WebhookLog } from "../../../src/api/webhook-log.ts";
import { call } from "../support/bindings.ts";
import { type HeldTask, holdTask, taskInput } from "../support/tasks.ts";

const SECRET = `whsec_${btoa("s".repeat(32))}`;
const CALLBACK = "https://hooks.example.com/edgereel?token=hunter2";
const PUBLIC = { A: ["93.184.215.14"], AAAA: ["2606:2800:21f::1"] };

interface Received {
  headers: Record<string, string>;
  text: string;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** What the receiver got, and how it answers; the resolver says where it is. */
let received: Received[];
let answer: () => Response | Promise<Response>;
let addresses: { A: string[]; AAAA: string[] };

beforeEach(() => {
  received = [];
  answer = () => new Response(null, { status: 204 });
  addresses = PUBLIC;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { host, searchParams } = new URL(request.url);
    if (host === "cloudflare-dns.com") {
      const type = searchParams.get("type") === "A" ? "A" : "AAAA";
      const records = addresses[type].map((data) => ({ name: "x.", type: type === "A" ? 1 : 28, TTL: 1, data }));
      return Response.json({ Status: 0, Answer: [{ name: "x.", type: 5, TTL: 1, data: "y." }, ...records] });
    }
    expect([request.method, request.url, request.redirect]).toEqual(["POST", CALLBACK, "manual"]);
    const text = await request.text();
    received.push({ headers: Object.fromEntries(request.headers), text, body: JSON.parse(text) });
    return answer();
  });
});

async function toldTask(settings: object = {}): Promise<HeldTask> {
  const task = await holdTask();
  await setUp(task, settings);
  await task.stub.create(task.id, taskInput({ callback_url: CALLBACK }));
  return task;
}
async function setUp(task: HeldTask, settings: object = {}): Promise<void> {
  await runInDurableObject(task.stub, (instance) => {
    Object.assign(instance, {
      env: { ...(Reflect.get(instance, "env") as object), WEBHOOK_SECRET: SECRET, ...settings },
    });
  });
}
const webhooks = async (task: HeldTask): Promise<WebhookLog[]> => (await task.stub.get())?.webhooks ?? [];

/** Waits until so many attempts were made in all and their answers are noted, and returns the log. */
async function afterAttempts(task: HeldTask, attempts: number): Promise<WebhookLog[]> {
  return vi.waitFor(async () => {
    const log = await webhooks(task);
    expect(log.reduce((sum, each) => sum + each.attempts, 0)).toBe(attempts);
    for (const { attempts: made, last_status, last_error } of log) {
      if (made > 0) expect(last_status ?? last_error).not.toBeNull();
    }
    return log;
  });
}

const replay = (task: HeldTask, id: string) =>
  call<{ webhooks: WebhookLog[] }>(`/api/v1/tasks/${task.id}/webhooks/${id}/replay`, { method: "POST" });

test("a replay sends a webhook that is over again, with its id and body", async () => {
  const task = await toldTask();
  await task.stub.cancel();
  const [webhook] = await afterAttempts(task, 1);
  const { status, data } = await replay(task, webhook?.id ?? "");
  expect([status, data.webhooks[0]?.state]).toEqual([200, "pending"]);
  expect(await afterAttempts(task, 2)).toMatchObject([{ state: "delivered", attempts: 2 }]);
  expect(received[1]?.text).toBe(received[0]?.text);
  expect(received[1]?.headers["webhook-id"]).toBe(webhook?.id);
});

test("a replay is refused while the webhook is still to be sent, and for one that is not there", async () => {
  answer = () => new Response(null, { status: 500 });
  const task = await toldTask();
  await task.stub.cancel();
  const [webhook] = await afterAttempts(task, 1);
  expect(await replay(task, webhook?.id ?? "")).toMatchObject({ status: 409 });
  expect(await replay(task, "msg_other")).toMatchObject({
    status: 404,
    message: expect.stringContaining("msg_other"),
  });
  const untold = await holdTask();
  await untold.stub.create(untold.id, taskInput());
  expect(await replay(untold, "msg_other")).toMatchObject({ status: 404 });
  expect(await replay(await holdTask(), "msg_other")).toMatchObject({ status: 404 });
});
