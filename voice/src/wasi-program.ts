/** Error numbers of WASI. */
const SUCCESS = 0;
const BAD_FILE = 8;
const NOT_SUPPORTED = 52;
const ILLEGAL_SEEK = 70;

/** File types of WASI. */
const DIRECTORY = 3;
const REGULAR_FILE = 4;

const STDIN = 0;
const STDOUT = 1;
const FOLDER = 3;
/** `O_TRUNC` in the flags of `path_open`. */
const TRUNCATE = 8;

/** Thrown by `proc_exit`, to leave the program. */
class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

/** The only file of the program. It grows in memory. */
export class OutputFile {
  #buffer = new Uint8Array(1 << 16);
  #length = 0;
  /** The size of the file after each time that it was closed. */
  readonly sizes: number[] = [];

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }

  truncate(): void {
    this.#length = 0;
  }

  write(position: number, data: Uint8Array): void {
    const end = position + data.length;
    if (end > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(end, this.#buffer.length * 2));
      larger.set(this.bytes());
      this.#buffer = larger;
    }
    this.#buffer.set(data, position);
    this.#length = Math.max(this.#length, end);
  }
}

export interface WasiOptions {
  args: string[];
  /** Standard input. */
  input: Uint8Array;
  /** Whatever file the program opens is this one. */
  output: OutputFile;
}

/** The memory of an instance that grew above this is given back, in bytes. */
const MAX_KEPT_MEMORY = 64 * 1024 * 1024;

interface Instance {
  memory: WebAssembly.Memory;
  start: () => void;
  /** The memory before the program ran. */
  pristine: Uint8Array;
}

/**
 * A WASI program that reads standard input, prints, and writes one file. It has no clock, no network and no other files,
 * and each run begins with the same memory, so that the same input always has the same result. All runs use one instance,
 * because a runtime gives the memory of an instance back late.
 */
export class WasiProgram {
  readonly #module: WebAssembly.Module;
  #instance: Instance | null = null;
  #run: WasiRun | null = null;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /**
   * Runs the program to its end.
   *
   * @throws WebAssembly.RuntimeError if it crashes.
   */
  run(options: WasiOptions): WasiResult {
    const instance = this.#instance ?? this.#instantiate();
    // An instance whose program crashed is not used again.
    this.#instance = null;
    const memory = new Uint8Array(instance.memory.buffer);
    memory.set(instance.pristine);
    memory.fill(0, instance.pristine.length);
    const run = new WasiRun(instance.memory, options);
    this.#run = run;
    try {
      instance.start();
    } catch (error) {
      if (error instanceof Exit) return { ...run.result(), exitCode: error.code };
      throw error;
    } finally {
      this.#run = null;
    }
    if (instance.memory.buffer.byteLength <= MAX_KEPT_MEMORY) this.#instance = instance;
    return run.result();
  }

  #instantiate(): Instance {
    const functions = Object.fromEntries(
      WebAssembly.Module.imports(this.#module).map(({ name }) => [
        name,
        (...args: never[]) => this.#run?.functions[name]?.(...args) ?? NOT_SUPPORTED,
      ]),
    );
    const { exports } = new WebAssembly.Instance(this.#module, { wasi_snapshot_preview1: functions });
    const memory = exports.memory as WebAssembly.Memory;
    return { memory, start: exports._start as () => void, pristine: new Uint8Array(memory.buffer.slice(0)) };
  }
}

export interface WasiResult {
  exitCode: number;
  /** What the program printed to standard output. */
  printed: string;
  /** What the program printed to standard error. */
  warnings: string;
}

/** The functions of WASI for one run. */
class WasiRun {
  readonly functions = this.#functions();
  readonly #args: Uint8Array[];
  readonly #input: Uint8Array;
  readonly #output: OutputFile;
  readonly #memory: WebAssembly.Memory;
  #inputPosition = 0;
  /** The position in the file, of each open file descriptor. */
  readonly #positions = new Map<number, number>();
  #nextFile = FOLDER + 1;
  #printed = "";
  #warnings = "";

  constructor(memory: WebAssembly.Memory, { args, input, output }: WasiOptions) {
    this.#memory = memory;
    this.#args = args.map((arg) => new TextEncoder().encode(`${arg}\0`));
    this.#input = input;
    this.#output = output;
  }

