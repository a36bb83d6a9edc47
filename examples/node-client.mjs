// Creates a video and waits for the webhook that reports its end, without polling.
//
// Run it while the service is running. `npm run dev` only sends webhooks to this machine if it is allowed to:
//
//   OUTBOUND_ALLOW=127.0.0.1 npm run dev
//   WEBHOOK_SECRET=$(cat .wrangler/state/webhook-secret) node examples/node-client.mjs [CLIP]
//
// CLIP is a video or image file; the default is samples/dusk.mp4. The video is saved as final-1.mp4 in the current folder.
//
// Environment:
//   WEBHOOK_SECRET  the service's secret for webhooks
//   BASE            address of the service; default http://localhost:8080
//   API_KEY         API key, if the service asks for one
//   HOST, PORT      where this program receives webhooks; default 127.0.0.1 and 3000
//   CALLBACK_URL    how the service reaches this program; default http://HOST:PORT/
import { EventEmitter, on } from "node:events";
import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";

const { BASE = "http://localhost:8080", API_KEY, WEBHOOK_SECRET, HOST = "127.0.0.1", PORT = "3000" } = process.env;
const { CALLBACK_URL = `http://${HOST}:${PORT}/` } = process.env;
const clip = process.argv[2] ?? fileURLToPath(new URL("../samples/dusk.mp4", import.meta.url));

/** Milliseconds after which this program stops waiting for webhooks. */
const MAX_WAIT = 60 * 60_000;

try {
  if (!WEBHOOK_SECRET) throw new Error("WEBHOOK_SECRET is not set");
  const task = await createVideo(await upload(clip));
  if (task.state === -1) throw new Error(`the task failed: ${task.error}`);
  // The URLs in a task are signed links: they work without an API key.
  const response = await fetch(task.videos[0]);
  if (!response.ok) throw new Error(`downloading the video failed: ${response.status}`);
  await writeFile("final-1.mp4", Buffer.from(await response.arrayBuffer()));
  console.log("Saved final-1.mp4");
} catch (error) {
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
}

/** Uploads a file and returns the name to use in a request. */
async function upload(path) {
  const form = new FormData();
  form.append("file", await openAsBlob(path), basename(path));
  const { file } = await call("/api/v1/video_materials", { method: "POST", body: form });
  console.log(`Uploaded ${file}`);
  return file;
}

/** Creates a task and returns it when it has ended. */
async function createVideo(file) {
  const receiver = new EventEmitter();
  const server = await startServer(receiver);
  try {
    const webhooks = on(receiver, "webhook", { signal: AbortSignal.timeout(MAX_WAIT) });
    const { task_id } = await call("/api/v1/videos", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        video_script: "Edgereel makes short videos at the edge.",
        video_materials: [{ url: file }],
        video_clip_duration: 2,
        callback_url: CALLBACK_URL,
      }),
    });
    console.log(`Created task ${task_id}`);
    for await (const [{ type, data }] of webhooks) {
      if (data.task_id !== task_id) continue;
      console.log(`Webhook ${type}`);
      if (data.state !== 4) return data;
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Starts an HTTP server that emits the event `webhook` for each request with a valid signature. */
function startServer(receiver) {
  const webhook = new Webhook(WEBHOOK_SECRET);
  const server = createServer(async (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    for await (const chunk of request) body += chunk;
    try {
      const event = webhook.verify(body, request.headers);
      response.writeHead(204).end();
      receiver.emit("webhook", event);
    } catch {
      response.writeHead(400).end();
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(PORT), HOST, () => resolve(server));
  });
}

/** Sends a request and returns `data` of the response. Throws the reason if the service refuses it. */
async function call(path, { headers, ...init }) {
  const key = API_KEY ? { "x-api-key": API_KEY } : {};
  const response = await fetch(BASE + path, { ...init, headers: { ...headers, ...key } });
  const { status, message, data } = await response.json();
  if (status !== 200) throw new Error(`${init.method} ${path}: ${message}`);
  return data;
}
