import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Plan } from "./plan.ts";
import type { ProxyFault } from "./renderer-proxy.ts";
import type { FaultSettings } from "./worker/settings.ts";
import type { World } from "./world.ts";

/** Injects the faults of a plan and returns when all of them have ended. */
export async function inject(world: World, plan: Plan): Promise<void> {
  const injector = new Injector(world);
  await Promise.all([
    injector.kills(plan.kills),
    ...plan.faults.map(async ({ at, fault }) => {
      await sleep(at * 1000);
      await injector.inject(fault);
    }),
  ]);
}

class Injector {
  readonly #world: World;
  /** Active faults of the proxy and of D1. If several overlap, the newest applies. */
  #onTheWay: ProxyFault[] = [];
  #ofTheDatabase: FaultSettings["database"][] = [];
  /** The queue of operations on the render server's process, which run one after the other. */
  #renderer: Promise<void> = Promise.resolve();

  constructor(world: World) {
    this.#world = world;
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
        return this.#through("slow", fault);
      case "renderer answers garbage":
        return this.#through("garbage", fault);
      case "renderer cut off":
        return this.#through("cut", fault);
      case "storage fails 1 in 5":
        await world.setFaults({ storage: 0.2 });
        await sleep(fault.seconds * 1000);
        return world.setFaults({ storage: 0 });
      case "database down":
      case "database deaf": {
        const how = fault.kind === "database down" ? "down" : "deaf";
        this.#ofTheDatabase.push(how);
        await world.setFaults({ database: how });
        await sleep(fault.seconds * 1000);
        this.#ofTheDatabase.splice(this.#ofTheDatabase.indexOf(how), 1);
        return world.setFaults({ database: this.#ofTheDatabase.at(-1) ?? "up" });
      }
      case "queue late, twice":
        await world.setFaults({ queue: 0.5 });
        await sleep(fault.seconds * 1000);
        return world.setFaults({ queue: 0 });
      case "clock jumps":
        world.count(fault.kind);
        return world.setFaults({ clock: world.clock + fault.jump * 1000 });
    }
  }

  #withRenderer(work: () => Promise<void>): Promise<void> {
    this.#renderer = this.#renderer.then(work);
    return this.#renderer;
  }

  async #through(how: ProxyFault, { seconds }: Extract<Fault, { seconds: number }>): Promise<void> {
    this.#onTheWay.push(how);
    this.#world.proxy.fault = how;
    await sleep(seconds * 1000);
    this.#onTheWay.splice(this.#onTheWay.indexOf(how), 1);
    this.#world.proxy.fault = this.#onTheWay.at(-1) ?? null;
  }
}
