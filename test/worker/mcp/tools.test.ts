import { beforeAll, expect, test, vi } from "vitest";
import type { TaskAnswer } from "../../../src/mcp/task-answer.ts";
import { askForKeys, bearer, finishedTask, keyOf, materials, uploadAs } from "../support/access.ts";
import { bindings, request } from "../support/bindings.ts";
import { callTool, mcpClient, textOf } from "../support/mcp-client.ts";

let key = "";
let finished = "";
beforeAll(async () => {
  askForKeys();
  key = await keyOf("alice");
  finished = (await finishedTask(key)).task_id;
});

test.each(["auto", "legacy"] as const)("the official client (%s) sees well-described tools", async (mode) => {
  const client = await mcpClient(bearer(key), mode);
  expect(client.getNegotiatedProtocolVersion()).toBe(mode === "auto" ? "2026-07-28" : "2025-11-25");
  expect(client.getInstructions()).toContain("wait_for_video");
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    ...["create_video", "remake_video", "wait_for_video", "list_videos", "cancel_video", "retry_video", "delete_video"],
    ...["list_voices", "list_presets", "list_materials", "add_material"],
  ]);
  for (const { name, title, description, inputSchema, outputSchema, annotations } of tools) {
    expect([name, title, description?.length ?? 0]).toEqual([
      name,
      expect.any(String),
      expect.toSatisfy((n) => n > 40),
    ]);
    expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    expect(outputSchema).toMatchObject({ type: "object" });
    // Some clients do not follow references.
    expect(JSON.stringify([inputSchema, outputSchema])).not.toContain("$ref");
    // Some models' providers accept only one type in a place, and no empty schemas.
    expect(JSON.stringify([inputSchema, outputSchema])).not.toMatch(/"type":\[|"(?:additionalProperties|items)":\{\}/);
    expect(annotations).toMatchObject({ readOnlyHint: expect.any(Boolean), destructiveHint: expect.any(Boolean) });
  }
  const hints = (name: string) => tools.find((tool) => tool.name === name)?.annotations;
  expect(hints("wait_for_video")).toMatchObject({ readOnlyHint: true, destructiveHint: false, idempotentHint: true });
  expect(hints("delete_video")).toMatchObject({ readOnlyHint: false, destructiveHint: true, idempotentHint: true });
  expect(hints("create_video")).toMatchObject({ readOnlyHint: false, destructiveHint: false, openWorldHint: true });
});

test("a client makes a video, waits for it with progress, and gets links that work and the poster", async () => {
  const client = await mcpClient(bearer(key));
  const created = await callTool(client, "create_video", {
    subject: "A test",
    materials: ["a.mp4"],
    narration: "a.mp3",
    music: "none",
    options: { video_clip_duration: 1 },
  });
  expect(created.isError).toBe(false);
  const { task_id } = created.structuredContent as unknown as TaskAnswer;
  expect(textOf(created)).toContain(`Call wait_for_video with task_id "${task_id}"`);

  const seen: number[] = [];
  const onprogress = ({ progress }: { progress: number }) => seen.push(progress);
  const ended = await vi.waitFor(async () => {
    const result = await callTool(client, "wait_for_video", { task_id, wait_seconds: 20 }, { onprogress });
    expect(result.structuredContent).toMatchObject({ done: true });
    return result;
  }, 50_000);
  const task = ended.structuredContent as unknown as TaskAnswer;
  expect(task).toMatchObject({ stage: "succeeded", progress: 100, subject: "A test", durations: [1], error: null });
  expect(seen.length).toBeGreaterThan(0);
  expect(textOf(ended)).toContain(task.videos[0]);
  const link = ended.content.find(({ mimeType }) => mimeType === "video/mp4");
  expect(link).toMatchObject({ type: "resource_link", uri: task.videos[0] });
  const { pathname, search } = new URL(task.videos[0] ?? "");
  const video = await request(pathname + search);
  expect([video.status, video.headers.get("content-type")]).toEqual([200, "video/mp4"]);
  const poster = ended.content.find(({ type }) => type === "image");
  const stored = await bindings.MEDIA.get(`tasks/${task_id}/final-1.jpg`);
  expect(atob(poster?.data ?? "").length).toBe(stored?.size);
  expect(poster?.data).toBe(btoa(String.fromCharCode(...new Uint8Array((await stored?.arrayBuffer()) ?? []))));
});

