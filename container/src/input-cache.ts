import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { chmod, open, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { sha256Schema } from "../../src/protocol/render-server.ts";
import { busy, FailureError } from "./failure.ts";

interface Entry {
  size: number;
  /** How many jobs read it. */
  pins: number;
}

/** Inputs of a job that stay in the cache until they are released. */
export interface PinnedInputs {
  /** Where the bytes lie, in the order asked for. */
  paths: string[];
  release(): void;
}

/**
 * Inputs on disk by the hash of their bytes, under a cap by least recent use. Bytes being received
 * count too, and what a job reads is never dropped.
 */
export class InputCache {
  readonly #folder: string;
  readonly #capacity: number;
  readonly #largest: number;
  /** In order of use, the least recent first. */
  readonly #entries = new Map<string, Entry>();
  /** Bytes of all entries and of those being received. */
  #used = 0;

  /**
   * Takes over what an earlier process left: whole inputs are kept, half received ones removed.
   *
   * @param capacity bytes of all inputs together.
   * @param largest bytes of one input.
   */
  constructor(folder: string, capacity: number, largest: number) {
    this.#folder = folder;
    this.#capacity = capacity;
    this.#largest = Math.min(largest, capacity);
    mkdirSync(folder, { recursive: true });
    const found = readdirSync(folder).map((name) => ({ name, stat: statSync(join(folder, name)) }));
    found.sort((a, b) => a.stat.mtimeMs - b.stat.mtimeMs);
    for (const { name, stat } of found) {
      if (sha256Schema.safeParse(name).success && stat.isFile()) {
        this.#entries.set(name, { size: stat.size, pins: 0 });
        this.#used += stat.size;
      } else {
        rmSync(join(folder, name), { recursive: true, force: true });
      }
    }
    this.#makeRoom(0);
  }

  /** Whether an input is here; counts as a use. */
  has(sha256: string): boolean {
    return this.#touch(sha256) !== undefined;
  }

  /**
   * Keeps inputs from being dropped.
   *
   * @throws FailureError `input_missing`, naming all that are not here.
   */
  pin(hashes: readonly string[]): PinnedInputs {
    const missing = [...new Set(hashes)].filter((sha256) => !this.has(sha256));
    if (missing.length > 0) {
      throw new FailureError({ ok: false, code: "input_missing", message: "inputs are not on this server", missing });
    }
    const pinned = hashes.flatMap((sha256) => this.#touch(sha256) ?? []);
    for (const entry of pinned) entry.pins++;
    return {
      paths: hashes.map((sha256) => join(this.#folder, sha256)),
      release: () => {
        for (const entry of pinned.splice(0)) entry.pins--;
      },
    };
  }

  /**
   * Receives an input. Nothing of it is kept unless every byte came and their hash is `sha256`.
   *
   * @param length bytes announced, where they are.
   * @throws FailureError `bad_input`, `input_too_large`, `busy`; and whatever the body throws.
   */
  async put(sha256: string, body: AsyncIterable<Uint8Array>, length: number | null): Promise<void> {
    if (length !== null && length > this.#largest) throw this.#tooLarge();
    const temporary = join(this.#folder, `receiving-${randomUUID()}`);
    let received = 0;
    let kept = false;
    try {
      const hash = createHash("sha256");
      const file = await open(temporary, "wx", 0o600);
      try {
        for await (const chunk of body) {
          if (received + chunk.byteLength > this.#largest) throw this.#tooLarge();
          this.#makeRoom(chunk.byteLength);
          this.#used += chunk.byteLength;
          received += chunk.byteLength;
          hash.update(chunk);
          await file.writeFile(chunk);
        }
      } finally {
        await file.close();
      }
      const actual = hash.digest("hex");
      if (actual !== sha256) {
        throw new FailureError({
          ok: false,
          code: "bad_input",
          message: `the ${received} bytes received have the SHA-256 ${actual} and not ${sha256}`,
          log: "",
        });
      }
      await chmod(temporary, 0o400);
      // Another request may have brought the same bytes meanwhile, and theirs stay: where a file is replaced
      // while a job links it, link(2) may find nothing.
      if (!this.#touch(sha256)) {
        renameSync(temporary, join(this.#folder, sha256));
        this.#entries.set(sha256, { size: received, pins: 0 });
        kept = true;
      }
    } finally {
      if (!kept) {
        this.#used -= received;
        await rm(temporary, { force: true });
      }
    }
  }

  #touch(sha256: string): Entry | undefined {
    const entry = this.#entries.get(sha256);
    if (!entry) return undefined;
    const path = join(this.#folder, sha256);
    this.#entries.delete(sha256);
    if (!existsSync(path)) {
      // Folders for temporary files are swept by others too.
      this.#used -= entry.size;
      return undefined;
    }
    this.#entries.set(sha256, entry);
    // So that the order survives a restart. An input dropped meanwhile has no time to set.
    const now = new Date();
    utimes(path, now, now).catch(() => {});
    return entry;
  }

  #makeRoom(bytes: number): void {
    for (const [sha256, { size, pins }] of this.#entries) {
      if (this.#used + bytes <= this.#capacity) return;
      if (pins > 0) continue;
      rmSync(join(this.#folder, sha256), { force: true });
      this.#entries.delete(sha256);
      this.#used -= size;
    }
    if (this.#used + bytes > this.#capacity) throw busy("the input cache is full of inputs in use");
  }

  #tooLarge(): FailureError {
    const message = `an input may have ${this.#largest} bytes at most on this server`;
    return new FailureError({ ok: false, code: "input_too_large", message });
  }
}
