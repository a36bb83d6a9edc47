import { beforeAll, expect, test } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { taskIdOf } from "../../../src/tasks/create/idempotency.ts";
import { askForKeys, bearer, keyOf, materials, postAs, uploadAs } from "../support/access.ts";
import { bindings, call } from "../support/bindings.ts";
import { makeTask } from "../support/files.ts";
import { audioProbe, standInFile, videoProbe } from "../support/uploads.ts";

interface Files {
  files: { name: string; size: number }[];
}
interface List {
  tasks: { task_id: string }[];
  total: number;
  next_cursor: string | null;
}

let alice = "";
let bob = "";

beforeAll(async () => {
  askForKeys();
  alice = await keyOf("alice");
  bob = await keyOf("bob");
});

const get = <T>(key: string, path: string) => call<T>(path, { headers: bearer(key) });
const create = (key: string, body: object, idempotencyKey: string | null = null) =>
  postAs<{ task_id: string }>(key, "/api/v1/videos", {
    video_materials: [{ url: "a.mp4" }],
    ...body,
    idempotency_key: idempotencyKey,
  });
const files = async (key: string, collection: string) => (await get<Files>(key, `/api/v1/${collection}`)).data.files;

test("a list shows, counts and pages only the owner's tasks", async () => {
  const made: Record<string, string[]> = { alice: [], bob: [] };
  for (const owner of ["alice", "bob", "alice", "bob", "alice"]) made[owner]?.unshift(await makeTask(1, owner));
  for (const [key, owner] of [
    [alice, "alice"],
    [bob, "bob"],
  ] as const) {
    const ids = made[owner] ?? [];
    const list = (await get<List>(key, "/api/v1/tasks")).data;
    expect([list.total, list.tasks.map(({ task_id }) => task_id)]).toEqual([ids.length, ids]);
    expect((await get<List>(key, "/api/v1/tasks?state=4")).data.total).toBe(ids.length);
    expect((await get<List>(key, "/api/v1/tasks?state=1")).data.total).toBe(0);
    const first = (await get<List>(key, "/api/v1/tasks?page_size=1")).data;
    const second = (await get<List>(key, `/api/v1/tasks?page_size=1&cursor=${first.next_cursor}`)).data;
    expect([...first.tasks, ...second.tasks].map(({ task_id }) => task_id)).toEqual(ids.slice(0, 2));
    expect((await get<List>(key, "/api/v1/tasks?page=2&page_size=1")).data.tasks[0]?.task_id).toBe(ids[1]);
    // A cursor is only a position. With another owner's cursor, an owner still sees their own list.
    expect(
      (await get<List>(key === alice ? bob : alice, `/api/v1/tasks?cursor=${first.next_cursor}`)).data.total,
    ).not.toBe(list.total);
  }
});

test("a file name refers only to the owner's own file, in every collection and request field", async () => {
  const long = standInFile({ probe: { ...videoProbe, duration: 9 }, note: "alice's, which is longer" });
  const collections: Record<string, [string, string]> = {
    video_materials: ["a.mp4", long],
    musics: ["a.mp3", standInFile({ probe: audioProbe })],
    narrations: ["n.mp3", standInFile({ probe: audioProbe })],
    subtitles: ["a.srt", "1\n00:00:00,000 --> 00:00:01,000\nHi\n"],
  };
  for (const [collection, [name, content]] of Object.entries(collections)) {
    expect((await uploadAs(alice, collection, name, content)).status).toBe(200);
    expect((await files(alice, collection)).map((file) => file.name)).toEqual([name]);
    expect(await files(bob, collection)).toEqual([]);
  }
  for (const body of [
    {},
    { custom_audio_file: "n.mp3" },
    { bgm_type: "custom", bgm_file: "a.mp3" },
    { subtitle_file: "a.srt" },
  ]) {
    expect((await create(alice, body)).message).toBe("success");
    expect((await create(bob, body)).status).toBe(400);
  }
  expect((await uploadAs(bob, "video_materials", "a.mp4", standInFile())).status).toBe(200);
  expect((await files(alice, "video_materials"))[0]?.size).toBe(long.length);
  expect((await files(bob, "video_materials"))[0]?.size).toBe(standInFile().length);
});

test("an owner without music files gets no random music from other owners", async () => {
  const carol = await keyOf("carol");
  await uploadAs(carol, "video_materials", "a.mp4", materials().clip);
  const { data } = await create(carol, { bgm_type: "random" });
  const input = await bindings.TASKS.getByName(data.task_id).planInput();
  expect(input?.music).toBeNull();
});

test("the same idempotency key from two owners creates two tasks", async () => {
  const key = crypto.randomUUID();
  const [first, second] = [await create(alice, {}, key), await create(bob, {}, key)];
  expect([first.message, second.message]).toEqual(["success", "success"]);
  expect(first.data.task_id).not.toBe(second.data.task_id);
  expect((await create(alice, {}, key)).data).toEqual(first.data);
  expect((await get(bob, `/api/v1/tasks/${first.data.task_id}`)).status).toBe(404);
  expect(await taskIdOf("k", "alice")).not.toBe(await taskIdOf("alice/k", DEFAULT_OWNER));
  expect(await taskIdOf("k", "alice")).not.toBe(await taskIdOf("k", DEFAULT_OWNER));
});

test("a request for another owner's task answers 404 and changes nothing", async () => {
  const id = await makeTask(1, "alice");
  for (const [method, path] of [
    ["DELETE", ""],
    ["POST", "/cancel"],
    ["POST", "/retry"],
  ] as const) {
    const answer = await call(`/api/v1/tasks/${id}${path}`, { method, headers: bearer(bob) });
    expect(answer).toMatchObject({ status: 404, message: `task ${id} does not exist` });
  }
  expect((await get<{ stage: string }>(alice, `/api/v1/tasks/${id}`)).data.stage).toBe("queued");
  const waited = await get(bob, `/api/v1/tasks/${id}?wait=20&since=1`);
  expect(waited.status).toBe(404);
});
