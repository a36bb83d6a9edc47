import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import { UsageError } from "./arguments.ts";

/** A render server in a process of its own. */
export interface RenderServer {
  origin: string;
  token: string;
  failed: Promise<string>;
  stop(): Promise<unknown>;
}

/**
 * Starts the render server (`container/`), which uses this machine's ffmpeg.
 *
 * @throws UsageError if there is no ffmpeg.
 */
export async function startRenderServer(verbose: boolean): Promise<RenderServer> {
  const token = randomBytes(24).toString("hex");
  const port = await getPort({ host: "127.0.0.1" });
  const env = { ...process.env, HOST: "127.0.0.1", PORT: String(port), RENDERER_TOKEN: token };
  const program = fileURLToPath(new URL("render-server.js", import.meta.url));
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", verbose ? "inherit" : "ignore"] });
  const ended = once(child, "exit");
  const message = "the render server ended; --native needs ffmpeg in PATH";
  const failed = ended.then(() => message);
  const listening = new Promise<null>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (verbose) console.error(line);
      if (line.includes('"event":"listening"')) resolve(null);
    });
  });
  const failure = await Promise.race([listening, failed]);
  if (failure !== null) throw new UsageError(failure);
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { origin: `http://127.0.0.1:${port}`, token, failed, stop };
}
