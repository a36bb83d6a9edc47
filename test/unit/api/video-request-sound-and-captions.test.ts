import { expect, test } from "vitest";
import { parseVideoRequest } from "../../../src/tasks/create/parse-video-request.ts";
import { messageOf } from "../../../src/util/log.ts";

/** The fields named in the error message. */
const refused = (fields: object) => {
  try {
    parseVideoRequest({ video_materials: [{ url: "a.mp4" }], ...fields });
    return [];
  } catch (error) {
    return messageOf(error)
      .split("; ")
      .map((fault) => fault.split(":")[0]);
  }
};

test("a request with MoneyPrinterTurbo's default values is accepted", () => {
  expect(
    refused({
      voice_name: "",
      voice_volume: 1.0,
      voice_rate: 1.0,
      bgm_type: "random",
      bgm_file: "",
      bgm_volume: 0.2,
      subtitle_enabled: true,
      subtitle_position: "bottom",
      custom_position: 70.0,
      text_fore_color: "#FFFFFF",
      text_background_color: true,
      font_size: 60,
      stroke_color: "#000000",
      stroke_width: 1.5,
      n_threads: 2,
      paragraph_number: 1,
      video_language: "",
    }),
  ).toEqual([]);
});

test.each([
  ["voice_rate", { voice_rate: 5 }],
  ["video_terms", { video_terms: 5 }],
  ["stop_at", { stop_at: "music" }],
  ["bgm_type", { bgm_type: "loud" }],
  ["bgm_file", { bgm_file: 5 }],
  ["bgm_volume", { bgm_volume: -1 }],
  ["clip_volume", { clip_volume: 11 }],
  ["text_fore_color", { text_fore_color: "reddish" }],
  ["text_background_color", { text_background_color: "#12345" }],
  ["stroke_color", { stroke_color: "#" }],
  ["stroke_width", { stroke_width: -1 }],
  ["font_size", { font_size: 0 }],
  ["custom_position", { custom_position: 101 }],
  ["subtitle_position", { subtitle_position: "left" }],
])("an invalid value of %s is refused with the name of the field (case %#)", (field, fields) => {
  expect(refused(fields)).toEqual([field]);
});

test("voice_name and voice_rate are accepted if custom_audio_file is set", () => {
  expect(refused({ voice_name: "zh-CN-XiaoxiaoNeural", voice_rate: 1.2, custom_audio_file: "a.mp3" })).toEqual([]);
});
