import { type Health, healthSchema, RENDER_SERVER_PATHS } from "../../protocol/render-server.ts";
import { log, messageOf } from "../../util/log.ts";

/** The part of `ctx.container` (Durable Object Container API) that {@link ContainerLifecycle} uses. */
export interface ContainerHandle {
  readonly running: boolean;
  start(options: { enableInternet: boolean; env: Record<string, string> }): void;
  monitor(): Promise<void>;
  destroy(): Promise<void>;
  signal(signo: number): void;
  getTcpPort(port: number): { fetch(url: string, init?: RequestInit): Promise<Response> };
}

/** The platform has no instance to give: the max number of instances is running, or there is no capacity. */
export class NoCapacityError extends Error {
  override name = "NoCapacityError";
}

/** The container did not start, or its server did not become healthy in time. */
export class ContainerStartError extends Error {
  override name = "ContainerStartError";
}

const PORT = 8081;
const SIGTERM = 15;

export interface ContainerTimes {
  /** Max time from the start of the container to its first healthy answer. */
  startTimeoutMs: number;
  /** Time between two health checks during the start. */
  pollIntervalMs: number;
  /** Timeout for one health check. */
  healthTimeoutMs: number;
}

const DEFAULT_TIMES: ContainerTimes = { startTimeoutMs: 45_000, pollIntervalMs: 250, healthTimeoutMs: 5_000 };

/** Starts one container when it is needed, passes requests to it, and replaces it if it stops answering. */
export class ContainerLifecycle {
  readonly #container: ContainerHandle;
  readonly #env: Record<string, string>;
  readonly #times: ContainerTimes;
  /** The start that is running or has succeeded; null if the container has to be started or checked again. */
  #started: Promise<void> | null = null;

  /** @param env environment variables of the container. */
  constructor(container: ContainerHandle, env: Record<string, string>, times: ContainerTimes = DEFAULT_TIMES) {
    this.#container = container;
    this.#env = env;
    this.#times = times;
  }

  get running(): boolean {
    return this.#container.running;
  }

  /**
   * Sends a request to the render server in the container. Starts the container first if it is not running.
   *
   * @throws NoCapacityError; ContainerStartError; whatever a lost connection throws.
   */
  async fetch(path: string, init: RequestInit): Promise<Response> {
    await this.#ensureStarted();
    try {
      return await this.#container.getTcpPort(PORT).fetch(`http://container${path}`, init);
    } catch (error) {
      init.signal?.throwIfAborted();
      // If the container seems to run but its port stays dead, only a new container helps.
      if ((await this.health()) === null) await this.#destroy(`the port does not answer: ${messageOf(error)}`);
      throw error;
    }
  }

  /** The health that the render server reports; null if it does not answer. */
  async health(): Promise<Health | null> {
    try {
      const signal = AbortSignal.timeout(this.#times.healthTimeoutMs);
      const answer = await this.#container
        .getTcpPort(PORT)
        .fetch(`http://container${RENDER_SERVER_PATHS.health}`, { signal });
      return healthSchema.parse(await answer.json());
    } catch {
      return null;
    }
  }

  /** Tells the server to finish its jobs and exit. */
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
    for (let waited = 0; waited < this.#times.startTimeoutMs; waited += this.#times.pollIntervalMs) {
      if ((await this.health()) !== null) return;
      if (exit.error !== null) throw classify(exit.error);
      await new Promise((resolve) => setTimeout(resolve, this.#times.pollIntervalMs));
    }
    await this.#destroy("the server did not become healthy");
    throw new ContainerStartError(`the container's server was not healthy within ${this.#times.startTimeoutMs} ms`);
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

/** The platform's known messages for "no capacity". It has no error class or code for this. */
const NO_CAPACITY_MESSAGE =
  /no container instance|maximum number of running container instances|too many|capacity|rate limit/i;

function classify(error: unknown): Error {
  const message = messageOf(error);
  if (NO_CAPACITY_MESSAGE.test(message)) return new NoCapacityError(message, { cause: error });
  return new ContainerStartError(`the container did not start: ${message}`, { cause: error });
}
