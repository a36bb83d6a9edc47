import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

/** What a run printed and ended with. */
export interface FFmpegRun {
  exitCode: number;
  log: string;
  /** What it wrote to `output`. */
  output: Uint8Array<ArrayBuffer>;
  /** Any other file: empty where there is none. */
  read(name: string): Uint8Array<ArrayBuffer>;
}

/** The parts of @ffmpeg/core used here. */
export interface Core {
  exec(...args: string[]): number;
  ffprobe(...args: string[]): number;
  setLogger(logger: (line: { message: string }) => void): void;
  FS: {
    mkdir(path: string): void;
    writeFile(path: string, data: Uint8Array): void;
    readFile(path: string): Uint8Array<ArrayBuffer>;
    analyzePath(path: string): { exists: boolean };
  };
}

const require = createRequire(import.meta.url);
let compiled: Promise<WebAssembly.Module> | undefined;

/** A fresh ffmpeg.wasm with an empty file system. */
export async function createCore(): Promise<Core> {
  // Written for a browser's Worker: it reads its own address when it starts.
  const scope = globalThis as { self?: unknown; location?: unknown };
  scope.self ??= globalThis;
  scope.location ??= new URL("https://edgereel.invalid/ffmpeg-core.js");
  const { default: create } = await import("@ffmpeg/core" as string);
  compiled ??= WebAssembly.compile(readFileSync(require.resolve("@ffmpeg/core/wasm")));
  const module = await compiled;
  return create({
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
}

/**
 * Runs ffmpeg over `inputs`, named by their keys, and returns what it wrote to the file `output`. Tests
 * check pictures and sound with it, so that they need no ffmpeg on the machine.
 */
export async function ffmpeg(inputs: Record<string, Uint8Array>, ...args: string[]): Promise<FFmpegRun> {
  const { core, lines } = await prepare(inputs);
  const exitCode = core.exec("-nostdin", "-hide_banner", "-y", ...args);
  const read = (name: string) => (core.FS.analyzePath(name).exists ? core.FS.readFile(name) : new Uint8Array(0));
  return { exitCode, log: lines.join("\n"), output: read("output"), read };
}

/** A stream as ffprobe describes it. */
export interface ProbedStream {
  codec_type: string;
  codec_name: string;
  profile?: string;
  level?: number;
  width?: number;
  height?: number;
  pix_fmt?: string;
  color_space?: string;
  r_frame_rate: string;
  avg_frame_rate: string;
  duration: string;
  start_time: string;
  nb_read_packets: string;
  sample_rate?: string;
}

/** Describes a media file. */
export async function ffprobe(file: Uint8Array): Promise<{ streams: ProbedStream[]; format: { duration: string } }> {
  return JSON.parse(
    await ffprobeOutput(file, [
      "-v",
      "error",
      "-of",
      "json",
      "-show_format",
      "-show_streams",
      "-count_packets",
      "file",
    ]),
  );
}

/** What ffprobe writes about a file, which it finds under the name `file`. */
export async function ffprobeOutput(file: Uint8Array, args: string[]): Promise<string> {
  const { core, lines } = await prepare({ file });
  core.ffprobe(...args, "-o", "probe.json");
  if (!core.FS.analyzePath("probe.json").exists) throw new Error(lines.join("\n"));
  return new TextDecoder().decode(core.FS.readFile("probe.json"));
}

/** Decodes a file whole and returns what ffmpeg had to say against it: nothing where all is well. */
export async function decodeWarnings(file: Uint8Array): Promise<string> {
  const { exitCode, log } = await ffmpeg({ file }, "-loglevel", "warning", "-i", "file", "-f", "null", "-");
  return exitCode === 0 ? log.replace(/^Aborted\(\)$/m, "").trim() : `ffmpeg ended with code ${exitCode}: ${log}`;
}

async function prepare(inputs: Record<string, Uint8Array>) {
  const core = await createCore();
  const lines: string[] = [];
  core.setLogger(({ message }) => lines.push(message));
  for (const [name, bytes] of Object.entries(inputs)) {
    const folder = dirname(name);
    if (!core.FS.analyzePath(folder).exists) core.FS.mkdir(folder);
    core.FS.writeFile(name, bytes);
  }
  return { core, lines };
}
