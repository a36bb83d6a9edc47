import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../../scripts/client.ts";
import { freePort } from "../../scripts/free-port.ts";
import { TELLING } from "../support/services/webhook-receiver.ts";
import { execute, has } from "./support/programs.ts";
import { origin } from "./support/running-service.ts";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgereel-examples-"));
  // One example imports the client package.
  await execute(process.execPath, [path("scripts/packages/build-client.ts")]);
});
afterAll(() => rm(folder, { recursive: true }));

/** A finished run of an example. */
interface Run {
  code: number | null;
  output: string;
}

/**
 * Runs an example in a folder of its own.
 *
 * @param onTask receives the id of the task as soon as the example prints it.
 */
async function run(command: string[], onTask: (id: string) => void = () => {}): Promise<Run> {
  const [program = "", ...args] = command;
  const child: ChildProcess = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, BASE: origin, PORT: String(await freePort()), WEBHOOK_SECRET: TELLING.WEBHOOK_SECRET },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      const id = /^Created task (\S+)$/.exec(line)?.[1];
      if (id !== undefined) onTask(id);
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: lines.join("\n") };
}

const examples = [
  { name: "create-video.sh", command: ["sh", path("examples/create-video.sh")] },
  { name: "node-client.mjs", command: [process.execPath, path("examples/node-client.mjs")] },
  { name: "client.mjs", command: [process.execPath, path("examples/client.mjs")] },
  { name: "poll.py", command: ["python3", path("examples/poll.py")] },
].filter(({ name, command: [program = ""] }) => {
  if (has(program)) return true;
  console.log(`skipped: the example ${name} needs ${program}`);
  return false;
});

test.each(examples)("the example $name saves the video that it creates", async ({ command }) => {
  const video = join(folder, "final-1.mp4");
  await rm(video, { force: true });
  const { code, output } = await run(command);
  expect(output).toMatch(/^Created task /m);
  expect(output).toMatch(/^(Progress: \d+ %|Webhook task\.started)$/m);
  expect(code, output).toBe(0);
  expect((await stat(video)).size).toBeGreaterThan(10_000);
});

test.each(examples)("the example $name prints why its task failed and exits with code 1", async ({ command }) => {
  const cancel = (id: string) => void call(origin, `/api/v1/tasks/${id}/cancel`, { method: "POST" });
  const { code, output } = await run(command, cancel);
  expect(output).toMatch(/^(Error: t|T)he task failed: the task was cancelled on request$/m);
  expect(code, output).toBe(1);
});

test.each(examples)(
  "the example $name prints why its upload was refused and exits with code 1",
  async ({ command }) => {
    const file = join(folder, "notes.txt");
    await writeFile(file, "this is not a video");
    const { code, output } = await run([...command, file]);
    expect(output).toContain(".txt is not accepted");
    expect(output).not.toContain("Created task");
    expect(code, output).toBe(1);
  },
);
