import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { download } from "../../scripts/client.ts";
import { decodeWarnings, ffprobe } from "../support/ffmpeg.ts";
import { type FileHost, startFileHost } from "../support/services/file-host.ts";
import { origin } from "./support/running-service.ts";
import { sample } from "./support/samples.ts";

let host: FileHost;
const client = new Client({ name: "agent", version: "1" });

beforeAll(async () => {
  const clips = new Map([
    ["/dusk.mp4", await sample("dusk.mp4")],
    ["/life.mp4", await sample("life.mp4")],
  ]);
  host = await startFileHost((path, response) => {
    const clip = clips.get(path);
    return clip ? void response.end(clip) : void response.writeHead(404).end();
  });
  // The transport's optional fields do not allow `undefined`, which its own class declares.
  await client.connect(new StreamableHTTPClientTransport(new URL(`${origin}/mcp`)) as Parameters<Client["connect"]>[0]);
});
afterAll(async () => {
  await client.close();
  await host.close();
});

interface Task {
  task_id: string;
  done: boolean;
  stage: string;
  videos: string[];
  subtitles: string[];
  durations: number[];
  voice: string;
  warnings: string[];
}

async function tool(name: string, given: object, onprogress?: (progress: { progress: number }) => void) {
  const options = onprogress ? { onprogress, resetTimeoutOnProgress: true } : {};
  const result = await client.callTool({ name, arguments: { ...given } }, undefined, options);
  const content = result.content as { type: string; text?: string; data?: string }[];
  return { task: result.structuredContent as unknown as Task, content, isError: result.isError };
}

test("an agent that knows only the MCP address makes a spoken, captioned video from two links and a script", async () => {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["create_video", "wait_for_video"]));
  const script = "Dusk falls. Life stirs.";
  const materials = [`${host.origin}/dusk.mp4`, `${host.origin}/life.mp4`];
  let { task, content, isError } = await tool("create_video", { script, materials });
  expect([isError, content[0]?.text]).toEqual([false, expect.stringContaining("wait_for_video")]);
  const seen: number[] = [];
  for (let calls = 0; !task.done && calls < 20; calls++) {
    const given = { task_id: task.task_id, wait_seconds: 40 };
    ({ task, content } = await tool("wait_for_video", given, ({ progress }) => seen.push(progress)));
  }
  expect(task).toMatchObject({ stage: "succeeded", voice: "openai:alloy", warnings: [] });
  expect(seen.length).toBeGreaterThan(0);
  const video = await download(task.videos[0] ?? "");
  expect(await decodeWarnings(video)).toBe("");
  const { format, streams } = await ffprobe(video);
  expect(Number(format.duration)).toBeCloseTo(task.durations[0] ?? 0, 1);
  expect(streams.map(({ codec_type }) => codec_type).toSorted()).toEqual(["audio", "video"]);
  const srt = new TextDecoder().decode(await download(task.subtitles[0] ?? ""));
  expect(srt.replaceAll(/\s+/g, " ")).toMatch(/Dusk falls\. .*Life stirs\./);
  const poster = Buffer.from(content.find(({ type }) => type === "image")?.data ?? "", "base64");
  expect((await ffprobe(new Uint8Array(poster))).streams[0]).toMatchObject({ codec_name: "mjpeg" });

  const kept = await tool("add_material", { url: `${host.origin}/life.mp4`, name: "kept.mp4" });
  expect(kept.task).toMatchObject({ name: "kept.mp4" });
  const missing = await tool("add_material", { url: `${host.origin}/none.mp4` });
  expect([missing.isError, missing.content[0]?.text]).toEqual([true, expect.stringMatching(/^input_\w+: url: /)]);
});
