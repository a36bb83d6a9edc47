import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { seededRandom } from "../../src/timeline/seeded-random.ts";
import { sample } from "../e2e/support/samples.ts";
import { TELLING } from "../support/webhook-receiver.ts";
import type { PlannedTask } from "./plan.ts";

/** Share of the webhooks that are refused during faults. */
const SHARE = 0.4;

/** A webhook that was accepted. */
export interface Told {
  /** The idempotency key of the task to which the URL belongs. */
  key: string;
  type: string;
  taskId: string;
}

/** A server outside the service. It receives webhooks, refuses some of them, and serves linked files. */
export class Outside {
  readonly told: Told[] = [];
  /** Errors in received webhooks. */
  readonly wrong: string[] = [];
  failing = true;
  readonly #random: () => number;
  readonly #refused: () => void;
  readonly #server: Server;

  private constructor(seed: string, refused: () => void) {
    this.#random = seededRandom(`${seed} outside`);
    this.#refused = refused;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** @param refused is called for each refused webhook. */
  static async start(seed: string, refused: () => void): Promise<Outside> {
    const outside = new Outside(seed, refused);
    outside.#server.listen(0, "127.0.0.1");
    await once(outside.#server, "listening");
    return outside;
  }

  /** Completes a planned request with the URLs of this run. */
  complete({ request, key, from, fails }: PlannedTask): object {
    const origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const url = `${origin}/${fails === null ? "life.mp4" : "no-video.mp4"}`;
    const materials = from === "elsewhere" ? { video_materials: [{ url }] } : {};
    return { ...request, ...materials, callback_url: `${origin}/told/${key}` };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (path === "/no-video.mp4") response.end("<html>Not a video at all</html>");
    else if (path === "/life.mp4") response.end(await sample("life.mp4"));
    else if (path.startsWith("/told/")) await this.#listen(decodeURIComponent(path.slice(6)), request, response);
    else response.writeHead(404).end();
  }

  async #listen(key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await buffer(request)).toString();
    const header = (name: string) => String(request.headers[`webhook-${name}`] ?? "");
    // Compares signatures itself, because the service's clock jumps by more than a receiver tolerates.
    const time = new Date(Number(header("timestamp")) * 1000);
    const expected = new Webhook(TELLING.WEBHOOK_SECRET).sign(header("id"), time, text);
    if (!header("signature").split(" ").includes(expected)) {
      this.wrong.push(`a webhook for ${key} is not signed as it should: ${header("signature")}`);
    }
    const { type, data } = JSON.parse(text) as { type: string; data: { task_id: string } };
    if (this.failing && this.#random() < SHARE) {
      this.#refused();
      response.writeHead(this.#random() < 0.5 ? 500 : 503).end();
      return;
    }
    this.told.push({ key, type, taskId: data.task_id });
    response.writeHead(204).end();
  }
}
