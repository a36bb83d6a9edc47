import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { Edgereel } from "../../packages/client/src/index.ts";
import { execute } from "../e2e/support/programs.ts";
import { sample } from "../e2e/support/samples.ts";
import { sharedRenderer } from "../support/services/native-service.ts";
import { removeState, startTestService, type TestService } from "../support/services/test-service.ts";
import { TELLING } from "../support/services/webhook-receiver.ts";
import { skippedWithout } from "../support/skipped.ts";
import { startBreakingProxy } from "./support/breaking-proxy.ts";
import { copySources, hasN8n, installNodes, n8nFolder, runEngine } from "./support/n8n.ts";
import { filesOf, packPackage } from "./support/pack.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
/** The PATH without the repository's own programs: its `node` is that of this machine. */
const PATH = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .join(delimiter);

let service: TestService;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgereel-packages-"));
  const vars = { ...TELLING, ...sharedRenderer() };
  service = await startTestService({ vars, registry: inject("workerRegistry") });
});
afterAll(async () => {
  await service?.stop();
  await removeState(service?.state);
  await rm(folder, { recursive: true, force: true });
});

const consumer = `
import { Edgereel, NotFoundError, type Task, verifyWebhook, type WebhookEvent } from "edgereel";
const edgereel = new Edgereel({ url: process.argv[2] ?? "" });
const error: unknown = await edgereel.getTask("6c85c8cc-a77a-42b9-bc30-947815aa0558").catch((thrown: unknown) => thrown);
if (!(error instanceof NotFoundError)) throw error;
const event = (body: string): Promise<WebhookEvent> => verifyWebhook(body, new Headers(), "");
const wait = (id: string): Promise<Task> => edgereel.waitFor(id, { onProgress: ({ stage }) => console.log(stage) });
// @ts-expect-error the field has another name
const wrong = () => edgereel.createVideo({ video_aspct: "9:16" });
console.log(error.code, error.field, [event, wait, wrong].length);
`;

test("the packed client works in an empty folder: types, import, and a video by its command line", async () => {
  const archive = await packPackage("packages/client", folder);
  const files = await filesOf(archive);
  expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "dist/index.js", "dist/index.d.ts"]));
  expect(files.filter((name) => !/^(LICENSE|README\.md|package\.json|dist\/.*\.(js|d\.ts))$/.test(name))).toEqual([]);

  const empty = await mkdtemp(join(folder, "client-"));
  await writeFile(join(empty, "package.json"), '{"private":true,"type":"module"}');
  await execute("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", archive], { cwd: empty });
  const modules = JSON.parse(await readFile(join(empty, "node_modules/.package-lock.json"), "utf8")) as {
    packages: Record<string, { version: string }>;
  };
  expect(Object.keys(modules.packages).map((name) => name.replace("node_modules/", ""))).toEqual([
    ...["commander", "edgereel", "openapi-fetch", "openapi-typescript-helpers"],
  ]);
  expect(modules.packages["node_modules/edgereel"]?.version).toBe(version);

  await writeFile(join(empty, "consumer.ts"), consumer);
  const tsc = [join(root, "node_modules/typescript/bin/tsc"), "--module", "nodenext", "--target", "es2024", "--strict"];
  const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types"), "--skipLibCheck", "false"];
  await execute(process.execPath, [...tsc, ...types, "--exactOptionalPropertyTypes", "consumer.ts"], { cwd: empty });
  const env = { ...process.env, PATH, EDGEREEL_URL: service.origin };
  const { stdout } = await execute("node", ["consumer.js", service.origin], { cwd: empty, env });
  expect(stdout.trim()).toBe("not_found null 3");

  const edgereel = (...args: string[]) => execute("npx", ["--no", "--", "edgereel", ...args], { cwd: empty, env });
  expect((await edgereel("--version")).stdout.trim()).toBe(version);
  const clip = join(root, "samples/dusk.mp4");
  const made = await edgereel("make", "--clip", clip, "--set", "video_clip_duration=1", "-o", "out.mp4", "--json");
  expect(JSON.parse(made.stdout)).toMatchObject({ stage: "succeeded", saved: ["out.mp4"] });
  expect((await stat(join(empty, "out.mp4"))).size).toBeGreaterThan(5_000);
});

