import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outputPaths, parseFields } from "../../../../packages/client/src/cli/make.ts";
import type { Task } from "../../../../packages/client/src/index.ts";
import { runCommand } from "../support/run-command.ts";
import { scriptedServer, success } from "../support/scripted-server.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgereel-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

const created = success({ task_id: "0f8fad5b-d9cb-469f-a165-70867728950e" });
const files = (...names: string[]) => success({ files: names.map((name) => ({ name, file: name, size: 1 })) });

/** The body of the request that created the task. */
function sentRequest(server: { seen: { url: string; body: string }[] }): unknown {
  return JSON.parse(server.seen.find(({ url }) => url === "/api/v1/videos")?.body ?? "null");
}

test.each<[string, string[], string, object]>([
  ["a subject", ["Why cats purr"], "", { video_subject: "Why cats purr" }],
  ["a script from standard input", ["-"], " One. Two.\n", { video_script: "One. Two." }],
  ["a script with a title", ["Title", "--script", "-"], "One.", { video_script: "One.", video_subject: "Title" }],
  [
    "fields of all types",
    ["x", "--voice", "embedded:slt", "--aspect", "1:1", "--preset", "news", "--set", "video_count=2", "--set", "a=b=c"],
    "",
    { video_subject: "x", voice_name: "embedded:slt", video_aspect: "1:1", preset: "news", video_count: 2, a: "b=c" },
  ],
])("make with %s sends it and prints the task's id", async (_, args, stdin, expected) => {
  await using server = await scriptedServer(created);
  const result = await runCommand(["make", ...args, "--no-wait"], { url: server.url, stdin });
  expect(result).toEqual({ code: 0, stdout: "0f8fad5b-d9cb-469f-a165-70867728950e\n", stderr: "" });
  expect(sentRequest(server)).toEqual(expected);
});

test("make reads a script file, and options change the request of a file", async () => {
  const [script, request] = [join(folder, "script.txt"), join(folder, "request.json")];
  await writeFile(script, "Hello.\n");
  await writeFile(request, JSON.stringify({ video_aspect: "16:9", video_subject: "old" }));
  await using server = await scriptedServer(created);
  await runCommand(["make", script, "--request", request, "--set", "video_subject=new", "--no-wait"], {
    url: server.url,
  });
  expect(sentRequest(server)).toEqual({ video_script: "Hello.", video_aspect: "16:9", video_subject: "new" });
});

test("make uploads a clip under a name with its hash once, and passes on URLs and names of uploads", async () => {
  const clip = join(folder, "beach.mp4");
  await writeFile(clip, "bytes");
  const hashed = "beach-277089d9.mp4";
  await using server = await scriptedServer(
    ...[files(), success({ name: hashed, file: hashed, size: 5 }), files(hashed), files("old.mp4"), created],
  );
  const clips = [clip, clip, "old.mp4", "https://example.com/a.mp4"].flatMap((value) => ["--clip", value]);
  expect(await runCommand(["make", "x", ...clips, "--no-wait", "--quiet"], { url: server.url })).toMatchObject({
    code: 0,
  });
  expect(server.seen.filter(({ method }) => method === "PUT").map(({ url }) => url)).toEqual([
    `/api/v1/video_materials/${hashed}`,
  ]);
  const urls = [hashed, hashed, "old.mp4", "https://example.com/a.mp4"];
  expect(sentRequest(server)).toMatchObject({ video_materials: urls.map((url) => ({ url })) });
});

test("make saves the video of a finished task under the name in --output, and prints its path", async () => {
  const done = { task_id: "a", state: 1, stage: "succeeded", progress: 100, revision: 1, eta_seconds: null };
  const task = success({ ...done, videos: ["http://x/tasks/a/final-1.mp4"], video_subject: "" });
  await using server = await scriptedServer(created, task, { status: 200, body: "video" });
  const output = join(folder, "out.mp4");
  const result = await runCommand(["make", "x", "--output", output, "--quiet"], { url: server.url });
  expect(result).toEqual({ code: 0, stdout: `${output}\n`, stderr: "" });
  expect(await readFile(output, "utf8")).toBe("video");
  expect(server.seen.at(-1)?.url).toBe("/api/v1/download/a/final-1.mp4");
});

test.each([
  ["a=1", { a: 1 }],
  ["a=true", { a: true }],
  ["a=null", { a: null }],
  ['a=[{"url":"b"}]', { a: [{ url: "b" }] }],
  ['a="1"', { a: "1" }],
  ["a=hello world", { a: "hello world" }],
  ["a=", { a: "" }],
])("--set %s is %j", (field, expected) => {
  expect(parseFields([field])).toEqual(expected);
});

const finished = (videos: number, video_subject: string) =>
  ({ task_id: "0f8fad5b-d9cb", videos: Array(videos).fill("x"), video_subject }) as Task;

test.each([
  [finished(1, "Why cats purr?"), undefined, ["why-cats-purr-0f8fad5b.mp4"]],
  [finished(2, "../../etc/passwd"), undefined, ["etc-passwd-0f8fad5b.mp4", "etc-passwd-0f8fad5b-2.mp4"]],
  [finished(1, "…"), undefined, ["video-0f8fad5b.mp4"]],
  [finished(1, "猫はなぜ"), undefined, ["猫はなぜ-0f8fad5b.mp4"]],
  [finished(3, "x"), "a/b.mp4", ["a/b.mp4", "a/b-2.mp4", "a/b-3.mp4"]],
])("videos are saved under the subject or the name in --output (%#)", (task, output, expected) => {
  expect(outputPaths(task, output)).toEqual(expected);
});
