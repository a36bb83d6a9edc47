import { beforeAll, expect, test } from "vitest";
import { create, download, finish, type Task, upload } from "../../scripts/client.ts";
import { readLoudness } from "../../src/ffmpeg/loudness.ts";
import { decodeWarnings, ffmpeg, ffprobe } from "../support/ffmpeg.ts";
import { origin } from "./support/running-service.ts";
import { sample } from "./support/samples.ts";

beforeAll(async () => {
  await upload(origin, "video_materials", "words.mp4", await sample("dusk.mp4"));
  await upload(origin, "narrations", "words.mp3", await sample("narration.mp3"));
  const { output } = await ffmpeg({}, "-f", "lavfi", "-i", "sine=f=220:d=3", "-f", "wav", "output");
  await upload(origin, "musics", "tone.wav", output);
});

test("a video with narration, music and Chinese subtitles is at −14 LUFS and has subtitle files", async () => {
  const id = await create(origin, {
    video_materials: [{ url: "words.mp4" }],
    custom_audio_file: "words.mp3",
    bgm_file: "tone.wav",
    video_script: "人工智能正在改变我们的生活方式。你准备好了吗？",
  });
  const task = (await finish(origin, id)) as Task & { subtitles: { video: number; srt: string; vtt: string }[] };
  const final = await download(task.videos[0] ?? "");

  expect(await decodeWarnings(final)).toBe("");
  const { log } = await ffmpeg({ final }, "-i", "final", "-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-");
  const { integrated, peak } = readLoudness(log);
  expect(Math.abs(integrated + 14)).toBeLessThanOrEqual(1);
  expect(peak).toBeLessThanOrEqual(-1);
  const [picture, sound] = (await ffprobe(final)).streams;
  expect(Math.abs(Number(picture?.duration) - Number(sound?.duration))).toBeLessThanOrEqual(1024 / 48_000);

  const file = (ending: string) => `${origin}/tasks/${id}/final-1.${ending}`;
  const words = { words_vtt: file("words.vtt"), words_json: file("words.json"), ass: file("ass") };
  expect(task.subtitles).toEqual([{ video: 1, srt: file("srt"), vtt: file("vtt"), ...words }]);
  const srt = new TextDecoder().decode(await download(task.subtitles[0]?.srt ?? ""));
  expect(srt).toMatch(/^1\r\n00:00:00,\d{3} --> /);
  expect(srt.replace(/[^\p{Script=Han}]/gu, "")).toBe("人工智能正在改变我们的生活方式你准备好了吗");
  // The subtitles, as ffmpeg reads them, end with the speech, shortly before the end of the narration.
  const read = await ffmpeg(
    { vtt: await download(task.subtitles[0]?.vtt ?? "") },
    ...["-f", "webvtt", "-i", "vtt", "-f", "srt", "output"],
  );
  const last = /--> 00:00:(\d+),(\d+)\s*\n[^\n]*\n(?:[^\n]+\n)?\s*$/.exec(new TextDecoder().decode(read.output));
  const silence = (task.durations[0] ?? 0) - Number(`${last?.[1]}.${last?.[2]}`);
  expect(silence).toBeGreaterThan(-0.05);
  expect(silence).toBeLessThan(1);
});
