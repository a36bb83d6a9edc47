/** Types for the used parts of @ffmpeg/core 0.12, an Emscripten module. The package has no types. */
interface FFmpegCoreModule {
  exec(...args: string[]): number;
  ffprobe(...args: string[]): number;
  reset(): void;
  setTimeout(milliseconds: number): void;
  setLogger(logger: (line: { type: "stdout" | "stderr"; message: string }) => void): void;
  FS: {
    mkdir(path: string): void;
    chdir(path: string): void;
    writeFile(path: string, data: Uint8Array | string, options?: { canOwn?: boolean }): void;
    readFile(path: string): Uint8Array;
    analyzePath(path: string): { exists: boolean };
  };
}

declare module "@ffmpeg/core" {
  export default function createFFmpegCore(options: {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
  }): Promise<FFmpegCoreModule>;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
