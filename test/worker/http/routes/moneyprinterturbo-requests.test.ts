import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { TaskData } from "../../../../src/api/task.ts";
import collected from "../../../support/moneyprinterturbo-requests.json" with { type: "json" };
import { call, post } from "../../support/bindings.ts";
import { audioProbe, standInFile, upload } from "../../support/uploads.ts";

/** Bodies that public scripts, nodes and documentation pages send to MoneyPrinterTurbo, with other texts. */
const requests = z
  .array(
    z.strictObject({
      sent_by: z.string(),
      path: z.string(),
      body: z.record(z.string(), z.unknown()),
      /** The fields that MoneyPrinterTurbo does not have either, and ignores. */
      unknown: z.array(z.string()).default([]),
    }),
  )
  .parse(collected);

beforeAll(async () => {
  await upload("video_materials", "a.mp4");
  await upload("narrations", "voice.mp3", standInFile({ probe: audioProbe }));
  await upload("musics", "song.mp3", standInFile({ probe: audioProbe }));
});

test("there are at least 25 collected requests for videos", () => {
  expect(requests.filter(({ path }) => path === "/api/v1/videos").length).toBeGreaterThanOrEqual(25);
});

test.each(requests)("the request of $sent_by to $path is accepted as it is", async ({ path, body, unknown }) => {
  const sent = await post<{ task_id?: string; warnings?: object[] }>(path, body);
  if (unknown.length > 0) {
    expect([sent.status, sent.message]).toEqual([400, unknown.map((name) => `${name}: unknown field`).join("; ")]);
  } else {
    expect([sent.status, sent.message]).toEqual([200, "success"]);
  }
  const lenient = await post<{ task_id?: string; warnings?: object[] }>(`${path}?strict=false`, body);
  expect([lenient.status, lenient.message]).toEqual([200, "success"]);
  const { task_id } = lenient.data;
  if (task_id === undefined) return;
  const { warnings = [] } = (await call<TaskData>(`/api/v1/tasks/${task_id}`)).data;
  expect(warnings.filter(({ code }) => code === "field_ignored").map(({ message }) => message)).toEqual(
    unknown.map((name) => `${name}: unknown field, ignored`),
  );
});

test.each([
  "/api/v1/videos",
  "/api/v1/audio",
  "/api/v1/subtitle",
  "/api/v1/scripts",
  "/api/v1/terms",
  "/api/v1/social-metadata",
])("POST %s refuses unknown fields by name, and ignores them with ?strict=false", async (path) => {
  const body = { video_subject: "Rain", video_scrpit: "It rains.", metadata: {} };
  const refused = await post(path, body);
  expect(refused.status).toBe(400);
  expect(refused.message).toMatch(
    /video_scrpit: unknown field(, did you mean video_script\?)?; metadata: unknown field$/,
  );
  const ignored = await post<{ task_id?: string; warnings?: { code: string; message: string }[] }>(
    `${path}?strict=false`,
    body,
  );
  expect(ignored.message).toBe("success");
  const { task_id, warnings } = ignored.data;
  const told = task_id === undefined ? warnings : (await call<TaskData>(`/api/v1/tasks/${task_id}`)).data.warnings;
  expect(told?.map(({ message }) => message)).toEqual([
    "video_scrpit: unknown field, ignored",
    "metadata: unknown field, ignored",
  ]);
  expect((await post(`${path}?strict=perhaps`, body)).message).toBe("strict: must be true or false");
});

test.each([
  [
    "/api/v1/videos",
    { video_subject: "Rain", video_source: "local", video_materials: [{ provider: "local", url: "a.mp4" }] },
  ],
  ["/api/v1/audio", { video_script: "It rains.", voice_name: "no-voice" }],
  ["/api/v1/subtitle", { video_script: "It rains.", voice_name: "no-voice" }],
])(
  "the answer to POST %s has the status 200 and the task_id, as MoneyPrinterTurbo's clients read it",
  async (path, body) => {
    const { headers: _, ...answer } = await post<{ task_id: string }>(path, body);
    expect(answer).toEqual({
      status: 200,
      message: "success",
      data: { task_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  },
);