/** True if the service of this checkout has resumable uploads. */
const resumable = existsSync(join(root, "src/http/routes/resumable-uploads.ts"));

test.skipIf(!resumable)("an upload goes on where it stopped after its connection broke", async () => {
  const bytes = await sample("narration.mp3");
  const chunkSize = 16_384;
  const proxy = await startBreakingProxy(service.origin, chunkSize + 3_000, 4);
  onTestFinished(() => proxy.close());
  const progress: number[] = [];
  const client = new Edgereel({ url: proxy.origin });
  const file = await client.upload(new Blob([bytes]), {
    ...{ name: "Erzählung.mp3", collection: "narrations", chunkSize },
    onProgress: ({ sent }) => progress.push(sent),
  });
  expect(file).toMatchObject({ name: "Erzählung.mp3", size: bytes.byteLength, file: "Erzählung.mp3" });
  expect(proxy.broken()).toBeGreaterThan(0);
  expect(progress).toEqual(progress.toSorted((one, other) => one - other));
  expect(progress.at(-1)).toBe(bytes.byteLength);
  const text = new Blob(["this is no sound".repeat(2_000)]);
  const refused = client.upload(text, { name: "notes.mp3", collection: "narrations", chunkSize });
  await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^(unsupported_file|bad_input)$/) });
});

const needsN8n = skippedWithout(hasN8n, "n8n: npm run n8n:install");

test.skipIf(!hasN8n)(`n8n's own linter and types accept the n8n nodes${needsN8n}`, async () => {
  const sources = await copySources();
  // One of the rules judges file names in another way if NODE_ENV is "test".
  const env = { ...process.env, NODE_ENV: "production" };
  const run = (...args: string[]) => execute(process.execPath, args, { cwd: sources, env });
  await run(join(n8nFolder, "node_modules/typescript/bin/tsc"), "-p", ".", "--noEmit");
  // The rules of `n8n-node lint`; the folder's configuration is n8n's own.
  const { stdout } = await run(join(n8nFolder, "node_modules/eslint/bin/eslint.js"), "--max-warnings", "0", ".");
  expect(stdout).toBe("");
});

const node = (name: string, parameters: object, type = "n8n-nodes-edgereel.edgereel") => ({
  ...{ id: name, name, type, typeVersion: 1, position: [0, 0], parameters },
  credentials: { edgereelApi: { id: "1", name: "Edgereel" } },
});

/** Connects nodes one after the other. */
const chain = (nodes: { name: string }[]) =>
  Object.fromEntries(
    nodes.slice(1).map(({ name }, index) => [nodes[index]?.name, { main: [[{ node: name, type: "main", index: 0 }]] }]),
  );

interface Items {
  json: Record<string, unknown>;
  binary?: Record<string, { bytes?: number; fileName: string; mimeType: string }>;
}
interface WorkflowResult {
  status: string;
  error: { message: string } | null;
  output: Record<string, Items[]>;
}

/** Runs a workflow of nodes in n8n's engine. */
async function runWorkflow(nodes: { name: string }[], items: object[], connections = chain(nodes)) {
  const installed = await installNodes(folder);
  const credentials = { url: service.origin, apiKey: "", webhookSecret: "" };
  for await (const result of runEngine(installed, folder, { nodes, connections, items, credentials })) {
    return result as WorkflowResult;
  }
  throw new Error("n8n's engine printed no result");
}

