import { expect, test } from "vitest";
import { create, download, finish, watch } from "../../scripts/client.ts";
import { decodeWarnings, ffmpeg, ffprobe } from "../support/ffmpeg.ts";
import { origin, renderer } from "./support/running-service.ts";

/** The times of a subtitle file, in seconds. */
async function cueTimes(url: string | undefined): Promise<{ start: number; end: number }[]> {
  const text = new TextDecoder().decode(await download(url ?? ""));
  const seconds = (time = "") =>
    time
      .replace(",", ".")
      .split(":")
      .reduce((sum, part) => sum * 60 + Number(part), 0);
  return [...text.matchAll(/(\S+) --> (\S+)/g)].map(([, start, end]) => ({ start: seconds(start), end: seconds(end) }));
}

/** When sound begins again after silence, in seconds. */
async function soundStarts(wav: Uint8Array<ArrayBuffer>): Promise<number[]> {
  const filter = "silencedetect=noise=-45dB:d=0.2";
  const { log } = await ffmpeg({ wav }, "-f", "wav", "-i", "wav", "-af", filter, "-f", "null", "-");
  return [...log.matchAll(/silence_end: ([\d.]+)/g)].map(([, time]) => Number(time));
}

test("a request with only a subject ends with a video that has a script, speech, footage and subtitles", async () => {
  const id = await create(origin, {
    video_subject: "the sea",
    voice_name: "embedded:slt",
    video_source: "pexels",
    video_clip_duration: 2,
    bgm_type: "",
  });
  const seen = await watch(origin, id);
  const task = await finish(origin, id);
  const stages = [...new Set(seen.map(({ stage }) => stage))];
  expect(stages.at(-1)).toBe("succeeded");
  expect(seen.map(({ progress }) => progress)).toEqual(seen.map(({ progress }) => progress).toSorted((a, b) => a - b));
  expect(task).toMatchObject({ state: 1, renderer, warnings: [], voice: { id: "embedded:slt" } });
  expect(task.script?.length).toBeGreaterThan(20);
  expect(task.terms?.length).toBe(5);
  expect(task.materials?.length).toBeGreaterThan(1);
  for (const { provider, page, author } of task.materials ?? []) {
    expect([provider, page, author]).toEqual([
      "pexels",
      expect.stringMatching(/^https:\/\/www\.pexels/),
      expect.any(String),
    ]);
  }

  const final = await download(task.videos[0] ?? "");
  expect(await decodeWarnings(final)).toBe("");
  const audio = await download(task.audio_file ?? "");
  const length = Number((await ffprobe(audio)).format.duration);
  expect(task.audio_duration).toBeCloseTo(length, 2);
  expect(task.durations[0]).toBeCloseTo(length, 1);
  expect(Number((await ffprobe(final)).format.duration)).toBeCloseTo(length, 1);
});

test("each subtitle of a spoken script begins within 0.15 s of its sentence", async () => {
  const id = await create(origin, {
    video_script: "The first sentence is here. [pause: 1s] After a pause, there is another one. Then it ends.",
    voice_name: "embedded:rms",
    stop_at: "subtitle",
  });
  const task = await finish(origin, id);
  expect(task).toMatchObject({ state: 1, videos: [] });
  const cues = await cueTimes(task.subtitle_path ?? undefined);
  const heard = await soundStarts(await download(task.audio_file ?? ""));
  expect(cues).toHaveLength(3);
  for (const { start } of cues.slice(1)) {
    expect(Math.min(...heard.map((time) => Math.abs(time - start)))).toBeLessThan(0.15);
  }
});

test("footage that follows the script has as many clips for each sentence as the sentence needs", async () => {
  const id = await create(origin, {
    video_script:
      "The first sentence is long, so that one clip alone cannot be shown for all of the time that it takes to say it. Short.",
    video_terms: ["sea", "sky"],
    match_materials_to_script: true,
    video_source: "pexels",
    video_clip_duration: 2,
    voice_name: "embedded:slt",
    stop_at: "materials",
  });
  const task = await finish(origin, id);
  expect(task).toMatchObject({ state: 1, videos: [], warnings: [] });
  const terms = (task.materials ?? []).map(({ term }) => term);
  const needed = Math.ceil((task.audio_duration ?? 0) / 2) - 1;
  expect(terms.filter((term) => term === "sea").length).toBeGreaterThanOrEqual(Math.min(3, needed));
  expect(terms).toEqual([...terms].sort());
  expect(terms.at(-1)).toBe("sky");
  expect(new Set(task.materials?.map(({ page }) => page)).size).toBe(terms.length);
});
