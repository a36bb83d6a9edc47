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

/** The output of a job. */
export interface Rendered {
  /** Must be read to its end or cancelled. The job keeps its place in the queue until then. */
  body: ReadableStream<Uint8Array>;
  /** Size in bytes. */
  size: number;
  /** SHA-256 in Base64. */
  sha256: string;
}

/** Runs the jobs of one server, limits how many run at once, and cleans up their files. */
export class Jobs {
  readonly inputs: InputCache;
  readonly #settings: Settings;
  readonly #scratch: string;
  readonly #directories: WorkDirectories;
  readonly #renders: Slots;
  /** Probes have their own slots: they are short, a client waits for each, and they must not wait for renders. */
  readonly #probes: Slots;
  readonly #shutdown = new AbortController();
  #draining = false;
  #present = 0;
  #onEmpty: (() => void) | null = null;

  /** @param scratch a directory that only this server uses. Files left by a crash are deleted. */
  constructor(settings: Settings, scratch: string) {
    this.#settings = settings;
    this.#scratch = scratch;
    this.inputs = new InputCache(join(scratch, "inputs"), settings.INPUT_CACHE_BYTES, settings.INPUT_MAX_BYTES);
    this.#directories = new WorkDirectories(join(scratch, "jobs"));
    this.#renders = new Slots(settings.SLOTS, settings.QUEUE);
    this.#probes = new Slots(settings.SLOTS, settings.QUEUE);
  }

  /** The state of the server. Counts renders only, because probes are short. */
  state(): Pick<Health, "slots" | "running" | "queued" | "draining"> {
    const { count, running, queued } = this.#renders;
    return { slots: count, running, queued, draining: this.#draining };
  }

  /**
   * Runs a render job when a slot is free.
   *
   * @throws FailureError. If the signal aborts, throws its reason.
   */
  async render({ job, inputs, limits }: RenderRequest, signal: AbortSignal): Promise<Rendered> {
    // Stills jobs go first: they are short, and they are the last step of a task.
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
   * @throws FailureError. If the signal aborts, throws its reason.
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

  /** Accepts no more jobs. Resolves when all current jobs have ended and their outputs are sent. */
  async drain(): Promise<void> {
    this.#draining = true;
    if (this.#present === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** Kills every ffmpeg. */
  abort(): void {
    this.#shutdown.abort(busy("the server is shutting down"));
  }

  #enter(slots: Slots, rank?: Rank): (() => void) & { slot: (signal: AbortSignal) => Promise<() => void> } {
    if (this.#draining) throw busy("the server is shutting down and accepts no more jobs");
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

/** Streams a file that is already unlinked. Its disk space is freed when it is closed, after the last byte. */
async function outgoing(file: FileHandle, leave: () => void): Promise<Rendered> {
  const { size } = await file.stat();
  const hash = createHash("sha256");
  const reading = { start: 0, highWaterMark: 256 * 1024 };
  for await (const chunk of file.createReadStream({ ...reading, autoClose: false })) hash.update(chunk);
  const stream = file.createReadStream(reading);
  once(stream, "close").then(leave, leave);
  return { size, sha256: hash.digest("base64"), body: Readable.toWeb(stream) as ReadableStream<Uint8Array> };
}
