import { beforeAll, expect, test, vi } from "vitest";
import type { TaskData } from "../../../src/api/task.ts";
import { keys } from "../../../src/storage/keys.ts";
import { bindings, call, post } from "../support/bindings.ts";
import { audioProbe, standInFile, upload, videoProbe } from "../support/uploads.ts";

const { ASSETS, MEDIA } = bindings;
const create = (fields: object) =>
  post<{ task_id: string }>("/api/v1/videos", { video_materials: [{ url: "clip.mp4" }], ...fields });
let font: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  const response = await ASSETS.fetch("https://assets.invalid/vendor/fonts/NotoSansArabic-Regular.ttf");
  font = new Uint8Array(await response.arrayBuffer());
  expect(
    (await upload("video_materials", "clip.mp4", standInFile({ probe: { ...videoProbe, audio: { codec: "aac" } } })))
      .message,
  ).toBe("success");
  await upload("fonts", "Arabic.ttf", font);
  expect((await upload("musics", "song.mp3", standInFile({ probe: audioProbe }))).message).toBe("success");
});

test.each([
  ["a missing font", { font_name: "Nowhere.ttf", video_script: "Hi" }, /font_name: no font "Nowhere\.ttf"/],
  [
    "an uploaded font without the script's glyphs",
    { font_name: "Arabic.ttf", video_script: "你好" },
    /video_script: the font Arabic\.ttf has no glyph for "你", "好"/,
  ],
  [
    "a script that no bundled font can draw",
    { video_script: "fine ᏣᎳᎩ" },
    /video_script: the bundled fonts have no glyph for "Ꮳ"/,
  ],
  ["a missing subtitle file", { subtitle_file: "none.srt" }, /subtitle_file: no file named "none\.srt"/],
  [
    "a missing music file",
    { bgm_file: "none.mp3" },
    /bgm_file: no file named "none\.mp3" was uploaded to \/api\/v1\/musics/,
  ],
  ["a missing narration", { custom_audio_file: "none.mp3" }, /custom_audio_file: .*narrations or \/api\/v1\/musics/],
  ["a path as a font name", { font_name: "../secret.ttf" }, /font_name: .*path/],
])("%s is refused with the field's name", async (_, fields, reason) => {
  const answer = await create(fields);
  expect(answer.status).toBe(400);
  expect(answer.message).toMatch(reason);
});

test.each([
  ["English", "Hello there."],
  ["Chinese", "你好，世界！"],
  ["Arabic", "مرحبا بالعالم"],
  ["Hindi", "नमस्ते दुनिया।"],
  ["several languages", "Hello 你好 مرحبا नमस्ते"],
  ["English with more than ten emoji, and Hebrew", "Go 🎉🚀🔥🎂🎁🎈🎵🎨🎬🏆🏡👩🏽‍🚀 שלום"],
  ["Japanese with Han characters above U+FFFF", "𠮷野家で𩸽を𠮟る"],
  ["mathematical letters", "𝗯𝗼𝗹𝗱 𝓗ello"],
])("a script in %s is accepted without an uploaded font", async (_, video_script) => {
  expect((await create({ video_script })).message).toBe("success");
});

test.each([
  ["STHeitiMedium.ttc", "the bundled heavy fonts"],
  ["MicrosoftYaHeiBold.ttc", "the bundled heavy fonts"],
  ["STHeitiLight.ttc", "the bundled light fonts"],
  ["MicrosoftYaHeiNormal.ttc", "the bundled regular fonts"],
  ["UTM Kabel KT.ttf", "Montserrat-Bold.ttf"],
  ["Microsoft YaHei", "the bundled regular fonts"],
  ["BeVietnamPro-Bold.ttf", null],
  ["BeVietnamPro-Medium.ttf", null],
  ["Charm-Bold.ttf", null],
  ["Charm-Regular.ttf", null],
  ["Bebas Neue", null],
  ["montserrat-extrabold", null],
  ["/MoneyPrinterTurbo/resource/fonts/STHeitiMedium.ttc", "the bundled heavy fonts"],
])("the font %s draws every writing system, and a warning names what stands for it (%s)", async (font_name, stand) => {
  const created = await create({ font_name, video_script: "Xin chào, hello, 你好，שלום, สวัสดี 🎉" });
  expect(created.message).toBe("success");
  const task = await call<TaskData>(`/api/v1/tasks/${created.data.task_id}`);
  const message = `font_name: ${JSON.stringify(font_name)} is not here: ${stand} draw the subtitles instead`;
  expect(task.data.warnings).toEqual(stand === null ? [] : [{ code: "font_replaced", message }]);
});

test("a font of MoneyPrinterTurbo that was uploaded is used, without a warning", async () => {
  await upload("fonts", "STHeitiMedium.ttc", font);
  const created = await create({ font_name: "STHeitiMedium.ttc", video_script: "مرحبا" });
  expect((await call<TaskData>(`/api/v1/tasks/${created.data.task_id}`)).data.warnings).toEqual([]);
});

test("emoji are accepted with a requested font that has none", async () => {
  expect((await create({ video_script: "مرحبا 🎉", font_name: "NotoSansArabic-Regular.ttf" })).message).toBe("success");
});

test("a task accepts narration, music, subtitles, a font and clip sound together", async () => {
  await upload("narrations", "voice.mp3", standInFile({ probe: audioProbe }));
  await upload("subtitles", "all.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nمرحبا\n");
  await upload("fonts", "Own.ttf", font);
  const answer = await create({
    custom_audio_file: "voice.mp3",
    bgm_type: "custom",
    bgm_file: "song.mp3",
    subtitle_file: "all.vtt",
    font_name: "Own.ttf",
    clip_volume: 0.5,
  });
  expect(answer.message).toBe("success");
  // Planning stores the subtitle file next to the future video.
  const key = keys.output(answer.data.task_id, "final-1.srt");
  const srt = await vi.waitUntil(() => MEDIA.get(key), { timeout: 20_000, interval: 100 });
  expect(await srt.text()).toBe("1\r\n00:00:01,000 --> 00:00:02,000\r\nمرحبا\r\n\r\n");
  expect(srt.httpMetadata?.contentType).toBe("application/x-subrip; charset=utf-8");
});

test.each([
  [{}, true],
  [{ bgm_type: "random" }, true],
  [{ bgm_type: "random", bgm_file: "" }, true],
  [{ bgm_type: "custom", bgm_file: "song.mp3" }, true],
  [{ bgm_type: "", bgm_file: "song.mp3" }, true],
  [{ bgm_type: "random", bgm_volume: 0.2 }, true],
  [{ bgm_type: "random", bgm_volume: 0 }, false],
  [{ bgm_type: "custom", bgm_file: "song.mp3", bgm_volume: 0 }, false],
  [{ bgm_type: "custom", bgm_file: "" }, false],
  [{ bgm_type: "" }, false],
  [{ bgm_type: "none" }, false],
  [{ bgm_type: null }, false],
  [{ bgm_type: "sonilo", sonilo_bgm_prompt: "calm" }, false],
  [{ bgm_type: "elevenlabs", video_music_prompt: "calm" }, false],
])("a request with %j has music: %j", async (fields, hasMusic) => {
  const created = await create(fields);
  expect(created.message).toBe("success");
  const input = await bindings.TASKS.getByName(created.data.task_id).planInput();
  expect(input?.music?.input.name ?? null).toBe(hasMusic ? "song.mp3" : null);
});
