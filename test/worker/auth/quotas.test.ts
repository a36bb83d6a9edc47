import { beforeAll, expect, test, vi } from "vitest";
import { COSTLY_REQUESTS_LIMIT } from "../../../src/auth/quota.ts";
import { askForKeys, bearer, keyOf, postAs, uploadAs } from "../support/access.ts";
import { bindings, call, request } from "../support/bindings.ts";
import { makeTask } from "../support/files.ts";
import { standInFile } from "../support/uploads.ts";

interface Files {
  files: { name: string; size: number }[];
}
interface List {
  tasks: { task_id: string }[];
  total: number;
  next_cursor: string | null;
}

/** Max requests per minute. vitest.config.mts configures the rate limiter with the same number. */
const REQUESTS_LIMIT = 300;

let bob = "";

beforeAll(async () => {
  askForKeys();
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

test("a quota of 5 tasks admits exactly 5 of 20 simultaneous requests", async () => {
  askForKeys({ QUOTA_TASKS: "5" });
  try {
    const dora = await keyOf("dora");
    await uploadAs(dora, "video_materials", "a.mp4", standInFile());
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(dora, {})));
    const granted = answers.filter(({ status }) => status === 200);
    expect(granted).toHaveLength(5);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused).toMatchObject({ data: null, message: expect.stringContaining("5 unfinished tasks") });
    expect(refused?.headers.get("retry-after")).toBe("10");
    expect(refused?.headers.get("ratelimit-policy")).toBe('"tasks-in-flight";q=5');
    expect(refused?.headers.get("ratelimit")).toBe('"tasks-in-flight";r=0');
    expect((await get<List>(dora, "/api/v1/tasks")).data.total).toBe(5);
  } finally {
    askForKeys({ QUOTA_TASKS: "" });
  }
});

test("a task quota frees a place when a task ends, ignores repeated requests, and applies to retries", async () => {
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
    // The third task may have failed by now, so another held task takes its place.
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

test("a storage quota is exact for parallel uploads, and rejected files are not stored", async () => {
  const frank = await keyOf("frank");
  const body = standInFile();
  askForKeys({ QUOTA_BYTES: String(3 * body.length + 1) });
  try {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => uploadAs(frank, "video_materials", `${index}.mp4`, body)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get("ratelimit-policy")).toBe(`"bytes-stored";q=${3 * body.length + 1};qu="content-bytes"`);
    expect(refused?.headers.get("retry-after")).toBe("3600");
    const kept = await files(frank, "video_materials");
    expect(kept).toHaveLength(3);
    // A second upload of the same name is refused too, because the replaced file is still stored.
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

test("the request quota is counted per owner by the platform's rate limiter", async () => {
  const grace = await keyOf("grace");
  askForKeys({ QUOTA_REQUESTS: String(REQUESTS_LIMIT) });
  expect((await get(grace, "/api/v1/tasks")).status).toBe(200);
  const refused = await vi.waitUntil(async () => {
    // All at once, because the limiter starts to count again when a minute ends.
    await Promise.all(Array.from({ length: REQUESTS_LIMIT }, () => bindings.REQUESTS.limit({ key: "grace" })));
    const answer = await get(grace, "/api/v1/tasks");
    return answer.status === 200 ? null : answer;
  }, 60_000);
  expect(refused).toMatchObject({ status: 429, data: null });
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(refused.headers.get("ratelimit-policy")).toBe('"requests";q=300;w=60');
  expect(refused.headers.get("ratelimit")).toBe('"requests";r=0;t=60');
  expect((await get(bob, "/api/v1/tasks")).status).toBe(200);
  askForKeys({ QUOTA_REQUESTS: "0" });
  expect((await get(grace, "/api/v1/tasks")).status).toBe(200);
  askForKeys({ QUOTA_REQUESTS: "" });
});

test("caption previews are counted per owner and minute, and those that come from the cache are not", async () => {
  const heidi = await keyOf("heidi");
  const preview = (key: string, video_script: string) => postAs(key, "/api/v1/caption-previews", { video_script });
  const path = "/api/v1/caption-previews";
  const body = JSON.stringify({ video_script: "Counted once." });
  const first = await request(path, { method: "POST", headers: bearer(heidi), body });
  expect(first.status).toBe(200);
  const refused = await vi.waitUntil(async () => {
    const calls = Array.from({ length: COSTLY_REQUESTS_LIMIT }, () =>
      bindings.COSTLY_REQUESTS.limit({ key: "caption-previews/heidi" }),
    );
    await Promise.all(calls);
    const answer = await preview(heidi, `Not counted yet ${Math.random()}.`).catch(() => null);
    return answer?.status === 429 ? answer : null;
  }, 60_000);
  expect(refused.headers.get("ratelimit-policy")).toBe(`"caption-previews";q=${COSTLY_REQUESTS_LIMIT};w=60`);
  expect(refused.message).toBe("more than 60 caption previews in 60 seconds");
  expect((await request(path, { method: "POST", headers: bearer(heidi), body })).status).toBe(200);
  expect(
    (await request(path, { method: "POST", headers: bearer(bob), body: JSON.stringify({ video_script: "Bob." }) }))
      .status,
  ).toBe(200);
});
