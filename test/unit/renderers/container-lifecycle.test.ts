import { expect, test, vi } from "vitest";
import {
  type ContainerHandle,
  ContainerLifecycle,
  ContainerStartError,
  NoCapacityError,
} from "../../../src/renderers/container/container-lifecycle.ts";

const TIMES = { startTimeoutMs: 40, pollIntervalMs: 2, healthTimeoutMs: 20 };
const HEALTHY = { ok: true, ffmpeg: "5.1", slots: 2, running: 0, queued: 0, draining: false };

/** A fake container. Tests control whether it starts, listens and exits. */
class Platform implements ContainerHandle {
  running = false;
  listening = true;
  starts = 0;
  destroyed = 0;
  signals: number[] = [];
  startError: Error | null = null;
  exit = Promise.withResolvers<void>();

  start(): void {
    this.starts++;
    if (this.startError) throw this.startError;
    this.running = true;
    this.exit = Promise.withResolvers<void>();
  }
  monitor(): Promise<void> {
    return this.exit.promise;
  }
  async destroy(): Promise<void> {
    this.destroyed++;
    this.running = false;
    this.exit.resolve();
  }
  signal(signo: number): void {
    this.signals.push(signo);
  }
  getTcpPort(): { fetch(url: string, init?: RequestInit): Promise<Response> } {
    return {
      fetch: async (url) => {
        if (!this.running || !this.listening) throw new Error("the container is not listening");
        return new URL(url).pathname === "/health" ? Response.json(HEALTHY) : new Response("rendered");
      },
    };
  }
}

test("concurrent requests start one container, without internet access", async () => {
  const platform = new Platform();
  const start = vi.spyOn(platform, "start");
  const container = new ContainerLifecycle(platform, { RENDERER_TOKEN: "secret" }, TIMES);
  const answers = await Promise.all([1, 2, 3].map(() => container.fetch("/render", { method: "POST" })));
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(["rendered", "rendered", "rendered"]);
  expect(start.mock.calls).toEqual([[{ enableInternet: false, env: { RENDERER_TOKEN: "secret" } }]]);
});

test("a container that exited is started again by the next request", async () => {
  const platform = new Platform();
  const container = new ContainerLifecycle(platform, {}, TIMES);
  await container.fetch("/render", {});
  platform.running = false;
  platform.exit.reject(new Error("runtime signalled the container to exit: 143"));
  await container.fetch("/render", {});
  expect(platform.starts).toBe(2);
});

test("a start fails with NoCapacityError if the platform is full, and with ContainerStartError otherwise", async () => {
  const full = new Platform();
  full.startError = new Error("Maximum number of running container instances exceeded");
  await expect(new ContainerLifecycle(full, {}, TIMES).fetch("/render", {})).rejects.toThrow(NoCapacityError);

  const broken = new Platform();
  broken.startError = new Error("image not found");
  await expect(new ContainerLifecycle(broken, {}, TIMES).fetch("/render", {})).rejects.toThrow(ContainerStartError);
});

test("a request fails with NoCapacityError if the platform reports missing capacity after the start", async () => {
  const platform = new Platform();
  platform.listening = false;
  const container = new ContainerLifecycle(platform, {}, TIMES);
  const asked = container.fetch("/render", {});
  platform.exit.reject(new Error("there is no container instance that can be provided to this durable object"));
  await expect(asked).rejects.toThrow(NoCapacityError);
});

test("a container that never becomes healthy is destroyed, and the next request starts a new one", async () => {
  const platform = new Platform();
  platform.listening = false;
  const container = new ContainerLifecycle(platform, {}, TIMES);
  await expect(container.fetch("/render", {})).rejects.toThrow(ContainerStartError);
  expect(platform.destroyed).toBe(1);
  platform.listening = true;
  expect((await container.fetch("/render", {})).status).toBe(200);
  expect(platform.starts).toBe(2);
});

test("a running container whose port is dead is replaced by a new one", async () => {
  const platform = new Platform();
  const container = new ContainerLifecycle(platform, {}, TIMES);
  await container.fetch("/render", {});
  platform.listening = false;
  await expect(container.fetch("/render", {})).rejects.toThrow("not listening");
  expect(platform.destroyed).toBe(1);
  platform.listening = true;
  await container.fetch("/render", {});
  expect(platform.starts).toBe(2);
});

test("stop sends SIGTERM to a running container only", async () => {
  const platform = new Platform();
  const container = new ContainerLifecycle(platform, {}, TIMES);
  container.stop();
  expect(platform.signals).toEqual([]);
  await container.fetch("/render", {});
  container.stop();
  expect(platform.signals).toEqual([15]);
});
