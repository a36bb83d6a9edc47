// npm run dev: runs the service on http://localhost:8080 with its data in .wrangler/state. Settings are environment
// variables; AUTH is off unless set. With --native (npm run dev:native) this machine's ffmpeg renders.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import getPort from "get-port";
import { configSchema } from "../src/config/config.ts";
import { allowLocalProviders, authorSettings, describeAuthor, localOllamaModels } from "./author-worker.ts";
import { freePort } from "./free-port.ts";
import { type LineListener, type RunningProcess, startRenderServer, startService } from "./service.ts";

const port = Number(process.env.PORT ?? 8080);
const state = fileURLToPath(new URL("../.wrangler/state", import.meta.url));
const native = process.argv.includes("--native");
const vars = Object.fromEntries(
  Object.keys(configSchema.shape).flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
);
const author = allowLocalProviders(authorSettings(process.env));
// Only this machine can reach the service, so requests need no API key. To try keys: AUTH=on npm run dev.
vars.AUTH ??= "off";
// A new secret for each run: links of earlier runs stop working.
if (vars.AUTH === "on") vars.LINK_SECRETS ??= randomBytes(32).toString("hex");
/** Wrangler's list of bindings, which it prints again whenever the connection to the other Worker changes. */
const BINDING_LIST =
  /^(⎔ Connection status|Your Worker has access|Binding {2}|env\.|The following containers|- edgereel-)/;
/** Lines from before the service was ready; null after that. They are shown only if the start fails. */
let startLines: string[] | null = [];
const onLine: LineListener = (line, from) => {
  if (line.trim() === "") return;
  if (startLines) startLines.push(`[${from}] ${line}`);
  else if (!BINDING_LIST.test(line)) console.log(`[${from}] ${line}`);
};

// Receivers of webhooks need to know the secret, so it stays the same from run to run.
const secretFile = join(state, "webhook-secret");
vars.WEBHOOK_SECRET ??= await readOrCreateSecret(secretFile);

if ((await getPort({ port, host: "127.0.0.1" })) !== port) {
  failStart(`Port ${port} is in use. Choose another: PORT=${port + 1} npm run dev${native ? ":native" : ""}`);
}
let stopping = false;
let renderServer: RunningProcess | undefined;
if (native) {
  vars.RENDERER_TOKEN ??= randomBytes(24).toString("hex");
  const rendererPort = await freePort();
  vars.RENDERER_URL = `http://127.0.0.1:${rendererPort}`;
  renderServer = startRenderServer({ PORT: String(rendererPort), RENDERER_TOKEN: vars.RENDERER_TOKEN }, onLine);
  const ended = renderServer.ended.then((code) => {
    if (!stopping) failStart(`The render server ended with code ${code}. npm run dev:native needs ffmpeg.`);
  });
  await Promise.race([renderServer.ready, ended]);
}

console.log("Starting the API Worker, the author Worker, the ffmpeg.wasm Worker and the embedded voice …");
const service = await startService({ port, state, vars, author, onLine }).catch((error: unknown) => {
  // The rest of the message repeats the last lines.
  failStart(String(error).split("\n", 1)[0] ?? "");
});
startLines = null;
const address = `http://localhost:${port}`;
const secretPlace = process.env.WEBHOOK_SECRET ? "WEBHOOK_SECRET" : relative(process.cwd(), secretFile);
console.log(`
Edgereel is ready.
  Studio         ${address}/
  API            ${address}/api/v1
  API reference  ${address}/docs
  Renderer       ${rendererName()}
${describeAuthor(author, author.LLM_BASE_URL === undefined ? await localOllamaModels() : null).join("\n")}
  API keys       ${vars.AUTH === "on" ? "required; make one with: npm run keys -- create --owner NAME" : "not required (AUTH=off)"}
  Webhooks       signed with the secret in ${secretPlace}
Stop with Ctrl-C.
`);

const stop = async () => {
  stopping = true;
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

function rendererName(): string {
  if (native) return "this machine's ffmpeg";
  return vars.RENDERER_URL ? "the render servers in RENDERER_URL" : "ffmpeg.wasm";
}

/** Shows the lines from before the service was ready and why it stops, and exits. */
function failStart(message: string): never {
  console.error([...(startLines ?? []), message].join("\n"));
  process.exit(1);
}

/** Reads the secret in a file. Creates the file if it is missing. */
async function readOrCreateSecret(file: string): Promise<string> {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  await mkdir(state, { recursive: true });
  try {
    await writeFile(file, `${secret}\n`, { flag: "wx", mode: 0o600 });
    return secret;
  } catch {
    return (await readFile(file, "utf8")).trim();
  }
}