  result(): WasiResult {
    return { exitCode: 0, printed: this.#printed, warnings: this.#warnings };
  }

  #functions(): Record<string, (...args: never[]) => number> {
    return {
      args_sizes_get: (count: number, size: number) => {
        this.#write32(count, this.#args.length);
        return this.#write32(
          size,
          this.#args.reduce((sum, { length }) => sum + length, 0),
        );
      },
      args_get: (pointers: number, buffer: number) => {
        let at = buffer;
        for (const [index, arg] of this.#args.entries()) {
          this.#write32(pointers + 4 * index, at);
          new Uint8Array(this.#memory.buffer).set(arg, at);
          at += arg.length;
        }
        return SUCCESS;
      },
      clock_time_get: (_clock: number, _precision: bigint, time: number) => {
        this.#view().setBigUint64(time, 0n, true);
        return SUCCESS;
      },
      fd_close: (file: number) => {
        if (this.#positions.delete(file)) this.#output.sizes.push(this.#output.bytes().length);
        return SUCCESS;
      },
      fd_fdstat_get: (file: number, status: number) => {
        if (file > FOLDER && !this.#positions.has(file)) return BAD_FILE;
        const view = this.#view();
        view.setUint8(status, file === FOLDER ? DIRECTORY : REGULAR_FILE);
        view.setUint16(status + 2, 0, true);
        // All rights.
        view.setBigUint64(status + 8, ~0n, true);
        view.setBigUint64(status + 16, ~0n, true);
        return SUCCESS;
      },
      fd_fdstat_set_flags: () => NOT_SUPPORTED,
      // One folder, named ".", so that the program can open a file by a relative path.
      fd_prestat_get: (file: number, status: number) => {
        if (file !== FOLDER) return BAD_FILE;
        this.#write32(status, 0);
        return this.#write32(status + 4, 1);
      },
      fd_prestat_dir_name: (_file: number, path: number) => {
        this.#view().setUint8(path, ".".charCodeAt(0));
        return SUCCESS;
      },
      fd_read: (file: number, buffers: number, count: number, read: number) => this.#read(file, buffers, count, read),
      fd_seek: (file: number, offset: bigint, whence: number, position: number) => {
        const current = this.#positions.get(file);
        if (current === undefined) return ILLEGAL_SEEK;
        const base = [0, current, this.#output.bytes().length][whence] ?? 0;
        this.#positions.set(file, base + Number(offset));
        this.#view().setBigUint64(position, BigInt(base) + offset, true);
        return SUCCESS;
      },
      fd_write: (file: number, buffers: number, count: number, written: number) =>
        this.#writeFile(file, buffers, count, written),
      path_open: (...[, , , , flags, , , , opened]: [...number[]]) => {
        if (((flags ?? 0) & TRUNCATE) !== 0) this.#output.truncate();
        this.#positions.set(this.#nextFile, 0);
        return this.#write32(opened ?? 0, this.#nextFile++);
      },
      proc_exit: (code: number) => {
        throw new Exit(code);
      },
    };
  }

  #read(file: number, buffers: number, count: number, read: number): number {
    const position = this.#positions.get(file);
    if (position === undefined && file !== STDIN) return BAD_FILE;
    const source = position === undefined ? this.#input : this.#output.bytes();
    const start = position ?? this.#inputPosition;
    let at = start;
    for (const buffer of this.#buffers(buffers, count)) {
      const part = source.subarray(at, at + buffer.length);
      buffer.set(part);
      at += part.length;
    }
    if (position === undefined) this.#inputPosition = at;
    else this.#positions.set(file, at);
    return this.#write32(read, at - start);
  }

  #writeFile(file: number, buffers: number, count: number, written: number): number {
    const position = this.#positions.get(file);
    let length = 0;
    for (const buffer of this.#buffers(buffers, count)) {
      if (position !== undefined) this.#output.write(position + length, buffer);
      else if (file === STDOUT) this.#printed += new TextDecoder().decode(buffer);
      else this.#warnings += new TextDecoder().decode(buffer);
      length += buffer.length;
    }
    if (position !== undefined) this.#positions.set(file, position + length);
    return this.#write32(written, length);
  }

  #buffers(pointer: number, count: number): Uint8Array[] {
    const view = this.#view();
    return Array.from({ length: count }, (_, index) => {
      const start = view.getUint32(pointer + 8 * index, true);
      return new Uint8Array(this.#memory.buffer, start, view.getUint32(pointer + 8 * index + 4, true));
    });
  }

  /** The program's memory. A new view each time, because a view ends when the memory grows. */
  #view(): DataView {
    return new DataView(this.#memory.buffer);
  }

  #write32(at: number, value: number): number {
    this.#view().setUint32(at, value, true);
    return SUCCESS;
  }
}
