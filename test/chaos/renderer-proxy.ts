import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../src/timeline/seeded-random.ts";

/** A fault between the service and the render server. `garbage` includes gateway error pages. */
export type ProxyFault = "slow" | "garbage" | "cut";

/** Max number of faults for the same request, so that its retries succeed in the end. */
const MOST = 3;
/** Max delay of a slow response, in milliseconds. */
const LATEST = 6_000;

/** A request that may be repeated, with its random sequence and the number of faults so far. */
interface Known {
  random: () => number;
  struck: number;
}

/** A proxy in front of the render server that injects faults. */
export class RendererProxy {
  /** The current fault; null if there is none. */
  fault: ProxyFault | null = null;
  /** Share of the requests that the fault hits. */
  share = 0.5;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #target: number;
  readonly #injected: (fault: ProxyFault) => void;
  readonly #seed: string;
  readonly #requests = new Map<string, Known>();

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
   * @param seed determines the faults of each attempt of a request.
   * @param injected is called for each injected fault.
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
    // The body of a POST is small and identifies the request. The URL of a PUT contains the hash of its body.
    const body = incoming.method === "POST" ? await buffer(incoming) : null;
    const known = this.#requestOf(incoming, body);
    const fault = incoming.method === "GET" ? null : this.#strike(known);
    if (fault) this.#injected(fault);
    if (fault === "slow") await sleep(known.random() * LATEST);
    if (fault === "garbage") return answerGarbage(incoming, outgoing, known.random());
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
      // A response without a body is dropped completely.
      answer.once("end", () => outgoing.destroy());
    });
    if (body) call.end(body);
    else incoming.pipe(call);
  }

  #requestOf({ method, url }: IncomingMessage, body: Buffer | null): Known {
    const key = `${method} ${url} ${body ? createHash("sha256").update(body).digest("hex") : ""}`;
    const known = this.#requests.get(key) ?? { random: seededRandom(`${this.#seed} ${key}`), struck: 0 };
    this.#requests.set(key, known);
    return known;
  }

  /** Decides the fault of a request's next attempt. */
  #strike(request: Known): ProxyFault | null {
    if (this.fault === null || request.struck >= MOST || request.random() >= this.share) return null;
    request.struck++;
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
