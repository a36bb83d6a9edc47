import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

/** Settings that let a service send signed webhooks to this machine. */
export const TELLING = {
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, "secret for tests only").toString("base64")}`,
  OUTBOUND_ALLOW: "127.0.0.1",
};

/** A received webhook with a verified signature. */
export interface ReceivedWebhook {
  id: string;
  timestamp: number;
  text: string;
  body: { type: string; timestamp: string; data: { task_id: string; state: number; videos: string[] } };
}

/** A local HTTP server that receives webhooks. */
export interface Receiver {
  url: string;
  received: ReceivedWebhook[];
  /** The response to a webhook. `before` is the number of webhooks received before it. */
  answer: (before: number) => { status: number; headers?: Record<string, string> };
  close(): Promise<void>;
}

/** Starts a receiver on loopback. It answers requests without a valid signature with 400 and does not keep them. */
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
