import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../src/timeline/seeded-random.ts";

/**
 * What the proxy does to responses: delays them, replaces them with garbage or gateway errors, or breaks them off in
 * the middle.
 */
export type ProxyFault = "slow" | "garbage" | "cut";

/** Max faults for repeats of the same request. With more, even a client that retries correctly would give up. */
const MAX_FAULTS_PER_REQUEST = 3;
const MAX_DELAY_MS = 6_000;

/** The state of a request that may be repeated: the random numbers for its next attempts, and its faults so far. */
interface RequestHistory {
  random: () => number;
  faults: number;
}

/** A proxy in front of the render server that injects faults. */
export class RendererProxy {
  /** The current fault; null for none. */
  fault: ProxyFault | null = null;
  /** Share of the requests that get the fault. */
  share = 0.5;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #target: number;
  readonly #injected: (fault: ProxyFault) => void;
  readonly #seed: string;
  readonly #requests = new Map<string, RequestHistory>();

  private constructor(target: number, seed: string, injected: (fault: ProxyFault) => void) {
    this.#target = target;
    this.#injected = injected;
    this.#seed = seed;
    this.#server = createServer({ keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
      this.#handle(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  /**
   * Starts a proxy on a free port.
   *
   * @param target the render server's port.
   * @param seed decides whether the nth attempt of a request gets a fault.
   * @param injected is called with each injected fault.
   */
  static async start(target: number, seed: string, injected: (fault: ProxyFault) => void): Promise<RendererProxy> {
    const proxy = new RendererProxy(target, seed, injected);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#agent.destroy();
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    // A POST body is small and identifies the request. A PUT has the hash of its bytes in the path.
    const body = incoming.method === "POST" ? await buffer(incoming) : null;
    const history = this.#historyOf(incoming, body);
    const fault = incoming.method === "GET" ? null : this.#nextFault(history);
    if (fault) this.#injected(fault);
    if (fault === "slow") await sleep(history.random() * MAX_DELAY_MS);
    if (fault === "garbage") return answerGarbage(incoming, outgoing, history.random());
    const { method, url: path, headers } = incoming;
    const call = request({ host: "127.0.0.1", port: this.#target, method, path, headers, agent: this.#agent });
    outgoing.on("close", () => call.destroy());
    call.on("error", () => outgoing.destroy());
    call.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => outgoing.destroy());
      if (fault !== "cut") {
        answer.pipe(outgoing);
        return;
      }
      answer.once("data", (chunk: Buffer) => cut(outgoing, chunk));
      // A response without a body is not sent at all.
      answer.once("end", () => outgoing.destroy());
    });
    if (body) call.end(body);
    else incoming.pipe(call);
  }

  #historyOf({ method, url }: IncomingMessage, body: Buffer | null): RequestHistory {
    const key = `${method} ${url} ${body ? createHash("sha256").update(body).digest("hex") : ""}`;
    const history = this.#requests.get(key) ?? { random: seededRandom(`${this.#seed} ${key}`), faults: 0 };
    this.#requests.set(key, history);
    return history;
  }

  /** The fault for the next attempt of a request; null for none. */
  #nextFault(history: RequestHistory): ProxyFault | null {
    if (this.fault === null || history.faults >= MAX_FAULTS_PER_REQUEST || history.random() >= this.share) return null;
    history.faults++;
    return this.fault;
  }
}

function cut(outgoing: ServerResponse, chunk: Buffer): void {
  outgoing.write(chunk.subarray(0, chunk.length / 2), () => outgoing.destroy());
}

const GARBAGE = [
  { status: 502, type: "text/html", body: "<html><h1>502 Bad Gateway</h1></html>" },
  { status: 200, type: "text/html", body: "<html><h1>Welcome to nginx!</h1></html>" },
  { status: 500, type: "application/json", body: '{"ok":false,"code":' },
  { status: 200, type: "video/mp4", body: null },
];

function answerGarbage(incoming: IncomingMessage, outgoing: ServerResponse, random: number): void {
  incoming.resume();
  const { status, type, body } = GARBAGE[Math.floor(random * GARBAGE.length)] as (typeof GARBAGE)[number];
  const bytes = body === null ? randomBytes(20_000) : Buffer.from(body);
  outgoing.writeHead(status, { "content-type": type, "content-length": bytes.length });
  outgoing.end(bytes);
}
