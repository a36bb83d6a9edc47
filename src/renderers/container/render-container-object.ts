import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../../config/config.ts";
import { FAILURE_STATUS, type ServerFailure } from "../../protocol/render-server.ts";
import { log, messageOf } from "../../util/log.ts";
import { ContainerLifecycle, NoCapacityError } from "./container-lifecycle.ts";

/**
 * The Durable Object of one container instance. It starts the container when a request comes, passes requests on to
 * the render server inside, and stops the container when it has been idle for `CONTAINER_SLEEP_SECONDS`.
 */
export class RenderContainer extends DurableObject<object> {
  readonly #container: ContainerLifecycle | null;
  #lastUsed = 0;

  constructor(state: DurableObjectState, env: object) {
    super(state, env);
    const { RENDERER_TOKEN } = readConfig(env);
    const settings = RENDERER_TOKEN ? { RENDERER_TOKEN } : {};
    this.#container = state.container ? new ContainerLifecycle(state.container, settings) : null;
  }

  /** Whether this object has a container. */
  async isBound(): Promise<boolean> {
    return this.#container !== null;
  }

  /** The state of the container. Does not start it. */
  async state(): Promise<"asleep" | "healthy" | "unreachable"> {
    if (!this.#container?.running) return "asleep";
    return (await this.#container.health()) === null ? "unreachable" : "healthy";
  }

  /**
   * Passes a request on to the render server. The answer is 503 `busy` if the platform has no instance to give.
   *
   * @throws Error if the container cannot be started or reached.
   */
  override async fetch(request: Request): Promise<Response> {
    if (!this.#container) throw new Error("this deployment has no container");
    await this.#markUsed();
    const { pathname } = new URL(request.url);
    const { method, headers, body, signal } = request;
    try {
      return await this.#container.fetch(pathname, { method, headers, body, signal });
    } catch (error) {
      if (!(error instanceof NoCapacityError)) throw error;
      const failure: ServerFailure = { ok: false, code: "busy", message: error.message };
      return Response.json(failure, { status: FAILURE_STATUS.busy, headers: { "retry-after": "10" } });
    } finally {
      await this.#markUsed();
    }
  }

  /**
   * Stops an idle container. The alarm repeats, because the platform does not wake this object when the container
   * ends, and only the render server knows whether it has jobs.
   */
  override async alarm(): Promise<void> {
    try {
      if (!this.#container?.running) return;
      const health = await this.#container.health();
      const busy = health !== null && health.running + health.queued > 0;
      const idleMs = Date.now() - this.#lastUsed;
      if (!busy && idleMs >= this.#sleepAfterMs()) {
        log("container_sleeps", {});
        this.#container.stop();
        return;
      }
    } catch (error) {
      log("container_alarm_failed", { message: messageOf(error) });
    }
    await this.ctx.storage.setAlarm(Date.now() + this.#sleepAfterMs());
  }

  async #markUsed(): Promise<void> {
    this.#lastUsed = Date.now();
    await this.ctx.storage.setAlarm(this.#lastUsed + this.#sleepAfterMs());
  }

  #sleepAfterMs(): number {
    return readConfig(this.env).CONTAINER_SLEEP_SECONDS * 1000;
  }
}
