import { beforeAll, describe, expect, test, vi } from "vitest";
import { DEFAULT_OWNER } from "../../src/auth/owner.ts";
import { taskIdOf } from "../../src/tasks/idempotency.ts";
import { askForKeys, bearer, keyOf, materials, postAs, uploadAs } from "./access.ts";
import { bindings, call } from "./bindings.ts";
import { makeTask } from "./files.ts";
import { audioProbe, standInFile, videoProbe } from "./uploads.ts";

interface Files {
  files: { name: string; size: number }[];
}
interface List {
  tasks: { task_id: string }[];
  total: number;
  next_cursor: string | null;
}

/** Requests in a minute, as vitest.config.mts sets the limiter. */
const REQUESTS_LIMIT = 300;

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
const files = async (key: string, shelf: string) => (await get<Files>(key, `/api/v1/${shelf}`)).data.files;

test("each owner lists, counts and pages his own tasks", async () => {
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
    // A cursor is a place and no key: with one of another's each goes on in his own list.
    expect(
      (await get<List>(key === alice ? bob : alice, `/api/v1/tasks?cursor=${first.next_cursor}`)).data.total,
    ).not.toBe(list.total);
  }
});

test("a name is an owner's own, on every shelf and in every field of a request", async () => {
  const long = standInFile({ probe: { ...videoProbe, duration: 9 }, note: "alice's, which is longer" });
  const shelves: Record<string, [string, string]> = {
    video_materials: ["a.mp4", long],
    musics: ["a.mp3", standInFile({ probe: audioProbe })],
    narrations: ["n.mp3", standInFile({ probe: audioProbe })],
    subtitles: ["a.srt", "1\n00:00:00,000 --> 00:00:01,000\nHi\n"],
  };
  for (const [shelf, [name, content]] of Object.entries(shelves)) {
    expect((await uploadAs(alice, shelf, name, content)).status).toBe(200);
    expect((await files(alice, shelf)).map((file) => file.name)).toEqual([name]);
    expect(await files(bob, shelf)).toEqual([]);
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

test("music at random is the owner's own, or none", async () => {
  const carol = await keyOf("carol");
  await uploadAs(carol, "video_materials", "a.mp4", materials().clip);
  const { data } = await create(carol, { bgm_type: "random" });
  const input = await bindings.TASKS.getByName(data.task_id).planInput();
  expect(input?.music).toBeNull();
});

test("an idempotency key is an owner's own", async () => {
  const key = crypto.randomUUID();
  const [first, second] = [await create(alice, {}, key), await create(bob, {}, key)];
  expect([first.message, second.message]).toEqual(["success", "success"]);
  expect(first.data.task_id).not.toBe(second.data.task_id);
  expect((await create(alice, {}, key)).data).toEqual(first.data);
  expect((await get(bob, `/api/v1/tasks/${first.data.task_id}`)).status).toBe(404);
  expect(await taskIdOf("k", "alice")).not.toBe(await taskIdOf("alice/k", DEFAULT_OWNER));
  expect(await taskIdOf("k", "alice")).not.toBe(await taskIdOf("k", DEFAULT_OWNER));
});

test("another owner changes nothing of a task, and is told that there is none", async () => {
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

describe("quotas", () => {
  test("let in as many tasks as there is room for, however many come at once", async () => {
    askForKeys({ QUOTA_TASKS: "5" });
    try {
      const dora = await keyOf("dora");
      await uploadAs(dora, "video_materials", "a.mp4", standInFile());
      const answers = await Promise.all(Array.from({ length: 20 }, () => create(dora, {})));
      const granted = answers.filter(({ status }) => status === 200);
      expect(granted).toHaveLength(5);
      const refused = answers.find(({ status }) => status === 429);
      expect(refused).toMatchObject({ data: null, message: expect.stringContaining("5 tasks in flight") });
      expect(refused?.headers.get("retry-after")).toBe("10");
      expect(refused?.headers.get("ratelimit-policy")).toBe('"tasks-in-flight";q=5');
      expect(refused?.headers.get("ratelimit")).toBe('"tasks-in-flight";r=0');
      expect((await get<List>(dora, "/api/v1/tasks")).data.total).toBe(5);
    } finally {
      askForKeys({ QUOTA_TASKS: "" });
    }
  });

  test("of tasks in flight give room again when one ends, are not asked for a task that was made, and hold for a retry", async () => {
    const [first, second] = [await makeTask(1, "erin"), await makeTask(1, "erin")];
    const erin = await keyOf("erin");
    await uploadAs(erin, "video_materials", "a.mp4", standInFile());
    askForKeys({ QUOTA_TASKS: "3" });
    const steer = (id: string, what: string) =>
      call(`/api/v1/tasks/${id}/${what}`, { method: "POST", headers: bearer(erin) });
    try {
      const key = crypto.randomUUID();
      const third = await create(erin, {}, key);
      expect(third.status).toBe(200);
      // It may have failed by now: what stays in flight is held.
      const held = [first, second, await makeTask(1, "erin")];
      expect((await create(erin, {})).status).toBe(429);
      expect((await create(erin, {}, key)).data).toEqual(third.data);
      expect((await steer(held[0] ?? "", "retry")).status).toBe(409);
      expect((await steer(held[0] ?? "", "cancel")).status).toBe(200);
      await makeTask(1, "erin");
      expect((await steer(held[0] ?? "", "retry")).status).toBe(429);
      expect((await steer(held[1] ?? "", "cancel")).status).toBe(200);
    } finally {
      askForKeys({ QUOTA_TASKS: "" });
    }
  });

  test("of bytes are exact, and what is over them is not stored", async () => {
    const frank = await keyOf("frank");
    const body = standInFile();
    askForKeys({ QUOTA_BYTES: String(3 * body.length + 1) });
    try {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => uploadAs(frank, "video_materials", `${index}.mp4`, body)),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
      const refused = answers.find(({ status }) => status === 429);
      expect(refused?.headers.get("ratelimit-policy")).toBe(
        `"bytes-stored";q=${3 * body.length + 1};qu="content-bytes"`,
      );
      expect(refused?.headers.get("retry-after")).toBe("3600");
      const kept = await files(frank, "video_materials");
      expect(kept).toHaveLength(3);
      // Also the same name again, as long as what it replaces is stored.
      expect((await uploadAs(frank, "video_materials", kept[0]?.name ?? "", body)).status).toBe(429);
      expect(await files(frank, "video_materials")).toEqual(kept);
      const { results } = await bindings.DB.prepare("SELECT key FROM media WHERE owner = 'frank'").all<{
        key: string;
      }>();
      expect(results).toHaveLength(3);
      expect((await uploadAs(frank, "video_materials", "again.mp4", body)).status).toBe(429);
      const path = `/api/v1/video_materials/${kept[0]?.name}`;
      expect((await call(path, { method: "DELETE", headers: bearer(bob) })).status).toBe(404);
      expect((await call(path, { method: "DELETE", headers: bearer(frank) })).status).toBe(200);
      expect((await uploadAs(frank, "video_materials", "again.mp4", body)).status).toBe(200);
    } finally {
      askForKeys({ QUOTA_BYTES: "" });
    }
  });

  test("of requests are counted for each owner, by the platform's limiter", async () => {
    const grace = await keyOf("grace");
    askForKeys({ QUOTA_REQUESTS: String(REQUESTS_LIMIT) });
    expect((await get(grace, "/api/v1/tasks")).status).toBe(200);
    const refused = await vi.waitUntil(async () => {
      // In one go: a minute may end between two of them, and the count with it.
      await Promise.all(Array.from({ length: REQUESTS_LIMIT }, () => bindings.REQUESTS.limit({ key: "grace" })));
      const answer = await get(grace, "/api/v1/tasks");
      return answer.status === 200 ? null : answer;
    });
    expect(refused).toMatchObject({ status: 429, data: null });
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("ratelimit-policy")).toBe('"requests";q=300;w=60');
    expect(refused.headers.get("ratelimit")).toBe('"requests";r=0;t=60');
    expect((await get(bob, "/api/v1/tasks")).status).toBe(200);
    askForKeys({ QUOTA_REQUESTS: "0" });
    expect((await get(grace, "/api/v1/tasks")).status).toBe(200);
    askForKeys({ QUOTA_REQUESTS: "" });
  });
});
