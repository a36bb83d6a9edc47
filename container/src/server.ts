// The render server: native ffmpeg behind HTTP. It is configured by environment variables; see container/README.md.
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
if (version === null) throw new Error("ffmpeg cannot be run: install it and make sure that it is in PATH");

// requestTimeout allows a large input over a slow connection. keepAliveTimeout is longer than workerd's 5 s, so that
// the client closes idle connections. If both sides used 5 s (Node's default), a request sent at that moment would be
// lost.
const server = createServer({ requestTimeout: 3_600_000, headersTimeout: 60_000, keepAliveTimeout: 75_000 });
server.listen(settings.PORT, settings.HOST);
await once(server, "listening");
const { port } = server.address() as AddressInfo;

// Create the jobs after listening succeeds, to keep the scratch directory of another server on this port intact.
// There is no await before server.on("request"), so that no request is missed.
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
  // Requests are still answered while draining; new jobs get `busy`.
  await jobs.drain();
  server.close(() => process.exit(0));
  // A connection becomes idle only after its last response is sent, so keep closing idle connections.
  setInterval(() => server.closeIdleConnections(), 100);
};
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
