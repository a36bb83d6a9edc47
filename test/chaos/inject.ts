import { setTimeout as sleep } from "node:timers/promises";
import type { FakeProviders } from "../support/providers/server.ts";
import type { Fault, Plan } from "./plan.ts";
import type { ProxyFault } from "./renderer-proxy.ts";
import type { FaultSettings } from "./worker/settings.ts";
import type { World } from "./world.ts";

/** Injects the faults of a plan into the world. Returns when the last one is over. */
export async function inject(world: World, providers: FakeProviders, plan: Plan): Promise<void> {
  const injector = new Injector(world, providers);
  await Promise.all([
    injector.kills(plan.kills),
    ...plan.faults.map(async ({ atSeconds, fault }) => {
      await sleep(atSeconds * 1000);
      await injector.inject(fault);
    }),
  ]);
}

class Injector {
  readonly #world: World;
  readonly #providers: FakeProviders;
  /** The current faults of the proxy. Of several, the newest is in effect. */
  #proxyFaults: ProxyFault[] = [];
  /** The current faults of the database. Of several, the newest is in effect. */
  #databaseFaults: FaultSettings["database"][] = [];
  /** Faults of the renderer's process run one after the other. */
  #renderer: Promise<void> = Promise.resolve();

  constructor(world: World, providers: FakeProviders) {
    this.#world = world;
    this.#providers = providers;
  }

  async kills(kills: Plan["kills"]): Promise<void> {
    for (const { afterSeconds } of kills) {
      await sleep(afterSeconds * 1000);
      this.#world.count("service killed");
      await this.#world.killService();
      await this.#world.startService();
    }
  }

  async inject(fault: Plan["faults"][number]["fault"]): Promise<void> {
    const world = this.#world;
    switch (fault.kind) {
      case "renderer killed":
        return this.#withRenderer(async () => {
          world.count(fault.kind);
          await world.killRenderer();
          await sleep(fault.seconds * 1000);
          await world.startRenderer();
        });
      case "renderer hung":
        return this.#withRenderer(async () => {
          world.count(fault.kind);
          await world.hangRenderer(fault.seconds);
        });
      case "renderer slow":
        return this.#injectIntoProxy("slow", fault);
      case "renderer answers garbage":
        return this.#injectIntoProxy("garbage", fault);
      case "renderer cut off":
        return this.#injectIntoProxy("cut", fault);
      case "storage fails 1 in 5":
        await world.setFaults({ storage: 0.2 });
        await sleep(fault.seconds * 1000);
        return world.setFaults({ storage: 0 });
      case "database down":
      case "database loses answers": {
        const how = fault.kind === "database down" ? "down" : "lossy";
        this.#databaseFaults.push(how);
        await world.setFaults({ database: how });
        await sleep(fault.seconds * 1000);
        this.#databaseFaults.splice(this.#databaseFaults.indexOf(how), 1);
        return world.setFaults({ database: this.#databaseFaults.at(-1) ?? "up" });
      }
      case "queue late, twice":
        await world.setFaults({ queue: 0.5 });
        await sleep(fault.seconds * 1000);
        return world.setFaults({ queue: 0 });
      case "provider fails":
        world.count(fault.kind);
        await this.#providers.misbehave(fault.vendor, fault.how, { retryAfter: "2", milliseconds: 2_000 });
        await sleep(fault.seconds * 1000);
        return this.#providers.misbehave(fault.vendor, null);
      case "clock jumps":
        world.count(fault.kind);
        if (fault.jumpSeconds > 0) world.interruptions.push(Date.now());
        return world.setFaults({ clockMs: world.clockMs + fault.jumpSeconds * 1000 });
    }
  }

  #withRenderer(work: () => Promise<void>): Promise<void> {
    this.#renderer = this.#renderer.then(work);
    return this.#renderer;
  }

  async #injectIntoProxy(how: ProxyFault, { seconds }: Extract<Fault, { seconds: number }>): Promise<void> {
    this.#proxyFaults.push(how);
    this.#world.proxy.fault = how;
    await sleep(seconds * 1000);
    this.#proxyFaults.splice(this.#proxyFaults.indexOf(how), 1);
    this.#world.proxy.fault = this.#proxyFaults.at(-1) ?? null;
  }
}
