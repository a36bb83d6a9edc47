import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { call } from "../../scripts/client.ts";
import { origin, state } from "./support/running-service.ts";
import { sample } from "./support/samples.ts";
import { storedSha256 } from "./support/stored-objects.ts";

/** Uploads a file as a form, as a browser does. */
function upload(name: string, bytes: Uint8Array<ArrayBuffer>) {
  const form = new FormData();
  form.append("file", new File([bytes], name));
  return call<{ name: string } | null>(origin, "/api/v1/video_materials", { method: "POST", body: form });
}

test("an upload with a name of Chinese characters and emoji is stored, listed and deleted over HTTP", async () => {
  const name = "测试 🎬 é.mp4";
  const clip = new Uint8Array(await sample("dusk.mp4"));
  expect(await upload(name.normalize("NFD"), clip)).toMatchObject({ status: 200, data: { name } });
  const { data } = await call<{ files: { name: string }[] }>(origin, "/api/v1/video_materials");
  expect(data.files.map((file) => file.name)).toContain(name);
  const deleted = await fetch(`${origin}/api/v1/video_materials/${encodeURIComponent(name)}`, { method: "DELETE" });
  expect(deleted.status).toBe(200);
});

test("a client that is still sending a large file gets the response that refuses its name", async () => {
  const large = new Uint8Array(20_000_000);
  for (const [name, reason] of [
    ["caf\uFFFD.mp4", /is not UTF-8/],
    ["a\u202E4pm.mp4", /RIGHT-TO-LEFT OVERRIDE/],
  ] as const) {
    expect(await upload(name, large)).toMatchObject({ status: 400, message: expect.stringMatching(reason) });
  }
});

const tusClient = fileURLToPath(new URL("support/tus-client.ts", import.meta.url));

/** What a run of tus-js-client printed. */
interface Step {
  resumes?: boolean;
  sent?: number;
  finished?: string;
  error?: string;
}

/** Runs tus-js-client in a process of its own, up to a step after which it is killed. Returns the steps. */
async function runTusClient(args: string[], killAfter: (step: Step) => boolean = () => false): Promise<Step[]> {
  const child: ChildProcess = spawn(process.execPath, [tusClient, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const steps: Step[] = [];
  if (!child.stdout) throw new Error("the process has no output");
  for await (const line of createInterface(child.stdout)) {
    const step = JSON.parse(line) as Step;
    steps.push(step);
    if (killAfter(step)) child.kill("SIGKILL");
  }
  await ended;
  return steps;
}

test("an upload with tus-js-client that is killed at 60 % goes on where it stopped, and its bytes are right", async () => {
  const clip = new Uint8Array(await sample("dusk.mp4"));
  const folder = await mkdtemp(join(tmpdir(), "edgereel-tus-"));
  try {
    // A box of type `free` at the end makes an MP4 file larger and is skipped by players.
    const content = new Uint8Array(20_000_000);
    content.set(clip);
    for (let at = clip.byteLength + 8; at < content.byteLength; at++) content[at] = (at * 31) % 251;
    const box = new DataView(content.buffer, clip.byteLength);
    box.setUint32(0, content.byteLength - clip.byteLength);
    box.setUint32(4, 0x66_72_65_65);
    const file = join(folder, "resumed.mp4");
    await writeFile(file, content);
    const args = [`${origin}/api/v1/uploads`, file, join(folder, "urls.json")];
    const killed = await runTusClient(args, ({ sent = 0 }) => sent >= 0.6 * content.byteLength);
    expect(killed[0]).toEqual({ resumes: false });
    expect(killed.every(({ finished, error }) => finished === undefined && error === undefined)).toBe(true);
    const resumed = await runTusClient(args);
    expect(resumed[0]).toEqual({ resumes: true });
    expect(resumed[1]?.sent).toBeGreaterThan(0.6 * content.byteLength);
    const url = resumed.at(-1)?.finished ?? JSON.stringify(resumed);
    expect(url).toMatch(/\/api\/v1\/uploads\//);
    expect(storedSha256(state, "resumed.mp4")).toBe(createHash("sha256").update(content).digest("hex"));
    const shown = await call<{ file: object }>(url, "");
    expect(shown.data.file).toEqual({ name: "resumed.mp4", size: content.byteLength, file: "resumed.mp4" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
