import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getTask } from "../../scripts/client.ts";
import { origin } from "./support/running-service.ts";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgereel-command-line-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts `edgereel` in a folder of its own. */
function start(...args: string[]) {
  const env = { ...process.env, EDGEREEL_URL: origin };
  const child = spawn(process.execPath, [path("packages/client/src/cli/main.ts"), ...args], { cwd: folder, env });
  const finished = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const result = finished.then(([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number | null }));
  return { child, result };
}

const clip = ["--clip", path("samples/dusk.mp4"), "--set", "video_clip_duration=1"];

test("edgereel make reads a script from standard input, shows progress and saves the video", async () => {
  const { child, result } = start("make", "-", ...clip, "--output", "out.mp4");
  child.stdin.end("Edgereel makes short videos.");
  const { code, stdout, stderr } = await result;
  expect(stderr).toMatch(/uploading dusk\.mp4\n[\s\S]*Task [\w-]{36}\n[\s\S]*\n100 % succeeded\n$/);
  expect([code, stdout]).toEqual([0, "out.mp4\n"]);
  expect((await stat(join(folder, "out.mp4"))).size).toBeGreaterThan(10_000);

  const listed = JSON.parse((await start("tasks", "--limit", "1", "--json").result).stdout) as { task_id: string }[];
  const shown = await start("watch", listed[0]?.task_id ?? "").result;
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^stage +succeeded, 100 %$/m) });
});

test("Ctrl-C ends edgereel watch with code 130, and the task goes on until edgereel cancel", async () => {
  // Longer than a process of Node takes to start.
  const made = await start("make", "--script", "-", ...clip, "--set", "video_count=5", "--no-wait");
  made.child.stdin.end("Edgereel makes short videos.");
  const id = (await made.result).stdout.trim();
  const { child, result } = start("watch", id);
  child.stderr.once("data", () => child.kill("SIGINT"));
  const { code, stderr } = await result;
  expect([code, stderr]).toEqual([130, expect.stringContaining(`Follow it with: edgereel watch ${id}\n`)]);
  expect(await start("cancel", id).result).toMatchObject({ code: 0, stderr: "" });
  expect(await getTask(origin, id)).toMatchObject({ stage: "cancelled" });
  expect(await start("watch", id).result).toMatchObject({ code: 4, stderr: expect.stringContaining("cancelled: ") });
});
