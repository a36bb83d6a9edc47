// This import must come first: @ffmpeg/core is written for browsers and reads its own URL when it starts.
import "./browser-globals.ts";
import createFFmpegCore from "@ffmpeg/core";
import wasm from "../../node_modules/@ffmpeg/core/dist/esm/ffmpeg-core.wasm";

/** The result of one run of ffmpeg. */
export interface RunResult {
  exitCode: number;
  /** The last lines that it printed. */
  log: string;
}

const MAX_LOG_LINES = 40;

/** An ffmpeg.wasm instance with an empty file system. Dropping the last reference frees its memory. */
export class FfmpegWasm {
  readonly #module: FFmpegCoreModule;

  private constructor(module: FFmpegCoreModule) {
    this.#module = module;
  }

  /** Creates an instance. Takes milliseconds, because the module was compiled when the Worker was uploaded. */
  static async create(): Promise<FfmpegWasm> {
    const module = await createFFmpegCore({
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(wasm, imports);
        done(instance);
        return instance.exports;
      },
    });
    module.FS.mkdir("/job");
    module.FS.chdir("/job");
    return new FfmpegWasm(module);
  }

  /** Writes a file into the working directory. Takes ownership of the bytes and does not copy them. */
  write(name: string, data: Uint8Array | string): void {
    this.#module.FS.writeFile(name, data, { canOwn: true });
  }

  makeDirectory(name: string): void {
    this.#module.FS.mkdir(name);
  }

  /** The bytes of a file, or null if the file is missing. */
  read(name: string): Uint8Array | null {
    if (!this.#module.FS.analyzePath(name).exists) return null;
    return this.#module.FS.readFile(name);
  }

  /**
   * Runs ffmpeg to its end. Blocks the isolate.
   *
   * @param timeout max run time in milliseconds. Only checked while ffmpeg transcodes.
   * @param readLine called with each line of its standard output.
   */
  ffmpeg(args: string[], timeout: number, readLine?: (line: string) => void): RunResult {
    return this.#run(() => {
      this.#module.setTimeout(timeout);
      return this.#module.exec(...args);
    }, readLine);
  }

  /**
   * Runs ffprobe to its end. Blocks the isolate. With @ffmpeg/core 0.12 ffprobe's exit code is always -1, so the caller
   * must check the output file.
   *
   * @param readLine called with each line of its standard output.
   * @returns the last lines that it printed.
   */
  ffprobe(args: string[], readLine?: (line: string) => void): string {
    return this.#run(() => this.#module.ffprobe(...args), readLine).log;
  }

  #run(call: () => number, readLine?: (line: string) => void): RunResult {
    const lines: string[] = [];
    this.#module.setLogger(({ type, message }) => {
      if (readLine && type === "stdout") {
        readLine(message);
        return;
      }
      // Emscripten prints this at every exit. The exit code already tells the result.
      if (message === "Aborted()") return;
      lines.push(message);
      if (lines.length > MAX_LOG_LINES) lines.shift();
    });
    this.#module.reset();
    const exitCode = call();
    return { exitCode, log: lines.join("\n") };
  }
}
