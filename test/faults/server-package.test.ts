import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { execute } from "../e2e/support/programs.ts";
import { filesOf, packPackage } from "./support/pack.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** The PATH with this Node first, and without the repository's own programs. */
const PATH = [dirname(process.execPath), ...(process.env.PATH ?? "").split(delimiter)]
  .filter((folder) => !folder.includes("node_modules/.bin"))
  .join(delimiter);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgereel-server-package-"));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Starts `edgereel serve` in a folder, and waits until it answers. */
async function serve(cwd: string, env: NodeJS.ProcessEnv, port: number) {
  const args = ["serve", "--port", String(port), "--data", "data", "--auth"];
  const child = spawn("node_modules/.bin/edgereel", args, { cwd, env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const exit = once(child, "exit");
  for (let ended = false; !ended; ) {
    void exit.then(() => {
      ended = true;
    });
    const answers = await fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) {
      return async () => {
        child.kill("SIGTERM");
        const [code] = await exit;
        return { code, printed: (await printed).join("") };
      };
    }
    await sleep(200);
  }
  throw new Error(`edgereel serve ended: ${(await printed).join("")}`);
}

test("edgereel serve of the packed packages makes a spoken video in an empty folder, and keeps it after a restart", async () => {
  const client = await packPackage("packages/client", folder);
  const server = await packPackage("packages/server", folder);
  const files = await filesOf(server);
  const parts = ["dist/main.js", "dist/workers.json", "dist/api/index.js", "dist/public/index.html", "LICENSE"];
  expect(files).toEqual(expect.arrayContaining([...parts, "dist/public/vendor/fonts/NotoSans-Regular.ttf"]));
  // npm packages have these, and nothing of this machine is published.
  expect(files.filter((name) => /\.(wasm|map|vars|log)$/.test(name))).toEqual([]);
  expect(await readFile(join(root, "packages/server/dist/workers.json"), "utf8")).not.toContain(root);

  await writeFile(join(folder, "package.json"), '{"private":true}');
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  const env = { ...process.env, PATH, WRANGLER_SEND_METRICS: "false" };
  await execute("npm", [...install, client], { cwd: folder, env });
  const missing = execute("node_modules/.bin/edgereel", ["serve", "--no-install"], { cwd: folder, env });
  await expect(missing).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("npm install edgereel-server@"),
  });
  await execute("npm", [...install, server], { cwd: folder, env });

  const port = await freePort();
  const stop = await serve(folder, env, port);
  const edgereel = (...args: string[]) =>
    execute("node_modules/.bin/edgereel", args, {
      cwd: folder,
      env: { ...env, EDGEREEL_URL: `http://127.0.0.1:${port}`, EDGEREEL_API_KEY: key },
    });
  let key = "";
  const created = await edgereel("keys", "create", "--owner", "me", "--data", "data");
  key = /^er_\S+$/m.exec(created.stdout)?.[0] ?? "";
  await writeFile(join(folder, "script.txt"), "Served from a package.");
  const clip = join(root, "samples/dusk.mp4");
  const made = await edgereel(
    "make",
    "--script",
    "script.txt",
    "--voice",
    "embedded:slt",
    "--clip",
    clip,
    "-o",
    "out.mp4",
    "--json",
  );
  const task = JSON.parse(made.stdout) as { task_id: string };
  expect(task).toMatchObject({ stage: "succeeded", subtitle_path: expect.any(String) });
  expect((await stat(join(folder, "out.mp4"))).size).toBeGreaterThan(20_000);
  const second = execute("node_modules/.bin/edgereel-server", ["--data", "data", "--port", String(await freePort())], {
    cwd: folder,
    env,
  });
  await expect(second).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("serves from this folder") });
  expect(await stop()).toMatchObject({ code: 0, printed: expect.stringContaining("Unfinished tasks go on") });

  const stopAgain = await serve(folder, env, port);
  expect(JSON.parse((await edgereel("tasks", task.task_id, "--json")).stdout)).toMatchObject({ stage: "succeeded" });
  expect((await stopAgain()).code).toBe(0);
});
