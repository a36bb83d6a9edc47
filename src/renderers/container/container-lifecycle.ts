import { type Health, healthSchema, RENDER_SERVER_PATHS } from "../../protocol/render-server.ts";
import { log, messageOf } from "../../util/log.ts";

/** The parts of `ctx.container` (Durable Object Container API) that are used here. */
export interface ContainerHandle {
  readonly running: boolean;
  start(options: { enableInternet: boolean; env: Record<string, string> }): void;
  monitor(): Promise<void>;
  destroy(): Promise<void>;
  signal(signo: number): void;
  getTcpPort(port: number): { fetch(url: string, init?: RequestInit): Promise<Response> };
}

/** No instance could be had now: all that are allowed run, or the platform has no room. */
export class NoCapacityError extends Error {
  override name = "NoCapacityError";
}

/** The container did not start, or does not listen. */
export class ContainerStartError extends Error {
  override name = "ContainerStartError";
}

const PORT = 8081;
const SIGTERM = 15;

/** Times in milliseconds. */
export interface ContainerTimes {
  /** Longest time from the start to the first healthy answer. */
  start: number;
  /** Between two looks at whether it is healthy. */
  poll: number;
  /** Longest wait for one answer about its health. */
  health: number;
}

const TIMES: ContainerTimes = { start: 45_000, poll: 250, health: 5_000 };

/** Keeps one container running and reachable; what it cannot mend it tells apart by error. */
export class ContainerProcess {
  readonly #container: ContainerHandle;
  readonly #env: Record<string, string>;
  readonly #times: ContainerTimes;
  /** The start under way, or done; null when the container is not known to be well. */
  #started: Promise<void> | null = null;

  /** @param env environment variables of the container. */
  constructor(container: ContainerHandle, env: Record<string, string>, times: ContainerTimes = TIMES) {
    this.#container = container;
    this.#env = env;
    this.#times = times;
  }

  get running(): boolean {
    return this.#container.running;
  }

  /**
   * Sends a request to the render server inside, starting the container where it does not run.
   *
   * @throws NoCapacityError, ContainerStartError; whatever the connection throws when it is lost.
   */
  async fetch(path: string, init: RequestInit): Promise<Response> {
    await this.#ensureStarted();
    try {
      return await this.#container.getTcpPort(PORT).fetch(`http://container${path}`, init);
    } catch (error) {
      init.signal?.throwIfAborted();
      // A port that is dead while the container seems to run mends itself only by a new container.
      if ((await this.health()) === null) await this.#destroy(`the port does not answer: ${messageOf(error)}`);
      throw error;
    }
  }

  /** What the server says of itself, or null where it does not answer. */
  async health(): Promise<Health | null> {
    try {
      const signal = AbortSignal.timeout(this.#times.health);
      const answer = await this.#container
        .getTcpPort(PORT)
        .fetch(`http://container${RENDER_SERVER_PATHS.health}`, { signal });
      return healthSchema.parse(await answer.json());
    } catch {
      return null;
    }
  }

  /** Asks the server to finish what it has and end. */
  stop(): void {
    if (this.#container.running) this.#container.signal(SIGTERM);
    this.#started = null;
  }

  async #ensureStarted(): Promise<void> {
    if (!this.#container.running) this.#started = null;
    this.#started ??= this.#start();
    try {
      await this.#started;
    } catch (error) {
      this.#started = null;
      throw error;
    }
  }

  async #start(): Promise<void> {
    if (!this.#container.running) {
      try {
        this.#container.start({ enableInternet: false, env: this.#env });
      } catch (error) {
        throw classify(error);
      }
    }
    const exit: { error: unknown } = { error: null };
    this.#container.monitor().then(
      () => this.#ended("exit"),
      (error: unknown) => {
        exit.error = error;
        this.#ended(messageOf(error));
      },
    );
    for (let waited = 0; waited < this.#times.start; waited += this.#times.poll) {
      if ((await this.health()) !== null) return;
      if (exit.error !== null) throw classify(exit.error);
      await new Promise((resolve) => setTimeout(resolve, this.#times.poll));
    }
    await this.#destroy("the server did not become healthy");
    throw new ContainerStartError(`the container's server was not healthy within ${this.#times.start} ms`);
  }

  #ended(reason: string): void {
    this.#started = null;
    log("container_ended", { reason });
  }

  async #destroy(reason: string): Promise<void> {
    this.#started = null;
    log("container_destroyed", { reason });
    await this.#container.destroy().catch((error: unknown) => log("destroy_failed", { message: messageOf(error) }));
  }
}

/** The platform tells "no room" by words alone: the texts that are known of it. */
const NO_CAPACITY = /no container instance|maximum number of running container instances|too many|capacity|rate limit/i;

function classify(error: unknown): Error {
  const message = messageOf(error);
  if (NO_CAPACITY.test(message)) return new NoCapacityError(message, { cause: error });
  return new ContainerStartError(`the container did not start: ${message}`, { cause: error });
}
