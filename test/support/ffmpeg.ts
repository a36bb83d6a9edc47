import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { hasFFmpeg } from "./renderers-under-test.ts";

/** The result of an ffmpeg run. */
export interface FFmpegRun {
  exitCode: number;
  log: string;
  /** Contents of the file `output`; empty if the run did not write it. */
  output: Uint8Array<ArrayBuffer>;
  /** Contents of any file; empty if it does not exist. */
  read(name: string): Uint8Array<ArrayBuffer>;
}

/** The part of @ffmpeg/core that tests use. */
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

/** Creates an ffmpeg.wasm instance with an empty file system. */
export async function createCore(): Promise<Core> {
  // The module is written for browsers and reads `self.location` when it starts.
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
 * Runs ffmpeg with the files `inputs`, which are named by their keys: the installed ffmpeg, or ffmpeg.wasm if there is
 * none. Tests make and check pictures and sound with it.
 */
export async function ffmpeg(inputs: Record<string, Uint8Array>, ...args: string[]): Promise<FFmpegRun> {
  if (!hasFFmpeg) return ffmpegInWasm(inputs, ...args);
  return inFolder(inputs, async (folder) => {
    const { exitCode, errors } = await runIn(folder, "ffmpeg", ["-nostdin", "-hide_banner", "-y", ...args]);
    const written = new Map(
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && !(entry.name in inputs))
        .map(({ name }) => [name, new Uint8Array(readFileSync(join(folder, name)))] as const),
    );
    const read = (name: string) => written.get(name) ?? new Uint8Array(0);
    return { exitCode, log: errors, output: read("output"), read };
  });
}

/** Runs ffmpeg.wasm with the files `inputs`, which are named by their keys. */
export async function ffmpegInWasm(inputs: Record<string, Uint8Array>, ...args: string[]): Promise<FFmpegRun> {
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

/** Describes a media file with ffprobe. Throws if ffprobe cannot read it. */
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

/** Runs ffprobe on a file, which `args` call `name`, and returns its output. Throws if there is no output. */
export async function ffprobeOutput(file: Uint8Array, args: string[], name = "file"): Promise<string> {
  if (!hasFFmpeg) return ffprobeInWasm(file, args, name);
  const { printed, errors } = await inFolder({ [name]: file }, (folder) => runIn(folder, "ffprobe", args));
  if (printed === "") throw new Error(errors);
  return printed;
}

/** The same with ffmpeg.wasm. */
export async function ffprobeInWasm(file: Uint8Array, args: string[], name: string): Promise<string> {
  const { core, lines } = await prepare({ [name]: file });
  core.ffprobe(...args, "-o", "probe.json");
  if (!core.FS.analyzePath("probe.json").exists) throw new Error(lines.join("\n"));
  return new TextDecoder().decode(core.FS.readFile("probe.json"));
}

/** Decodes a whole file and returns ffmpeg's warnings and errors; empty if there are none. */
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

/** Calls `use` with a new folder that has the files, and deletes the folder afterwards. */
async function inFolder<T>(files: Record<string, Uint8Array>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "edgereel-ffmpeg-"));
  try {
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program in a folder. */
async function runIn(folder: string, program: string, args: readonly string[]) {
  const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close") as Promise<[number | null]>;
  const [printed, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode: code ?? -1, printed, errors };
}
