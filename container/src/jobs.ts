import { createHash } from "node:crypto";
import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { MediaProbe } from "../../src/protocol/render-job.ts";
import type { Health, RenderRequest } from "../../src/protocol/render-server.ts";
import { busy } from "./failure.ts";
import { probe, type RunOptions, render } from "./ffmpeg.ts";
import { InputCache } from "./input-cache.ts";
import type { Settings } from "./settings.ts";
import { type Rank, Slots } from "./slots.ts";
import { WorkDirectories } from "./work-directory.ts";

/** A job's output. */
export interface Rendered {
  /** Must be read to its end or cancelled: the job holds its place until then. */
  body: ReadableStream<Uint8Array>;
  /** Bytes. */
  size: number;
  /** Base64. */
  sha256: string;
}

/** The jobs of one server: which run, which wait, and what they leave on disk, which is nothing. */
export class Jobs {
  readonly inputs: InputCache;
  readonly #settings: Settings;
  readonly #scratch: string;
  readonly #directories: WorkDirectories;
  readonly #renders: Slots;
  /** Probes are short and somebody waits for each: they do not stand behind renders. */
  readonly #probes: Slots;
  readonly #shutdown = new AbortController();
  #draining = false;
  #present = 0;
  #onEmpty: (() => void) | null = null;

  /** @param scratch folder that belongs to this server alone; what a crash left there is removed. */
  constructor(settings: Settings, scratch: string) {
    this.#settings = settings;
    this.#scratch = scratch;
    this.inputs = new InputCache(join(scratch, "inputs"), settings.INPUT_CACHE_BYTES, settings.INPUT_MAX_BYTES);
    this.#directories = new WorkDirectories(join(scratch, "jobs"));
    this.#renders = new Slots(settings.SLOTS, settings.QUEUE);
    this.#probes = new Slots(settings.SLOTS, settings.QUEUE);
  }

  /** What is going on; of renders, since they are what takes time. */
  state(): Pick<Health, "slots" | "running" | "queued" | "draining"> {
    const { count, running, queued } = this.#renders;
    return { slots: count, running, queued, draining: this.#draining };
  }

  /**
   * Renders, as soon as there is a slot.
   *
   * @throws FailureError, or the signal's reason.
   */
  async render({ job, inputs, limits }: RenderRequest, signal: AbortSignal): Promise<Rendered> {
    // Stills are short, and all that a finished task still lacks.
    const leave = this.#enter(this.#renders, job.kind === "stills" ? "first" : undefined);
    try {
      const file = await this.#run(leave.slot, inputs, signal, (paths, options) => render(job, paths, limits, options));
      return await outgoing(file, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /**
   * Describes an input.
   *
   * @throws FailureError, or the signal's reason.
   */
  async probe(sha256: string, signal: AbortSignal): Promise<MediaProbe> {
    const leave = this.#enter(this.#probes);
    try {
      return await this.#run(leave.slot, [{ sha256 }], signal, ([path = ""], options) =>
        probe(path, this.#settings.PROBE_SECONDS, options),
      );
    } finally {
      leave();
    }
  }

  /** Takes no more jobs, and resolves once those there are have ended and been sent. */
  async drain(): Promise<void> {
    this.#draining = true;
    if (this.#present === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** Kills every ffmpeg. */
  abort(): void {
    this.#shutdown.abort(busy("the server is ending"));
  }

  #enter(slots: Slots, rank?: Rank): (() => void) & { slot: (signal: AbortSignal) => Promise<() => void> } {
    if (this.#draining) throw busy("the server is ending and takes no more jobs");
    const admission = slots.admit(rank);
    this.#present++;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      admission.leave();
      this.#present--;
      if (this.#present === 0) this.#onEmpty?.();
    };
    return Object.assign(leave, { slot: admission.slot });
  }

  async #run<T>(
    takeSlot: (signal: AbortSignal) => Promise<() => void>,
    inputs: RenderRequest["inputs"],
    client: AbortSignal,
    work: (paths: string[], options: RunOptions) => Promise<T>,
  ): Promise<T> {
    const { threads, MEMORY_LIMIT_BYTES: memoryBytes } = this.#settings;
    const signal = AbortSignal.any([client, this.#shutdown.signal]);
    const pinned = this.inputs.pin(inputs.map(({ sha256 }) => sha256));
    try {
      const release = await takeSlot(signal);
      try {
        return await this.#directories.use((directory) =>
          work(pinned.paths, { directory, cache: join(this.#scratch, "cache"), threads, memoryBytes, signal }),
        );
      } finally {
        release();
      }
    } finally {
      pinned.release();
    }
  }
}

/** The bytes of a file whose name is gone already: its place on disk goes with the last byte read. */
async function outgoing(file: FileHandle, leave: () => void): Promise<Rendered> {
  const { size } = await file.stat();
  const hash = createHash("sha256");
  const reading = { start: 0, highWaterMark: 256 * 1024 };
  for await (const chunk of file.createReadStream({ ...reading, autoClose: false })) hash.update(chunk);
  const stream = file.createReadStream(reading);
  once(stream, "close").then(leave, leave);
  return { size, sha256: hash.digest("base64"), body: Readable.toWeb(stream) as ReadableStream<Uint8Array> };
}