test.skipIf(!hasN8n)(`an n8n workflow uploads a clip, makes a video and downloads it${needsN8n}`, async () => {
  const data = Buffer.from(await sample("dusk.mp4")).toString("base64");
  const clip = { json: {}, binary: { data: { data, mimeType: "video/mp4", fileName: "dusk.mp4" } } };
  const id = "={{ $('Create').item.json.task_id }}";
  const create = { clips: ["={{ $json.file }}"], script: "Made by n8n.", additionalFields: { video_clip_duration: 1 } };
  const nodes = [
    node("Start", {}, "test.start"),
    node("Upload", { resource: "file", operation: "upload", binaryProperty: "data", fileName: "Strand & Möwe.mp4" }),
    node("Create", { resource: "video", operation: "create", wait: true, ...create }),
    node("Download", {
      resource: "video",
      operation: "download",
      taskId: id,
      file: "final-1.mp4",
      binaryProperty: "out",
    }),
    node("List", { resource: "video", operation: "getAll", returnAll: false, limit: 1, state: "1" }),
    node("Delete", { resource: "video", operation: "delete", taskId: id }),
    // Last, because it gives as many items as there are files.
    node("Files", { resource: "file", operation: "getAll", collection: "video_materials" }),
  ];
  const { status, error, output } = await runWorkflow(nodes, [clip]);
  expect([status, error]).toEqual(["success", null]);
  expect(output.Upload?.[0]?.json).toMatchObject({ file: "Strand & Möwe.mp4" });
  expect(output.Create?.[0]?.json).toMatchObject({ state: 1, durations: [1] });
  expect(output.Download?.[0]?.binary?.out).toMatchObject({ fileName: "final-1.mp4", mimeType: "video/mp4" });
  expect(output.Download?.[0]?.binary?.out?.bytes).toBeGreaterThan(5_000);
  expect(output.List?.[0]?.json.task_id).toBe(output.Create?.[0]?.json.task_id);
  expect(output.Files?.map(({ json }) => json.file)).toContain("Strand & Möwe.mp4");
  expect(output.Delete?.[0]?.json).toEqual({ deleted: true, task_id: output.Create?.[0]?.json.task_id });
});

test.skipIf(!hasN8n)(`a refused request fails the n8n node with the service's message${needsN8n}`, async () => {
  const fields = { additionalFields: { other: '{"video_clip_duration": -1}' }, clips: [], subject: "x", wait: true };
  const nodes = [
    node("Start", {}, "test.start"),
    node("Create", { resource: "video", operation: "create", ...fields }),
  ];
  const { status, error } = await runWorkflow(nodes, [{ json: {} }]);
  expect([status, error?.message]).toEqual(["error", expect.stringContaining("video_clip_duration: ")]);
});

test.skipIf(!hasN8n)(`the n8n trigger starts with signed webhooks of chosen events only${needsN8n}`, async () => {
  const trigger = node("T", { events: ["task.succeeded"] }, "n8n-nodes-edgereel.edgereelTrigger");
  const credentials = { url: service.origin, apiKey: "", webhookSecret: TELLING.WEBHOOK_SECRET };
  const input = { trigger, credentials, count: 3 };
  const results: unknown[] = [];
  for await (const result of runEngine(await installNodes(folder), folder, input)) {
    results.push(result);
    if (results.length > 1) continue;
    const { url } = result as { url: string };
    const forged = await fetch(url, { method: "POST", body: '{"type":"task.succeeded"}' });
    expect(forged.status).toBe(400);
    const client = new Edgereel({ url: service.origin });
    const { file } = await client.upload(new Blob([await sample("dusk.mp4")]), { name: "trigger.mp4" });
    await client.createVideo({ video_materials: [{ url: file }], video_clip_duration: 1, callback_url: url });
  }
  expect(results.slice(1)).toEqual([
    { status: 400, items: null },
    { status: 200, items: null },
    { status: 200, items: [{ json: expect.objectContaining({ type: "task.succeeded" }) }] },
  ]);
});

test.skipIf(!hasN8n)(`the example workflow of HTTP Request nodes makes and downloads a video${needsN8n}`, async () => {
  const client = new Edgereel({ url: service.origin });
  await client.upload(new Blob([await sample("dusk.mp4")]), { name: "beach.mp4" });
  const text = await readFile(join(root, "examples/n8n/http-request.json"), "utf8");
  const { nodes, connections } = JSON.parse(text.replaceAll("http://localhost:8080", service.origin)) as {
    nodes: { name: string }[];
    connections: ReturnType<typeof chain>;
  };
  const { status, error, output } = await runWorkflow(nodes, [{ json: {} }], connections);
  expect([status, error]).toEqual(["success", null]);
  expect(output["Wait for a change"]?.[0]?.json).toMatchObject({ data: { state: 1 } });
  expect(output["Download the video"]?.[0]?.binary?.data?.bytes).toBeGreaterThan(5_000);
});
