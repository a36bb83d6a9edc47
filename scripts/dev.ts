// npm run dev: the service on http://localhost:8080, with its data in .wrangler/state. Settings come from
// the environment, of which AUTH is off by default here. With --native (npm run dev:native) it renders with this machine's ffmpeg.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { configSchema } from "../src/config/config.ts";
import { freePort } from "./free-port.ts";
import { type LineListener, type RunningProcess, startRenderServer, startService } from "./service.ts";

const port = Number(process.env.PORT ?? 8080);
const state = fileURLToPath(new URL("../.wrangler/state", import.meta.url));
const native = process.argv.includes("--native");
const vars = Object.fromEntries(
  Object.keys(configSchema.shape).flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);
// Open to this machine only, a key is one more thing to set up: AUTH=on npm run dev asks for keys all the same.
vars.AUTH ??= "off";
// Links given out by an earlier run end with it.
if (vars.AUTH === "on") vars.LINK_SECRETS ??= randomBytes(32).toString("hex");
const onLine: LineListener = (line, from) => {
  if (line.trim() !== "") console.log(`[${from}] ${line}`);
};

// Webhooks need a secret that receivers know: one that stays the same from run to run.
const secretFile = join(state, "webhook-secret");
vars.WEBHOOK_SECRET ??= await keptSecret(secretFile);

let renderServer: RunningProcess | undefined;
if (native) {
  vars.RENDERER_TOKEN ??= randomBytes(24).toString("hex");
  const rendererPort = await freePort();
  vars.RENDERER_URL = `http://127.0.0.1:${rendererPort}`;
  renderServer = startRenderServer({ PORT: String(rendererPort), RENDERER_TOKEN: vars.RENDERER_TOKEN }, onLine);
  await Promise.race([
    renderServer.ready,
    renderServer.ended.then((code) => {
      console.error(`\nThe render server ended with code ${code}: dev:native needs ffmpeg on this machine.`);
      process.exit(1);
    }),
  ]);
}

const service = await startService({ port, state, vars, onLine });
const address = `http://localhost:${port}`;
console.log(`\nEdgereel is ready at ${address} (API reference: ${address}/docs). Stop it with Ctrl-C.`);
const secretPlace = process.env.WEBHOOK_SECRET ? "in WEBHOOK_SECRET" : `in ${relative(process.cwd(), secretFile)}`;
console.log(`Webhooks are signed with the secret ${secretPlace}.\n`);

const stop = async () => {
  renderServer?.stop();
  await Promise.all([service.stop(), renderServer?.ended]);
  process.exit(0);
};
process.on("SIGINT", stop);
process.on("SIGTERM", stop);

try {
  await service.failed;
} catch (error) {
  console.error(String(error));
  renderServer?.kill();
  await service.stop();
  process.exit(1);
}

/** The secret in a file, made where there is none. */
async function keptSecret(file: string): Promise<string> {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  await mkdir(state, { recursive: true });
  try {
    await writeFile(file, `${secret}\n`, { flag: "wx", mode: 0o600 });
    return secret;
  } catch {
    return (await readFile(file, "utf8")).trim();
  }
}
