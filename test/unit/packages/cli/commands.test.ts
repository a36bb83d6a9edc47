import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { repositoryOf } from "../../../../packages/client/src/cli/clone.ts";
import { runCommand } from "../support/run-command.ts";
import { refusal, type ScriptedAnswer, scriptedServer, success } from "../support/scripted-server.ts";

const failedTask = success({
  ...{ task_id: "a", state: -1, stage: "failed", progress: 4, revision: 1, eta_seconds: null },
  failure: { code: "timeout", message: "a job took too long", retryable: true },
});

test.each<[string, ScriptedAnswer, number, string]>([
  ["refused", refusal(400, "invalid_request", "x: wrong"), 3, "edgereel: invalid_request: x: wrong\n"],
  ["about an unknown task", refusal(404, "not_found", "no task"), 3, "edgereel: not_found: no task\n"],
  ["for a failed task", failedTask, 4, "edgereel: timeout: a job took too long\nTry again with: edgereel retry a\n"],
  ["that cannot be answered now", refusal(503, "not_configured", "no"), 5, "edgereel: not_configured: no\n"],
  [
    "without an API key",
    refusal(401, "unauthenticated", "no key"),
    6,
    "edgereel: unauthenticated: no key\nSet EDGEREEL_API_KEY to an API key of the service.\n",
  ],
  ["without the scope", refusal(403, "forbidden", "needs write"), 6, "edgereel: forbidden: needs write\n"],
])("a command %s has its exit code and says what to do", async (_, answer, code, message) => {
  await using server = await scriptedServer(answer);
  const result = await runCommand(["watch", "a", "--quiet"], { url: server.url });
  expect(result).toEqual({ code, stdout: "", stderr: message });
});

test("with --json an error is one line of JSON", async () => {
  await using server = await scriptedServer(refusal(400, "invalid_request", "video_count: too large"));
  const { code, stderr } = await runCommand(["watch", "a", "--json"], { url: server.url });
  const error = { code: "invalid_request", status: 400, field: "video_count", retryable: false };
  expect([code, JSON.parse(stderr)]).toEqual([3, { error: expect.objectContaining(error) }]);
});

test.each([
  [["tsks"], "Did you mean tasks?"],
  [["make", "--clipp", "x"], "Did you mean --clip?"],
  [["make"], "give a subject"],
  [["make", "x", "--set", "a"], "--set a: must be field=value"],
  [["make", "x", "--request", "/does/not/exist.json"], "/does/not/exist.json"],
  [["make", "--script", "/does/not/exist.txt"], "/does/not/exist.txt: there is no such file"],
  [["upload", "/does/not/exist.mp4"], "there is no such file"],
  [["upload", "a", "--to", "videos"], "--to: must be one of video_materials"],
  [["tasks", "--state", "done"], "--state: must be processing, succeeded, failed"],
  [["tasks", "--limit", "0"], "--limit: must be a whole number"],
  [["completion", "csh"], "must be bash, zsh or fish"],
  [["watch"], "missing required argument 'task'"],
])("the arguments %j are refused with what is wrong", async (args, message) => {
  const { code, stderr } = await runCommand(args, { url: "http://127.0.0.1:9" });
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test("--help and --version print to standard output and succeed", async () => {
  expect(await runCommand(["--version"])).toEqual({ code: 0, stdout: "1.2.3\n", stderr: "" });
  const { code, stdout } = await runCommand(["make", "--help"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("--clip <file>")]);
  expect((await runCommand(["--help"])).stdout).toContain("EDGEREEL_API_KEY");
});

test("tasks follows the cursor up to --limit and sends the API key of the environment", async () => {
  const row = (id: string) => ({
    ...{ task_id: id, stage: "succeeded", progress: 100, created_at: "2026-11-27T12:00:00.000Z" },
    video_subject: `subject ${id}`,
  });
  await using server = await scriptedServer(
    success({ tasks: [row("a"), row("b")], next_cursor: "next" }),
    success({ tasks: [row("c")], next_cursor: null }),
  );
  const env = { EDGEREEL_API_KEY: "er_1_secret" };
  const { stdout } = await runCommand(["tasks", "--state", "succeeded"], { url: server.url, env });
  expect(stdout.split("\n").slice(0, 2)).toEqual([
    "task  stage      progress  created (UTC)     subject",
    "a     succeeded  100 %     2026-11-27 12:00  subject a",
  ]);
  expect(server.seen.map(({ url }) => url)).toEqual([
    "/api/v1/tasks?page_size=20&state=1",
    "/api/v1/tasks?page_size=18&state=1&cursor=next",
  ]);
  expect(server.seen[0]?.headers.authorization).toBe("Bearer er_1_secret");
});

test("keys and serve run the server package of the folder with their options", async () => {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const installed = join(folder, "node_modules/edgereel-server");
  await mkdir(join(installed, "dist"), { recursive: true });
  await writeFile(join(installed, "package.json"), '{"name":"edgereel-server","type":"module"}');
  const program = 'import fs from "fs"; fs.writeFileSync("ran", process.argv.slice(2).join(" ")); process.exit(7);';
  await writeFile(join(installed, "dist/main.js"), program);
  const inFolder = vi.spyOn(process, "cwd").mockReturnValue(folder);
  onTestFinished(() => inFolder.mockRestore());
  for (const [args, passed] of [
    [["serve"], "serve --port 8080"],
    [["serve", "--port", "9", "--data", "x y", "--native", "--auth"], "serve --port 9 --data x y --auth --native"],
    [["keys", "list", "--owner", "me", "--help"], "keys list --owner me --help"],
  ] as const) {
    expect((await runCommand([...args])).code).toBe(7);
    expect(await readFile(join(folder, "ran"), "utf8")).toBe(passed);
  }
});

test("the repository is found from any of its folders", () => {
  const root = fileURLToPath(new URL("../../../../", import.meta.url)).replace(/\/$/, "");
  expect(repositoryOf(fileURLToPath(new URL(".", import.meta.url)))).toBe(root);
  expect(repositoryOf(tmpdir())).toBeNull();
});

/** What bash proposes for the last word of a command line. */
async function completed(line: string): Promise<string[]> {
  const { stdout } = await runCommand(["completion", "bash"]);
  const words = line.split(" ");
  const script = `${stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})\nCOMP_CWORD=${words.length - 1}\n_edgereel\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim().split("\n");
}

test("bash completes commands and the options of a command", async () => {
  expect(await completed("edgereel ma")).toEqual(["make"]);
  expect(await completed("edgereel make x --su")).toEqual(["--subtitles"]);
  expect(await completed("edgereel tasks --")).toEqual([
    ...["--state", "--limit", "--version", "--url", "--json", "--quiet"],
  ]);
});

test.each(["zsh", "fish"])("the completion script for %s has every command", async (shell) => {
  const { stdout } = await runCommand(["completion", shell]);
  for (const command of ["make", "tasks", "watch", "cancel", "upload", "keys", "serve"])
    expect(stdout).toContain(command);
});
