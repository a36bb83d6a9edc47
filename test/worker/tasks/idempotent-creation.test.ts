import { evictAllDurableObjects } from "cloudflare:test";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { fingerprintOf, taskIdOf } from "../../../src/tasks/create/idempotency.ts";
import { bindings, call } from "../support/bindings.ts";
import { standInFile, upload, videoProbe } from "../support/uploads.ts";

const body = { video_materials: [{ url: "a.mp4" }], video_subject: "Sea" };
const clock = Date.now;
let key = "";

beforeAll(async () => {
  await upload("video_materials", "a.mp4");
});
beforeEach(() => {
  key = crypto.randomUUID();
});

const create = (sent: object, header: string | null = key) =>
  call<{ task_id: string }>("/api/v1/videos", {
    method: "POST",
    headers: { "content-type": "application/json", ...(header === null ? {} : { "idempotency-key": header }) },
    body: JSON.stringify(sent),
  });
const taskCount = async () => (await call<{ total: number }>("/api/v1/tasks")).data.total;

test("simultaneous requests with one idempotency key create one task", async () => {
  const before = await taskCount();
  const answers = await Promise.all(Array.from({ length: 40 }, () => create(body)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ data }) => data.task_id)).size).toBe(1);
  expect(await taskCount()).toBe(before + 1);
});

test("exactly one of several different simultaneous requests with one idempotency key succeeds", async () => {
  const before = await taskCount();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, number) => create({ ...body, video_subject: `${number}` })),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
  expect(await taskCount()).toBe(before + 1);
});

test("a repeated request returns its task, even after a restart or with the key in the body", async () => {
  const { data } = await create(body);
  await evictAllDurableObjects();
  expect((await create(body)).data).toEqual(data);
  expect((await create({ ...body, video_count: 1 }, `"${key}"`)).data).toEqual(data);
  expect((await create({ ...body, idempotency_key: key }, null)).data).toEqual(data);
  expect((await create({ ...body, idempotency_key: key })).data).toEqual(data);
  expect((await call(`/api/v1/tasks/${data.task_id}`)).status).toBe(200);
});

test("a different request with a used key answers 409, and conflicting or invalid keys are refused", async () => {
  const { data } = await create(body);
  const other = await create({ ...body, video_count: 2 });
  expect([other.status, other.data]).toEqual([409, null]);
  expect(other.message).toContain(data.task_id);
  expect((await create({ ...body, idempotency_key: "x" })).message).toMatch(/^idempotency_key: /);
  expect(await create(body, '"')).toMatchObject({ status: 400, message: expect.stringMatching(/^Idempotency-Key: /) });
  for (const idempotency_key of ["", "x".repeat(256), 5]) {
    expect(await create({ ...body, idempotency_key }, null)).toMatchObject({
      status: 400,
      message: expect.stringMatching(/^idempotency_key: /),
    });
  }
});

test("a refused request does not use up its idempotency key", async () => {
  expect((await create({ video_materials: [{ url: "missing.mp4" }] })).status).toBe(400);
  expect((await create(body)).status).toBe(200);
});

test("a repeated request returns its task even if its file was replaced or deleted", async () => {
  await upload("video_materials", "replaced.mp4");
  const request = { video_materials: [{ url: "replaced.mp4" }] };
  const { data } = await create(request);
  await upload("video_materials", "replaced.mp4", standInFile({ probe: videoProbe, note: "another" }));
  expect((await create(request)).data).toEqual(data);
  await bindings.DB.exec("DELETE FROM media WHERE name = 'replaced.mp4'");
  expect((await create(request)).data).toEqual(data);
  expect((await create(request, crypto.randomUUID())).status).toBe(400);
});

test("an idempotency key of a deleted task is refused with 409", async () => {
  const { data } = await create(body);
  await call(`/api/v1/tasks/${data.task_id}`, { method: "DELETE" });
  const later = vi.spyOn(Date, "now").mockImplementation(() => clock() + 23 * 3600_000);
  try {
    expect(await create(body)).toMatchObject({ status: 409, message: expect.stringContaining("deleted") });
    expect((await create({ ...body, video_count: 2 })).status).toBe(409);
    expect((await call(`/api/v1/tasks/${data.task_id}`)).status).toBe(404);
  } finally {
    later.mockRestore();
  }
});

test("requests without an idempotency key create one task each", async () => {
  const ids = [await create(body, null), await create(body, null)].map(({ data }) => data.task_id);
  expect(new Set(ids).size).toBe(2);
});

test("each idempotency key gives its own task id, a UUID of version 8", async () => {
  const ids = new Set<string>();
  for (let number = 0; number < 200; number++) ids.add(await taskIdOf(`key-${number}`, DEFAULT_OWNER));
  expect(ids.size).toBe(200);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(await taskIdOf("key-0", DEFAULT_OWNER)).toBe([...ids][0]);
});

test("a request's fingerprint depends on its content, not on its spelling", async () => {
  const print = (body: object) => fingerprintOf(videoRequestSchema.parse(body));
  const body = { video_subject: "Sea", video_materials: [{ url: "a.mp4", duration: 2 }] };
  const same = [
    { video_materials: [{ duration: 2, url: "a.mp4" }], video_subject: "Sea" },
    { ...body, video_count: 1, video_transition_mode: "None" },
    { ...body, idempotency_key: "k" },
  ];
  for (const other of same) expect(await print(other)).toBe(await print(body));
  const different = [
    { ...body, video_subject: "sea" },
    { ...body, video_count: 2 },
    { ...body, video_materials: [{ url: "a.mp4", duration: 3 }] },
    { ...body, video_materials: [...body.video_materials, ...body.video_materials] },
  ];
  for (const other of different) expect(await print(other)).not.toBe(await print(body));
});
