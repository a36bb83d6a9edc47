import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, vi } from "vitest";
import type { WebhookLog } from "../../../src/api/webhooks/webhook-log.ts";
import { call } from "./bindings.ts";
import { alarmAt, type HeldTask, heldClock, holdTask, taskInput } from "./tasks.ts";

export const SECRET = `whsec_${btoa("s".repeat(32))}`;
const CALLBACK = "https://hooks.example.com/edgereel?token=hunter2";

interface ReceivedWebhook {
  headers: Record<string, string>;
  text: string;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** The receiver of a test's webhooks, and the DNS addresses of its host. */
export interface StandInReceiver {
  received: ReceivedWebhook[];
  answer: () => Response | Promise<Response>;
  addresses: { A: string[]; AAAA: string[] };
  /** Moves the clock forward. */
  pass(milliseconds: number): void;
  /** Moves the clock to when a task's alarm is due, and runs the alarm. */
  wakeWhenDue(task: HeldTask): Promise<void>;
}

/** For the tests of a file: replaces `fetch` by a receiver that accepts every webhook, and by a DNS resolver. */
export function standInReceiver(): StandInReceiver {
  const clock = heldClock();
  const receiver: StandInReceiver = {
    received: [],
    answer: () => new Response(),
    addresses: { A: [], AAAA: [] },
    pass: clock.pass,
    async wakeWhenDue(task) {
      clock.pass(Math.max(0, ((await alarmAt(task)) ?? 0) - Date.now()) + 1);
      expect(await runDurableObjectAlarm(task.stub)).toBe(true);
    },
  };
  beforeEach(() => {
    receiver.received = [];
    receiver.answer = () => new Response(null, { status: 204 });
    receiver.addresses = { A: ["93.184.215.14"], AAAA: ["2606:2800:21f::1"] };
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      const { host, searchParams } = new URL(request.url);
      if (host === "cloudflare-dns.com") {
        const type = searchParams.get("type") === "A" ? "A" : "AAAA";
        const records = receiver.addresses[type].map((data) => ({
          ...{ name: "x.", type: type === "A" ? 1 : 28, TTL: 1, data },
        }));
        return Response.json({ Status: 0, Answer: [{ name: "x.", type: 5, TTL: 1, data: "y." }, ...records] });
      }
      expect([request.method, request.url, request.redirect]).toEqual(["POST", CALLBACK, "manual"]);
      const text = await request.text();
      receiver.received.push({ headers: Object.fromEntries(request.headers), text, body: JSON.parse(text) });
      return receiver.answer();
    });
  });
  return receiver;
}

/** A held task with a `callback_url`. */
export async function taskWithCallback(settings: object = {}): Promise<HeldTask> {
  const task = await holdTask();
  await configure(task, settings);
  await task.stub.create(task.id, taskInput({ callback_url: CALLBACK }));
  return task;
}

/** Gives a task's object a secret to sign webhooks with, and other settings. */
export async function configure(task: HeldTask, settings: object = {}): Promise<void> {
  await runInDurableObject(task.stub, (instance) => {
    Object.assign(instance, {
      env: { ...(Reflect.get(instance, "env") as object), WEBHOOK_SECRET: SECRET, ...settings },
    });
  });
}

/** The webhooks of a task. */
export const webhooksOf = async (task: HeldTask): Promise<WebhookLog[]> => (await task.stub.get())?.webhooks ?? [];

/** Waits until `attempts` were made in all and their answers are recorded, and returns the webhooks. */
export async function afterAttempts(task: HeldTask, attempts: number): Promise<WebhookLog[]> {
  return vi.waitFor(async () => {
    const log = await webhooksOf(task);
    expect(log.reduce((sum, each) => sum + each.attempts, 0)).toBe(attempts);
    for (const { attempts: made, last_status, last_error } of log) {
      if (made > 0) expect(last_status ?? last_error).not.toBeNull();
    }
    return log;
  }, 30_000);
}

/** Requests a replay of a webhook. */
export const replay = (task: HeldTask, id: string) =>
  call<{ webhooks: WebhookLog[] }>(`/api/v1/tasks/${task.id}/webhooks/${id}/replay`, { method: "POST" });
