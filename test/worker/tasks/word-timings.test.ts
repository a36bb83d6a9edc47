import { beforeAll, expect, test, vi } from "vitest";
import { keys } from "../../../src/storage/keys.ts";
import { bindings, call, post } from "../support/bindings.ts";
import { audioProbe, standInFile, upload, videoProbe } from "../support/uploads.ts";

interface Created {
  task_id: string;
}
const { MEDIA } = bindings;
const create = (fields: object) =>
  post<Created>("/api/v1/videos", {
    video_materials: [{ url: "clip.mp4" }],
    custom_audio_file: "voice.mp3",
    ...fields,
  });
const HEARD = [
  { word: "welcome", start: 0.5, end: 0.9 },
  { word: "twenty", start: 1.2, end: 1.5 },
  { word: "six", start: 1.5, end: 1.8 },
  { word: "people", start: 1.8, end: 2.4 },
];

beforeAll(async () => {
  await upload("video_materials", "clip.mp4", standInFile({ probe: videoProbe }));
  await upload("narrations", "voice.mp3", standInFile({ probe: audioProbe }));
});

async function sideFile(taskId: string, name: string): Promise<string> {
  const find = () => MEDIA.get(keys.output(taskId, name));
  return (await vi.waitUntil(find, { timeout: 20_000, interval: 50 })).text();
}

test("subtitles follow the times of words that a request lists", async () => {
  const { data } = await create({ video_script: "Welcome, 26 people!", word_timings: HEARD });
  expect(JSON.parse(await sideFile(data.task_id, "final-1.words.json"))).toEqual([
    { word: "Welcome,", start: 0.5, end: 0.9 },
    { word: "26", start: 1.2, end: 1.8 },
    { word: "people!", start: 1.8, end: 2.4 },
  ]);
  expect(await sideFile(data.task_id, "final-1.words.vtt")).toBe(
    "WEBVTT\n\n00:00:00.500 --> 00:00:02.400\nWelcome, <00:00:01.200>26 <00:00:01.800>people!\n",
  );
  expect(await sideFile(data.task_id, "final-1.ass")).toContain("Welcome");
  const planned = async () => (await call<{ captions: unknown }>(`/api/v1/tasks/${data.task_id}`)).data.captions;
  expect(await vi.waitUntil(planned, { timeout: 20_000, interval: 50 })).toEqual({ timing: "request" });
});

test("without a script, the words of an uploaded file are shown", async () => {
  const lrc = "[00:00.50]<00:00.50>Well, <00:01.00>hello <00:01.50>there. <00:02.00>\n";
  expect((await upload("subtitles", "voice.lrc", lrc)).message).toBe("success");
  const { data } = await create({ word_timings: "voice.lrc" });
  expect(await sideFile(data.task_id, "final-1.srt")).toBe(
    "1\r\n00:00:00,500 --> 00:00:02,000\r\nWell, hello there.\r\n\r\n",
  );
});

test.each([
  ["a word that ends before its start", { word_timings: [{ word: "a", start: 1, end: 0 }] }, "word_timings"],
  ["a file that was not uploaded", { word_timings: "none.json" }, 'word_timings: no file named "none.json"'],
  ["an empty list", { word_timings: [] }, "word_timings"],
  ["timings with a voice", { custom_audio_file: null, voice_name: "x", word_timings: HEARD }, "word_timings: is for"],
])("%s is refused with the field's name", async (_, fields, message) => {
  const answer = await create({ video_script: "Welcome.", ...fields });
  expect(answer.status).toBe(400);
  expect(answer.message).toContain(message);
});

test("an upload whose words cannot be read is refused with the reason", async () => {
  const answer = await upload("subtitles", "bad.json", '[{"word": "a", "start": 2, "end": 1}]');
  expect(answer.message).toBe('file: word 1 ("a"): end is 1, before its start at 2');
});

test("a file with word timings is refused as a subtitle file, and the answer says where it belongs", async () => {
  await upload("subtitles", "list.json", JSON.stringify(HEARD));
  expect((await create({ subtitle_file: "list.json" })).message).toContain("word_timings");
});

test("a task whose word timings are of another text fails and says so", async () => {
  const { data } = await create({ video_script: "Qui proxima bibitur.", word_timings: HEARD });
  const failed = async () => (await call<{ error?: string }>(`/api/v1/tasks/${data.task_id}`)).data.error;
  expect(await vi.waitUntil(failed, { timeout: 20_000, interval: 50 })).toMatch(/^word_timings: only \d+ % of/);
});
