import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, type TestContext, vi } from "vitest";
import type { Health } from "../../../src/protocol/render-server.ts";
import { hasFFmpeg } from "../../support/renderers-under-test.ts";
import { skippedWithout } from "../../support/skipped.ts";
import { RenderClient } from "./render-client.ts";

/** Groups tests of the real render server. They are skipped if ffmpeg is not installed. */
export function describeWithFfmpeg(name: string, tests: () => void): void {
  describe.skipIf(!hasFFmpeg)(name + skippedWithout(hasFFmpeg, "ffmpeg"), tests);
}

/** For waits: long, because a busy machine is slow, and short intervals, because most of them end soon. */
export const WAIT = { timeout: 30_000, interval: 25 };

const script = fileURLToPath(new URL("../../../container/src/server.ts", import.meta.url));

/** A render server in its own process, with its own port and scratch folder. */
export class RenderServer extends RenderClient {
  readonly scratch: string;
  readonly process: ChildProcess;

  private constructor(origin: string, scratch: string, process: ChildProcess, token: string | undefined) {
    super(origin, token);
    this.scratch = scratch;
    this.process = process;
  }

  /** Starts a server with one slot; the caller stops it. Throws if the server exits before it listens. */
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

  /**
   * Starts a server like {@link start} and stops it at the end of a test.
   *
   * @param test the context of the test, which tests that run concurrently have to give. Default: the current test.
   */
  static async forTest(
    env: Record<string, string> = {},
    { scratch, test = { onTestFinished } }: { scratch?: string; test?: Pick<TestContext, "onTestFinished"> } = {},
  ): Promise<RenderServer> {
    const server = await RenderServer.start(env, scratch);
    test.onTestFinished(() => server.stop());
    return server;
  }

  /** Process ids of the ffmpeg and ffprobe processes that the server runs. */
  ffmpegs(): number[] {
    const processes = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" });
    return processes.split("\n").flatMap((line) => {
      const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(parent) === this.process.pid && /ff(mpeg|probe)/.test(command ?? "") ? [Number(pid)] : [];
    });
  }

  /** Names of the working folders of jobs. */
  jobFiles(): string[] {
    return readdirSync(join(this.scratch, "jobs"));
  }

  /** Names of the files in the input cache. */
  inputFiles(): string[] {
    return readdirSync(join(this.scratch, "inputs"));
  }

  /** Waits until no job is running or queued and no job files are left. */
  async idle(): Promise<void> {
    await vi.waitFor(async () => {
      expect(await this.health()).toMatchObject({ running: 0, queued: 0 });
      expect(this.ffmpegs()).toEqual([]);
      expect(this.jobFiles()).toEqual([]);
    }, WAIT);
  }

  /** Waits until `/health` answers with these fields. */
  async waitForHealth(fields: Partial<Health>): Promise<void> {
    await expect.poll(() => this.health(), WAIT).toMatchObject(fields);
  }

  /** Waits until ffmpeg is running. */
  async busy(): Promise<void> {
    await vi.waitFor(() => expect(this.ffmpegs().length).toBeGreaterThan(0), WAIT);
  }

  /** Kills the server and removes its scratch folder. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill("SIGKILL");
      await once(this.process, "exit");
    }
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/** Creates an empty temporary folder and returns its path. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "edgereel-container-"));
}
