import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, vi } from "vitest";
import type { Piece, RenderJob, SegmentJob } from "../../src/render/protocol.ts";
import {
  FAILURE_STATUS,
  type Health,
  healthSchema,
  RENDER_SERVER_PATHS,
  type RenderRequest,
  type ServerFailure,
  serverFailureSchema,
} from "../../src/render/render-server-protocol.ts";

const ffmpegThere = spawnSync("ffmpeg", ["-version"]).status === 0;

/** Tests against the real render server, skipped where the machine has no ffmpeg. */
export function describeWithFfmpeg(name: string, tests: () => void): void {
  describe.skipIf(!ffmpegThere)(ffmpegThere ? name : `${name} (skipped: needs ffmpeg)`, tests);
}

const script = fileURLToPath(new URL("../../container/src/server.ts", import.meta.url));

/** A render server that runs as a process of its own, on a free port and a scratch folder of its own. */
export class RenderServer {
  readonly origin: string;
  readonly scratch: string;
  readonly process: ChildProcess;
  readonly #headers: Record<string, string>;

  private constructor(origin: string, scratch: string, process: ChildProcess, token: string | undefined) {
    this.origin = origin;
    this.scratch = scratch;
    this.process = process;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** Starts a server; it is ended with the test, or with `stop` where it is started outside of one. */
  static async start(env: Record<string, string> = {}, scratch = temporaryFolder()): Promise<RenderServer> {
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, PORT: "0", SCRATCH_DIR: scratch, SLOTS: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const printed: string[] = [];
    const origin = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stderr }).on("line", (line) => printed.push(line));
      createInterface({ input: child.stdout }).on("line", (line) => {
        printed.push(line);
        const port = /"event":"listening".*"port":(\d+)/.exec(line)?.[1];
        if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
      });
      child.once("exit", (code) => reject(new Error(`the server ended with code ${code}: ${printed.join("\n")}`)));
    });
    return new RenderServer(origin, scratch, child, env.RENDERER_TOKEN);
  }

  /** As {@link start}, and ended with the test. */
  static async forTest(env: Record<string, string> = {}, scratch?: string): Promise<RenderServer> {
    const server = await RenderServer.start(env, scratch);
    onTestFinished(() => server.stop());
    return server;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.origin + path, { ...init, headers: { ...this.#headers, ...init.headers } });
  }

  async health(): Promise<Health> {
    return healthSchema.parse(await (await fetch(this.origin + RENDER_SERVER_PATHS.health)).json());
  }

  /** Stores an input and returns its hash. */
  async put(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const hash = sha256(bytes);
    const answer = await this.fetch(RENDER_SERVER_PATHS.input(hash), { method: "PUT", body: bytes });
    expect(answer.status).toBe(204);
    return hash;
  }

  render(
    job: RenderJob,
    hashes: string[],
    limits: Partial<RenderRequest["limits"]> = {},
    init: RequestInit = {},
  ): Promise<Response> {
    const inputs = hashes.map((hash) => ({ sha256: hash }));
    const request: RenderRequest = { job, inputs, limits: { seconds: 30, outputBytes: 2 ** 26, ...limits } };
    return this.fetch(RENDER_SERVER_PATHS.render, { method: "POST", body: JSON.stringify(request), ...init });
  }

  probe(hash: string): Promise<Response> {
    return this.fetch(RENDER_SERVER_PATHS.probe, { method: "POST", body: JSON.stringify({ input: { sha256: hash } }) });
  }

  /** Process ids of the ffmpegs that the server runs. */
  ffmpegs(): number[] {
    const processes = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" });
    return processes.split("\n").flatMap((line) => {
      const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(parent) === this.process.pid && /ff(mpeg|probe)/.test(command ?? "") ? [Number(pid)] : [];
    });
  }

  /** Names of the jobs' working directories. */
  jobFiles(): string[] {
    return readdirSync(join(this.scratch, "jobs"));
  }

  /** Names of the files in the input cache. */
  inputFiles(): string[] {
    return readdirSync(join(this.scratch, "inputs"));
  }

  /** Waits until nothing of any job is left. */
  async idle(): Promise<void> {
    await vi.waitFor(
      async () => {
        expect(await this.health()).toMatchObject({ running: 0, queued: 0 });
        expect(this.ffmpegs()).toEqual([]);
        expect(this.jobFiles()).toEqual([]);
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  /** Waits until ffmpeg runs. */
  async busy(): Promise<void> {
    await vi.waitFor(() => expect(this.ffmpegs().length).toBeGreaterThan(0), { timeout: 20_000, interval: 20 });
  }

  /** Ends the server at once, and removes what it wrote. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill("SIGKILL");
      await once(this.process, "exit");
    }
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** A fresh folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "edgereel-container-"));
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Checks that an answer is a failure of this code, with the status that goes with it, and returns it. */
export async function failure(
  answer: Response,
  code: ServerFailure["code"],
): Promise<{ message: string; log: string; missing: string[] }> {
  const body = serverFailureSchema.parse(await answer.json());
  expect(body).toMatchObject({ ok: false, code });
  expect(answer.status).toBe(FAILURE_STATUS[code]);
  return { log: "", missing: [], ...body };
}

/** Makes a file with the machine's ffmpeg; `args` leave the output's name out. */
export function makeMedia(extension: string, ...args: string[]): Uint8Array<ArrayBuffer> {
  const folder = temporaryFolder();
  try {
    const file = join(folder, `made.${extension}`);
    execFileSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-nostdin", ...args, file]);
    return new Uint8Array(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A video of one colour, 320×240 at 30 fps. */
export function colourVideo(colour: string, seconds: number): Uint8Array<ArrayBuffer> {
  const source = `color=${colour}:s=320x240:r=30:d=${seconds}`;
  return makeMedia("mp4", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast");
}

/** A segment of 64×64 of the pieces given; each piece is of input 0 unless it says otherwise. */
export function segment(pieces: Partial<Piece>[], job: Partial<SegmentJob> = {}): SegmentJob {
  const whole = pieces.map(
    (piece): Piece => ({ input: 0, kind: "video", start: 0, frames: 15, frameRate: 30, ...piece }),
  );
  return {
    kind: "segment",
    width: 64,
    height: 64,
    frameRate: 30,
    frames: whole.reduce((sum, { frames }) => sum + frames, 0),
    encoder: { preset: "ultrafast", crf: 20 },
    pieces: whole,
    captions: null,
    ...job,
  };
}

/** A segment that takes far longer than any test. */
export function endlessSegment(job: Partial<SegmentJob> = {}): SegmentJob {
  return segment([{ frames: 100_000_000 }], job);
}
