import { expect, test } from "vitest";
import { decodeTestArguments, readProbe } from "../../../src/ffmpeg/probe.ts";

const after = (args: string[], option: string) => args[args.indexOf(option) + 1];

const file = (format: object, ...streams: object[]) => JSON.stringify({ format, streams });
const h264 = { codec_type: "video", codec_name: "h264", width: 64, height: 36, avg_frame_rate: "30000/1001" };
const aac = { codec_type: "audio", codec_name: "aac", duration: "3.5" };
const cover = { ...h264, codec_name: "mjpeg", disposition: { attached_pic: 1 } };

test.each([
  [
    "a video with sound",
    file({ format_name: "mov,mp4", duration: "4.0" }, { ...h264, duration: "3.9" }, aac),
    { kind: "video", format: "mov,mp4", duration: 3.9, audio: { codec: "aac" } },
  ],
  [
    "a video whose stream has no duration",
    file({ format_name: "matroska,webm", duration: "4.0" }, h264),
    {
      kind: "video",
      duration: 4,
      audio: null,
      video: { codec: "h264", width: 64, height: 36, frameRate: 30000 / 1001 },
    },
  ],
  ["an image", file({ format_name: "png_pipe" }, { ...h264, codec_name: "png" }), { kind: "image", duration: 0 }],
  [
    "audio with cover art",
    file({ format_name: "mp3", duration: "3.6" }, cover, aac),
    { kind: "audio", duration: 3.5, video: null },
  ],
  [
    "a video with an unknown average frame rate",
    file({ format_name: "avi", duration: "N/A" }, { ...h264, avg_frame_rate: "0/0", r_frame_rate: "25/1" }),
    { kind: "video", duration: 0, video: { frameRate: 25 } },
  ],
])("readProbe reads ffprobe's output for %s", (_, json, expected) => {
  expect(readProbe(json)).toMatchObject(expected);
});

test.each([
  ["empty output", ""],
  ["invalid JSON", "{"],
  ["an empty object, which ffprobe prints for a file that it cannot open", "{}"],
  ["a file without streams", file({ format_name: "mov" })],
  ["a file with subtitles only", file({ format_name: "matroska" }, { codec_type: "subtitle", codec_name: "ass" })],
  [
    "a video stream without a size",
    file({ format_name: "mov" }, { codec_type: "video", codec_name: "h264", width: 0, height: 0 }),
  ],
  ["a file with cover art only", file({ format_name: "mp3" }, cover)],
])("readProbe returns null for %s", (_, json) => {
  expect(readProbe(json)).toBeNull();
});

test("the decode test decodes the video stream, or the audio stream if there is no video", () => {
  const picture = readProbe(file({ format_name: "mov", duration: "1" }, h264, aac));
  const sound = readProbe(file({ format_name: "mp3", duration: "1" }, aac));
  expect(picture && after(decodeTestArguments("file", picture), "-map")).toBe("0:V:0");
  expect(sound && after(decodeTestArguments("file", sound), "-map")).toBe("0:a:0");
});
