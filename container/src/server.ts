// The render server: native ffmpeg behind HTTP. Settings are environment variables (container/README.md).
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "./app.ts";
import { ffmpegVersion } from "./ffmpeg.ts";
import { Jobs } from "./jobs.ts";
import { log } from "./log.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings(process.env);
const version = await ffmpegVersion({
  directory: tmpdir(),
  cache: tmpdir(),
  memoryBytes: settings.MEMORY_LIMIT_BYTES,
  signal: AbortSignal.timeout(60_000),
});
if (version === null) throw new Error("ffmpeg cannot be run: install it, and see that it is in PATH");

// An input of the largest size may come over a slow line. Idle connections are the client's to close: workerd does so
// after 5 s, which is Node's default too, and a request sent just then would be lost.
const server = createServer({ requestTimeout: 3_600_000, headersTimeout: 60_000, keepAliveTimeout: 75_000 });
server.listen(settings.PORT, settings.HOST);
await once(server, "listening");
const { port } = server.address() as AddressInfo;

// After listening, so that the scratch folder of another server on this port is left alone; and without
// an await, so that no request comes in before there is a listener for it.
const scratch = settings.SCRATCH_DIR ?? join(tmpdir(), "edgereel-render", String(port));
mkdirSync(scratch, { recursive: true });
const jobs = new Jobs(settings, scratch);
const app = createApp(jobs, settings, version);
server.on("request", getRequestListener(app.fetch));
log("listening", { host: settings.HOST, port, ffmpeg: version, slots: settings.SLOTS, scratch });

let stopping = false;
const stop = async (signal: NodeJS.Signals) => {
  log("stopping", { signal, ...jobs.state() });
  if (stopping) {
    jobs.abort();
    return;
  }
  stopping = true;
  // Requests are still answered meanwhile, new jobs with `busy`.
  await jobs.drain();
  server.close(() => process.exit(0));
  // A connection whose last answer was still on its way is idle only now.
  setInterval(() => server.closeIdleConnections(), 100);
};
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
