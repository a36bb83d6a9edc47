import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../scripts/free-port.ts";
import { type RunningProcess, startProcess, startRenderServer } from "../../scripts/service.ts";
import { RendererProxy } from "./renderer-proxy.ts";
import { FAULT_EVENT, FAULTS_PATH, type FaultSettings, noFaults, STORED_EVENT } from "./worker/settings.ts";

const TOKEN = "a token for tests only";

const PROXY_FAULTS = { slow: "answer late", garbage: "answer garbage", cut: "answer broken off" };

/** A line of the Worker's log. */
export interface LogLine {
  /** When the line came, in Unix milliseconds. */
  time: number;
  event: string;
  task_id?: string;
  stage?: string;
  job?: string;
  kind?: string;
  sweep?: string;
  /** All fields of the line. */
  fields: Readonly<Record<string, unknown>>;
}

export interface WorldOptions {
  /** Path of the file with the HostConfig. */
  config: string;
  /** Folder for all stored data. */
  state: string;
  /** Settings of the service. */
  vars: Record<string, string>;
  /** Decides which calls fail. */
  seed: string;
  /** Settings of the author Worker. */
  author?: Record<string, string>;
  /** Whether to render with ffmpeg.wasm instead of the render server. */
  wasm: boolean;
}

/** The service under test: the API Worker, a render server, and the proxy between them. */
export class World {
  readonly origin: string;
  readonly state: string;
  readonly log: LogLine[] = [];
  /** How often each fault happened, by its name in the report. */
  readonly injected = new Map<string, number>();
  /** When all work was interrupted, in Unix milliseconds: kills of the service, and clock jumps, which end leases. */
  readonly interruptions: number[] = [];
  /** When each authored object was first stored, in Unix milliseconds, by R2 key. */
  readonly stored = new Map<string, number>();
  readonly proxy: RendererProxy;
  readonly #options: WorldOptions;
  readonly #port: number;
  readonly #rendererPort: number;
  #faults = noFaults;
  #starts = 0;
  #api: RunningProcess | null = null;
  #renderer: RunningProcess | null = null;

  private constructor(options: WorldOptions, port: number, rendererPort: number, proxy: RendererProxy) {
    this.#options = options;
    this.#port = port;
    this.#rendererPort = rendererPort;
    this.proxy = proxy;
    this.state = options.state;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** Starts the service, the render server and the proxy. */
  static async start(options: WorldOptions): Promise<World> {
    const rendererPort = await freePort();
    const proxy = await RendererProxy.start(rendererPort, options.seed, (fault) =>
      world.count(`renderer: ${PROXY_FAULTS[fault]}`),
    );
    const world: World = new World(options, await freePort(), rendererPort, proxy);
    await Promise.all([world.startRenderer(), world.startService()]);
    return world;
  }

  count(fault: string): void {
    this.injected.set(fault, (this.injected.get(fault) ?? 0) + 1);
  }

  async startService(): Promise<void> {
    const vars = {
      AUTH: "off",
      RENDERER: this.#options.wasm ? "wasm" : "http",
      RENDERER_URL: this.proxy.origin,
      RENDERER_TOKEN: TOKEN,
      SWEEP_GRACE_SECONDS: "0",
      ...this.#options.vars,
    };
    const { config, state, author = {} } = this.#options;
    const settings = [JSON.stringify(vars), JSON.stringify(author)];
    const host = [process.execPath, "test/chaos/host.ts", config, state, String(this.#port), ...settings];
    this.#api = startProcess("api", host, process.env, (line) => this.#read(line));
    await ready(this.#api);
    await this.setFaults({ seed: `${this.#options.seed} ${this.#starts++}` });
  }

  async killService(): Promise<void> {
    this.interruptions.push(Date.now());
    this.#api?.kill();
    await this.#api?.ended;
  }

  async startRenderer(): Promise<void> {
    const settings = { PORT: String(this.#rendererPort), RENDERER_TOKEN: TOKEN, SLOTS: "2" };
    this.#renderer = startRenderServer({ ...settings, SCRATCH_DIR: join(this.state, "render") }, (line) => {
      // Show internal errors of the render server, because their reason is only in its log.
      if (line.includes('"event":"internal_error"')) console.error(line);
    });
    await ready(this.#renderer);
  }

  async killRenderer(): Promise<void> {
    this.#renderer?.kill();
    await this.#renderer?.ended;
  }

  /** Pauses the renderer's process for a while. */
  async hangRenderer(seconds: number): Promise<void> {
    const renderer = this.#renderer;
    renderer?.pause();
    await sleep(seconds * 1000);
    renderer?.resume();
  }

  /** Changes the faults of the Worker's bindings. They stay in effect after a restart of the Worker. */
  async setFaults(change: Partial<FaultSettings>): Promise<void> {
    this.#faults = { ...this.#faults, ...change };
    await fetch(`${this.origin}${FAULTS_PATH}`, {
      method: "PUT",
      body: JSON.stringify(this.#faults),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => {});
  }

  /** How far the Worker's clock is ahead. */
  get clockMs(): number {
    return this.#faults.clockMs;
  }

  /** Runs the sweeps, as the cron trigger does. */
  async sweep(): Promise<void> {
    await fetch(`${this.origin}/cdn-cgi/local/scheduled`, { signal: AbortSignal.timeout(60_000) }).catch(() => {});
  }

  async stop(): Promise<void> {
    this.proxy.close();
    await Promise.all([this.killService(), this.killRenderer()]);
  }

  #read(line: string): void {
    if (!line.startsWith('{"event":')) {
      if (line.trim() !== "" && process.env.CHAOS_LOG) console.error(line);
      return;
    }
    const entry = JSON.parse(line) as Omit<LogLine, "time" | "fields">;
    if (process.env.CHAOS_LOG) console.error(line);
    if (entry.event === FAULT_EVENT) this.count(entry.kind ?? "");
    if (entry.event === STORED_EVENT && !this.stored.has(entry.kind ?? ""))
      this.stored.set(entry.kind ?? "", Date.now());
    this.log.push({ ...entry, time: Date.now(), fields: { ...entry } });
  }
}

async function ready(process: RunningProcess): Promise<void> {
  const ended = process.ended.then((code) => {
    throw new Error(`the ${process.name} process ended with code ${code}`);
  });
  await Promise.race([process.ready, ended]);
  ended.catch(() => {});
}
