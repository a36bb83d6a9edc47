import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { seededRandom } from "../../src/timeline/seeded-random.ts";
import { sample } from "../e2e/support/samples.ts";
import { TELLING } from "../support/services/webhook-receiver.ts";
import type { PlannedTask } from "./plan.ts";

/** Share of the webhooks that are refused while {@link Outside.failing} is true. */
const REFUSED_SHARE = 0.4;

/** A webhook that the receiver accepted. */
export interface ReceivedWebhook {
  /** The key of the planned task whose `callback_url` was called. */
  key: string;
  type: string;
  taskId: string;
}

/** A host outside the service: it receives webhooks, sometimes refuses them, and serves files that tasks link to. */
export class Outside {
  readonly received: ReceivedWebhook[] = [];
  /** Problems with requests that came. */
  readonly wrong: string[] = [];
  /** Whether webhooks are refused at times. */
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

  /** @param refused is called for each webhook that is refused. */
  static async start(seed: string, refused: () => void): Promise<Outside> {
    const outside = new Outside(seed, refused);
    outside.#server.listen(0, "127.0.0.1");
    await once(outside.#server, "listening");
    return outside;
  }

  /** Adds the URLs of this run to a planned request. */
  complete({ request, key, from, expectedFailure }: PlannedTask): object {
    const origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const url = `${origin}/${expectedFailure === null ? "life.mp4" : "no-video.mp4"}`;
    const materials = from === "link" ? { video_materials: [{ url }] } : {};
    return { ...request, ...materials, callback_url: `${origin}/webhooks/${key}` };
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (path === "/no-video.mp4") response.end("<html>Not a video at all</html>");
    else if (path === "/life.mp4") response.end(await sample("life.mp4"));
    else if (path.startsWith("/webhooks/")) {
      await this.#receive(decodeURIComponent(path.slice("/webhooks/".length)), request, response);
    } else response.writeHead(404).end();
  }

  async #receive(key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await buffer(request)).toString();
    const header = (name: string) => String(request.headers[`webhook-${name}`] ?? "");
    // Compares signatures instead of calling verify(), because the service's clock jumps further than verify() tolerates.
    const time = new Date(Number(header("timestamp")) * 1000);
    const expected = new Webhook(TELLING.WEBHOOK_SECRET).sign(header("id"), time, text);
    if (!header("signature").split(" ").includes(expected)) {
      this.wrong.push(`a webhook for ${key} has a wrong signature: ${header("signature")}`);
    }
    const { type, data } = JSON.parse(text) as { type: string; data: { task_id: string } };
    if (this.failing && this.#random() < REFUSED_SHARE) {
      this.#refused();
      response.writeHead(this.#random() < 0.5 ? 500 : 503).end();
      return;
    }
    this.received.push({ key, type, taskId: data.task_id });
    response.writeHead(204).end();
  }
}
