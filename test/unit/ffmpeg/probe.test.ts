import { expect, test } from "vitest";
import { ffprobeArguments, type ProbeRun, probeRuns, readProbe } from "../../../src/ffmpeg/probe.ts";

const after = ({ args }: ProbeRun, option: string) => args[args.indexOf(option) + 1];

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

const ffmpegRun = (args: unknown, failureMessage: string) => ({ value: { program: "ffmpeg", args, failureMessage } });

test("the probe of a video runs ffprobe and decodes the first frame", () => {
  const runs = probeRuns("input-0");
  expect(runs.next()).toEqual({ done: false, value: { program: "ffprobe", args: ffprobeArguments("input-0") } });
  const decode = runs.next(file({ format_name: "mov", duration: "1" }, h264, aac));
  expect(decode).toMatchObject(
    ffmpegRun(expect.arrayContaining(["-i", "input-0", "-frames:v"]), "ffmpeg cannot decode this file"),
  );
  expect(after(decode.value as ProbeRun, "-map")).toBe("0:V:0");
  expect(runs.next("")).toMatchObject({ done: true, value: { kind: "video", duration: 1 } });
});

test("the probe of an audio file decodes its first second", () => {
  const runs = probeRuns("input-0");
  runs.next();
  const { value } = runs.next(file({ format_name: "mp3", duration: "1" }, aac));
  expect([after(value as ProbeRun, "-map"), after(value as ProbeRun, "-t")]).toEqual(["0:a:0", "1"]);
  expect(runs.next("")).toMatchObject({ done: true, value: { kind: "audio", duration: 3.5 } });
});

test("the probe reads a video without a duration to its end and takes the last time that ffmpeg prints", () => {
  const runs = probeRuns("input-0");
  runs.next();
  runs.next(file({ format_name: "matroska,webm" }, { ...h264, avg_frame_rate: "25/1" }));
  const measure = runs.next("");
  expect(measure).toMatchObject(
    ffmpegRun(expect.arrayContaining(["-c", "copy", "-progress"]), "ffmpeg cannot read this file to its end"),
  );
  const printed = "out_time_us=40000\nprogress=continue\nout_time_us=1960000\nprogress=end\n";
  expect(runs.next(printed)).toMatchObject({ done: true, value: { duration: 1.96 } });
});

test("the probe of a one-frame video without a duration returns the duration of one frame", () => {
  const runs = probeRuns("input-0");
  runs.next();
  runs.next(file({ format_name: "matroska,webm" }, { ...h264, avg_frame_rate: "25/1" }));
  runs.next("");
  expect(runs.next("out_time_us=0\n")).toMatchObject({ done: true, value: { duration: 0.04 } });
});

test("the probe of a video returns the duration 0 if ffmpeg prints no time", () => {
  const runs = probeRuns("input-0");
  runs.next();
  runs.next(file({ format_name: "matroska,webm" }, h264));
  runs.next("");
  expect(runs.next("")).toMatchObject({ done: true, value: { kind: "video", duration: 0 } });
});

test("the probe of an image does not measure a duration", () => {
  const runs = probeRuns("input-0");
  runs.next();
  runs.next(file({ format_name: "png_pipe" }, { ...h264, codec_name: "png" }));
  expect(runs.next("")).toMatchObject({ done: true, value: { kind: "image" } });
});

test("the probe does not run ffmpeg on a file that ffprobe cannot read", () => {
  const runs = probeRuns("input-0");
  runs.next();
  expect(runs.next("{}")).toEqual({ done: true, value: null });
});