test("a script over clips is spoken by the best voice unless the caller wants none", async () => {
  const client = await mcpClient(bearer(key));
  const requestOf = async (given: object) => {
    const { structuredContent } = await callTool(client, "create_video", { materials: ["a.mp4"], ...given });
    return bindings.TASKS.getByName(String(structuredContent?.task_id)).request("alice");
  };
  const script = "Hello there.";
  expect(await requestOf({ script })).toMatchObject({ voice_name: "stand-in:anna", video_script: script });
  expect(await requestOf({ script, voice: "none" })).toMatchObject({ voice_name: "" });
  expect(await requestOf({})).toMatchObject({ voice_name: "", video_concat_mode: "sequential" });
});

test("remake_video keeps the request of the earlier task except for the changes", async () => {
  const task_id = finished;
  const client = await mcpClient(bearer(key));
  const result = await callTool(client, "remake_video", { task_id, aspect: "16:9", subject: "Again" });
  const again = String(result.structuredContent?.task_id);
  expect(again).not.toBe(task_id);
  const [before, after] = await Promise.all(
    [task_id, again].map((id) => bindings.TASKS.getByName(id).request("alice")),
  );
  expect(after).toEqual({ ...before, video_aspect: "16:9", video_subject: "Again" });
});

test("tasks are listed by page and state, cancelled, retried and deleted", async () => {
  const key = await keyOf("carol");
  await uploadAs(key, "video_materials", "a.mp4", materials().clip);
  const client = await mcpClient(bearer(key));
  // The stand-in renderer cannot render this length, so the tasks do not succeed.
  const ids: string[] = [];
  for (const subject of ["one", "two", "three"]) {
    const { structuredContent } = await callTool(client, "create_video", { subject, materials: ["a.mp4"] });
    ids.push(String(structuredContent?.task_id));
  }
  const first = await callTool(client, "list_videos", { limit: 2 });
  expect(first.structuredContent).toMatchObject({ total: 3, videos: [{ subject: "three" }, { subject: "two" }] });
  const second = await callTool(client, "list_videos", { limit: 2, cursor: first.structuredContent?.next_cursor });
  expect(second.structuredContent).toMatchObject({ videos: [{ subject: "one" }], next_cursor: null });

  const task_id = ids[0] ?? "";
  const cancelled = await callTool(client, "cancel_video", { task_id });
  expect(cancelled.structuredContent).toMatchObject({ stage: expect.stringMatching(/cancelled|failed/), done: true });
  expect(textOf(cancelled)).toContain("retry_video");
  const retried = await callTool(client, "retry_video", { task_id });
  expect(retried.isError).toBe(false);
  const deleted = await callTool(client, "delete_video", { task_id });
  expect(deleted.structuredContent).toEqual({ task_id, deleted: true });
  const gone = await callTool(client, "wait_for_video", { task_id, wait_seconds: 0 });
  expect([gone.isError, textOf(gone)]).toEqual([true, expect.stringMatching(/^not_found: .*\nWhat to do: use an id/)]);
});

test("errors are results that name the argument and say what to do", async () => {
  const client = await mcpClient(bearer(key));
  const cases: [object, RegExp][] = [
    [{}, /^invalid_request: subject: is required without script and materials\nWhat to do: correct/],
    [
      { materials: ["missing.mp4"] },
      /materials\[0\]: no file named "missing.mp4".*\nWhat to do: give an https link, or/,
    ],
    [{ materials: ["http://example.com/a.mp4"] }, /^invalid_request: materials\[0\]: .*https/],
    [
      { scrpt: "x" },
      /^invalid_request: scrpt: unknown field\nWhat to do: the arguments are subject, script, materials, /,
    ],
    [{ script: "x", subtitle_preset: "classic" }, /subtitle_preset: unknown field\n.* go into `options`/],
    [{ script: "x", aspect: "4:3" }, /^invalid_request: aspect: /],
    [{ script: "x", options: { video_script: "y" } }, /options\.video_script: means the same as script/],
    [{ script: "x", options: { dry_run: true } }, /options\.dry_run/],
    [{ script: "x", options: { no_such_field: 1 } }, /no_such_field: unknown field/],
  ];
  for (const [given, message] of cases) {
    const result = await callTool(client, "create_video", given);
    expect([result.isError, textOf(result)]).toEqual([true, expect.stringMatching(message)]);
    expect(result.structuredContent).toBeUndefined();
  }
});

