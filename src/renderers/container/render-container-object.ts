import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../../config/config.ts";
import { FAILURE_STATUS, type ServerFailure } from "../../protocol/render-server.ts";
import { log, messageOf } from "../../util/log.ts";
import { ContainerProcess, NoCapacityError } from "./container-lifecycle.ts";

/**
 * One instance of the ffmpeg container, by the Durable Object Container API. It passes requests on to
 * the render server inside, starts it when needed, and ends it when nothing was asked of it for a
 * while and it has nothing to do.
 */
export class RenderContainer extends DurableObject<object> {
  readonly #process: ContainerProcess | null;
  #lastUsed = 0;

  constructor(state: DurableObjectState, env: object) {
    super(state, env);
    const { RENDERER_TOKEN } = readConfig(env);
    const settings = RENDERER_TOKEN ? { RENDERER_TOKEN } : {};
    this.#process = state.container ? new ContainerProcess(state.container, settings) : null;
  }

  /** Whether there is a container behind this object. */
  async isBound(): Promise<boolean> {
    return this.#process !== null;
  }

  /** How the container is, which this does not start. */
  async look(): Promise<"asleep" | "well" | "silent"> {
    if (!this.#process?.running) return "asleep";
    return (await this.#process.health()) === null ? "silent" : "well";
  }

  /** Passes a request on to the render server. Throws where the container cannot be reached. */
  override async fetch(request: Request): Promise<Response> {
    if (!this.#process) throw new Error("this deployment has no container");
    await this.#used();
    const { pathname } = new URL(request.url);
    const { method, headers, body, signal } = request;
    try {
      return await this.#process.fetch(pathname, { method, headers, body, signal });
    } catch (error) {
      if (!(error instanceof NoCapacityError)) throw error;
      const failure: ServerFailure = { ok: false, code: "busy", message: error.message };
      return Response.json(failure, { status: FAILURE_STATUS.busy, headers: { "retry-after": "10" } });
    } finally {
      await this.#used();
    }
  }

  /**
   * Lets an idle container go. The platform does not wake this object when its container ends, and
   * what runs inside is known only there: so it looks from time to time.
   */
  override async alarm(): Promise<void> {
    try {
      if (!this.#process?.running) return;
      const health = await this.#process.health();
      const busy = health !== null && health.running + health.queued > 0;
      const idleSince = Date.now() - this.#lastUsed;
      if (!busy && idleSince >= this.#sleepAfter()) {
        log("container_sleeps", {});
        this.#process.stop();
        return;
      }
    } catch (error) {
      log("container_alarm_failed", { message: messageOf(error) });
    }
    await this.ctx.storage.setAlarm(Date.now() + this.#sleepAfter());
  }

  async #used(): Promise<void> {
    this.#lastUsed = Date.now();
    await this.ctx.storage.setAlarm(this.#lastUsed + this.#sleepAfter());
  }

  #sleepAfter(): number {
    return readConfig(this.env).CONTAINER_SLEEP_SECONDS * 1000;
  }
}
