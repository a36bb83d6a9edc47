import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { chmod, open, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { sha256Schema } from "../../src/protocol/render-server.ts";
import { busy, FailureError } from "./failure.ts";

interface Entry {
  /** Bytes. */
  size: number;
  /** Number of jobs that read it now. */
  pins: number;
}

/** Inputs of a job that stay in the cache until they are released. */
export interface PinnedInputs {
  /** Paths of the inputs, in the order of the request. */
  paths: string[];
  release(): void;
}

/**
 * Inputs on disk, named by their SHA-256. If the cache is full, the least recently used inputs are evicted. Inputs that
 * are being received count towards the limit. Inputs that a job reads are never evicted.
 */
export class InputCache {
  readonly #folder: string;
  readonly #maxTotalBytes: number;
  readonly #maxInputBytes: number;
  /** In order of use, the least recently used first. */
  readonly #entries = new Map<string, Entry>();
  /** Bytes of all entries and of all inputs that are being received. */
  #used = 0;

  /**
   * Keeps complete inputs from an earlier process and deletes partially received ones.
   *
   * @param maxTotalBytes max bytes of all inputs together.
   * @param maxInputBytes max bytes of one input.
   */
  constructor(folder: string, maxTotalBytes: number, maxInputBytes: number) {
    this.#folder = folder;
    this.#maxTotalBytes = maxTotalBytes;
    this.#maxInputBytes = Math.min(maxInputBytes, maxTotalBytes);
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

  /** True if the cache has the input. Counts as a use. */
  has(sha256: string): boolean {
    return this.#touch(sha256) !== undefined;
  }

  /**
   * Prevents the eviction of inputs until they are released.
   *
   * @throws FailureError `input_missing` with all inputs that the cache does not have.
   */
  pin(hashes: readonly string[]): PinnedInputs {
    const missing = [...new Set(hashes)].filter((sha256) => !this.has(sha256));
    if (missing.length > 0) {
      throw new FailureError({
        ok: false,
        code: "input_missing",
        message: "the server does not have all inputs",
        missing,
      });
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
   * Receives an input. It is kept only if it is complete and its hash is `sha256`.
   *
   * @param length the Content-Length, or null if unknown.
   * @throws FailureError `bad_input`, `input_too_large` or `busy`. Errors of the body are passed on.
   */
  async put(sha256: string, body: AsyncIterable<Uint8Array>, length: number | null): Promise<void> {
    if (length !== null && length > this.#maxInputBytes) throw this.#tooLarge();
    const temporary = join(this.#folder, `receiving-${randomUUID()}`);
    let received = 0;
    let kept = false;
    try {
      const hash = createHash("sha256");
      const file = await open(temporary, "wx", 0o600);
      try {
        for await (const chunk of body) {
          if (received + chunk.byteLength > this.#maxInputBytes) throw this.#tooLarge();
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
          message: `the received ${received} bytes have the SHA-256 ${actual}, expected ${sha256}`,
          log: "",
        });
      }
      await chmod(temporary, 0o400);
      // If another request stored the same input meanwhile, keep that file: while a file is being replaced,
      // link(2) of a job may fail to find it.
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
      // The file can be missing because other programs clean up the system's temporary directory.
      this.#used -= entry.size;
      return undefined;
    }
    this.#entries.set(sha256, entry);
    // Record the time of use on disk, so that the order survives a restart. It fails if the input was just evicted.
    const now = new Date();
    utimes(path, now, now).catch(() => {});
    return entry;
  }

  #makeRoom(bytes: number): void {
    for (const [sha256, { size, pins }] of this.#entries) {
      if (this.#used + bytes <= this.#maxTotalBytes) return;
      if (pins > 0) continue;
      rmSync(join(this.#folder, sha256), { force: true });
      this.#entries.delete(sha256);
      this.#used -= size;
    }
    if (this.#used + bytes > this.#maxTotalBytes) throw busy("the input cache is full of inputs in use");
  }

  #tooLarge(): FailureError {
    const message = `the input is larger than ${this.#maxInputBytes} bytes, the max of this server`;
    return new FailureError({ ok: false, code: "input_too_large", message });
  }
}