test("a key that may only read sees and may use only tools that read", async () => {
  const client = await mcpClient(bearer(await keyOf("alice", "read")));
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    "wait_for_video",
    "list_videos",
    "list_voices",
    "list_presets",
    "list_materials",
  ]);
  const refused = await callTool(client, "delete_video", { task_id: crypto.randomUUID() });
  expect([refused.isError, textOf(refused)]).toEqual([true, expect.stringContaining("needs the scope write")]);
});

test("another owner's tasks are not found, and a request without a key gets 401", async () => {
  const task_id = finished;
  const client = await mcpClient(bearer(await keyOf("bob", "admin")));
  for (const [tool, more] of [
    ["wait_for_video", { wait_seconds: 0 }],
    ...["remake_video", "cancel_video", "retry_video", "delete_video"].map((name) => [name, {}] as const),
  ] as const) {
    expect(textOf(await callTool(client, tool, { task_id, ...more }))).toMatch(/^not_found: /);
  }
  await expect(client.readResource({ uri: `edgereel://tasks/${task_id}` })).rejects.toThrow("no resource");
  expect((await request("/mcp", { method: "POST", body: "{}" })).status).toBe(401);
  await expect(mcpClient({ "x-api-key": "er_wrong" })).rejects.toThrow();
});

test("tasks, their posters and subtitles, and the fields of a request are resources", async () => {
  const task_id = finished;
  const client = await mcpClient({ "x-api-key": key });
  const { resources } = await client.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual(
    expect.arrayContaining(["edgereel://video-request", `edgereel://tasks/${task_id}`]),
  );
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain("edgereel://tasks/{task_id}");
  const read = async (uri: string) =>
    (await client.readResource({ uri })).contents[0] as { text?: string; blob?: string };
  const task = JSON.parse((await read(`edgereel://tasks/${task_id}`)).text ?? "");
  expect(task).toMatchObject({ task_id, state: 1 });
  expect((await read(`edgereel://tasks/${task_id}/poster`)).blob?.length).toBeGreaterThan(10);
  const schema = JSON.parse((await read("edgereel://video-request")).text ?? "");
  expect(Object.keys(schema.$defs.VideoRequest.properties)).toContain("video_transition_mode");
  // The task has no subtitles.
  await expect(read(`edgereel://tasks/${task_id}/subtitles`)).rejects.toThrow("no resource");
});

test("voices are filtered by language, gender and text, and looks of captions and uploaded files are listed", async () => {
  const key = await keyOf("dora");
  await uploadAs(key, "musics", "song.mp3", materials().voice);
  const client = await mcpClient(bearer(key));
  const voices = async (given: object) => (await callTool(client, "list_voices", given)).structuredContent;
  expect(await voices({ language: "EN" })).toMatchObject({
    total: 1,
    voices: [{ id: "stand-in:anna", language: "en-US" }],
  });
  for (const given of [{ language: "e" }, { language: "de" }, { gender: "male" }, { search: "bert" }]) {
    expect(await voices(given)).toEqual({ total: 0, voices: [] });
  }
  expect(textOf(await callTool(client, "list_voices", { language: "de" }))).toContain("these languages: en-US");
  expect((await callTool(client, "list_presets")).structuredContent).toMatchObject({
    presets: expect.arrayContaining([expect.objectContaining({ id: "classic" })]),
  });
  const files = await callTool(client, "list_materials", { collection: "musics" });
  expect(files.structuredContent).toMatchObject({ files: [{ name: "song.mp3" }] });
  expect((await callTool(client, "list_materials")).structuredContent).toEqual({ files: [] });
  const refused = await callTool(client, "add_material", { url: "https://127.0.0.1/a.mp4" });
  expect(textOf(refused)).toMatch(/^input_refused: url: /);
});

test("the OpenAPI document does not list /mcp, which is a protocol of its own", async () => {
  const document = (await (await request("/openapi.json")).json()) as { paths: object };
  expect(Object.keys(document.paths)).not.toContain("/mcp");
});
