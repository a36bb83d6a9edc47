import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

/** Settings with which a service sends webhooks to this machine, and tries them again after a short while. */
export const TELLING = {
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, "secret for tests only").toString("base64")}`,
  OUTBOUND_ALLOW: "127.0.0.1",
};

/** A webhook as it came, with its signature verified. */
export interface ReceivedWebhook {
  id: string;
  timestamp: number;
  text: string;
  body: { type: string; timestamp: string; data: { task_id: string; state: number; videos: string[] } };
}

/** A server on this machine that takes webhooks. */
export interface Receiver {
  url: string;
  received: ReceivedWebhook[];
  /** The status of each answer, by how many came before it. */
  answer: (before: number) => { status: number; headers?: Record<string, string> };
  close(): Promise<void>;
}

/** Starts one. It answers what is not signed as it should with 400, and keeps none of it. */
export async function startReceiver(): Promise<Receiver> {
  const webhook = new Webhook(TELLING.WEBHOOK_SECRET);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    try {
      const body = webhook.verify(text, flat(request.headers)) as ReceivedWebhook["body"];
      const { status, headers } = receiver.answer(receiver.received.length);
      const { "webhook-id": id = "", "webhook-timestamp": timestamp } = flat(request.headers);
      receiver.received.push({ id, timestamp: Number(timestamp), text, body });
      response.writeHead(status, headers).end();
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/edgereel`,
    received: [],
    answer: () => ({ status: 204 }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
