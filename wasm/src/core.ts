// @ffmpeg/core is written for a browser Worker and reads its own address when it starts.
import "./browser-globals.ts";
import createFFmpegCore from "@ffmpeg/core";
import wasm from "../../node_modules/@ffmpeg/core/dist/esm/ffmpeg-core.wasm";

/** What one run of ffmpeg or ffprobe ended with. */
export interface RunResult {
  exitCode: number;
  /** The last lines it printed. */
  log: string;
}

const LOG_LINES = 40;

/** A fresh ffmpeg with an empty file system. Dropping the reference frees its memory. */
export class Core {
  readonly #module: FFmpegCoreModule;

  private constructor(module: FFmpegCoreModule) {
    this.#module = module;
  }

  /** Instantiates the compiled module; takes milliseconds, since compiling is done at upload. */
  static async create(): Promise<Core> {
    const module = await createFFmpegCore({
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(wasm, imports);
        done(instance);
        return instance.exports;
      },
    });
    module.FS.mkdir("/job");
    module.FS.chdir("/job");
    return new Core(module);
  }

  /** Writes a file into the working directory, taking the bytes over without a copy. */
  write(name: string, data: Uint8Array | string): void {
    this.#module.FS.writeFile(name, data, { canOwn: true });
  }

  makeDirectory(name: string): void {
    this.#module.FS.mkdir(name);
  }

  /** The bytes of a file, or null where there is none. */
  read(name: string): Uint8Array | null {
    if (!this.#module.FS.analyzePath(name).exists) return null;
    return this.#module.FS.readFile(name);
  }

  /** Runs ffmpeg to its end; blocks the isolate. `timeout` in milliseconds is checked while it transcodes. */
  ffmpeg(args: string[], timeout: number): RunResult {
    return this.#run(() => {
      this.#module.setTimeout(timeout);
      return this.#module.exec(...args);
    });
  }

  /**
   * Runs ffprobe to its end; blocks the isolate. @ffmpeg/core 0.12 tells no exit code of ffprobe (it is
   * always -1): whether it worked shows in what it wrote.
   *
   * @returns the last lines it printed.
   */
  ffprobe(args: string[]): string {
    return this.#run(() => this.#module.ffprobe(...args)).log;
  }

  #run(call: () => number): RunResult {
    const lines: string[] = [];
    this.#module.setLogger(({ message }) => {
      // Emscripten's word for an exit, which ffmpeg's own exit code tells already.
      if (message === "Aborted()") return;
      lines.push(message);
      if (lines.length > LOG_LINES) lines.shift();
    });
    this.#module.reset();
    const exitCode = call();
    return { exitCode, log: lines.join("\n") };
  }
}
