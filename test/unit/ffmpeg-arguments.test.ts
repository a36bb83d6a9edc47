import { expect, test } from "vitest";
import { INPUT_DEMUXERS, INPUT_GUARD } from "../../src/ffmpeg/input-guard.ts";
import { JOB_FILES } from "../../src/ffmpeg/job-files.ts";
import { decodeTestArguments, ffprobeArguments, readProbe } from "../../src/ffmpeg/probe.ts";
import { segmentArguments } from "../../src/ffmpeg/segment-arguments.ts";
import { encodeArguments, measureArguments, soundtrackRuns } from "../../src/ffmpeg/soundtrack-arguments.ts";
import type { SegmentJob, SoundtrackJob } from "../../src/protocol/render-job.ts";
import { imagePiece, videoPiece } from "../jobs.ts";

const job: SegmentJob = {
  kind: "segment",
  width: 360,
  height: 640,
  frameRate: 30,
  frames: 60,
  encoder: { preset: "ultrafast", crf: 23 },
  pieces: [videoPiece({ start: 1.5, frames: 40, frameRate: 60 }), imagePiece({ input: 1, frames: 20 })],
  fit: "cover",
  captions: null,
};
const after = (args: string[], option: string) => args[args.indexOf(option) + 1];

test("a soundtrack is limited, and measured again behind the limiter, only where its peaks need it", () => {
  const soundtrack: SoundtrackJob = {
    kind: "soundtrack",
    ...{ samples: 96_000, sampleRate: 48_000, narration: { input: 0, volume: 1 }, music: null, clips: null },
  };
  const measured = (loudness: number, peak: number) => `Summary:\n I: ${loudness} LUFS\n Peak: ${peak} dBFS\n`;
  const quiet = soundtrackRuns(soundtrack);
  quiet.next();
  const written = quiet.next(measured(-24, -13));
  expect(written.done).toBe(true);
  expect(written.value.join(" ")).toContain("volume=10.000dB");
  expect(written.value.join(" ")).not.toContain("alimiter");

  const peaky = soundtrackRuns(soundtrack);
  peaky.next();
  const again = peaky.next(measured(-24, -3));
  expect(again.done).toBe(false);
  expect(again.value.join(" ")).toContain("alimiter");
  const limited = peaky.next(measured(-14.2, Number.NEGATIVE_INFINITY));
  expect(limited.done).toBe(true);
  expect(limited.value.join(" ")).toContain("volume=10.200dB,aresample=192000,alimiter");
});

test("every input is opened behind the guard: local files of known formats alone", () => {
  const soundtrack: SoundtrackJob = {
    kind: "soundtrack",
    samples: 96_000,
    sampleRate: 48_000,
    narration: { input: 0, volume: 1 },
    music: { input: 1, volume: 0.2, duration: 0.5 },
    clips: { volume: 1, pieces: [{ input: 2, start: 1, samples: 96_000 }] },
  };
  for (const args of [
    segmentArguments(job, { threads: 1 }),
    measureArguments(soundtrack, null),
    encodeArguments({ ...soundtrack, music: { input: 1, volume: 1, duration: 25 }, samples: 4_800_000 }, 3, true),
    ffprobeArguments("file"),
  ]) {
    let from = 0;
    for (const [index, argument] of args.entries()) {
      if (argument !== "-i") continue;
      expect(args.slice(from, index).join(" ")).toContain(INPUT_GUARD.join(" "));
      from = index;
    }
    expect(from).toBeGreaterThan(0);
  }
});

test("no demuxer that opens other files or addresses is let in", () => {
  const names = INPUT_DEMUXERS.flatMap((name) => name.split(","));
  for (const name of ["hls", "concat", "dash", "image2", "lavfi", "sdp", "rtsp", "ffmetadata", "tee"]) {
    expect(names).not.toContain(name);
  }
});

test("a job's arguments hold numbers and names of ours alone", () => {
  const args = segmentArguments(
    { ...job, captions: { ass: "$(x); movie=/etc/passwd", fonts: [2], coloured: false } },
    { threads: 2 },
  );
  expect(args.join(" ")).not.toContain("passwd");
  expect(args.filter((_, index) => args[index - 1] === "-i")).toEqual([JOB_FILES.input(0), JOB_FILES.input(1)]);
  expect(args.at(-1)).toBe(JOB_FILES.output);
});

test("a video is read from just before its piece starts, and a little more than it needs; an image whole", () => {
  const args = segmentArguments(job, { threads: 1 });
  const [video = [], image = []] = [args.slice(0, args.indexOf("input-0")), args.slice(args.indexOf("input-0"))];
  expect(Number(after(video, "-ss"))).toBeGreaterThan(1.45);
  expect(Number(after(video, "-ss"))).toBeLessThan(1.5 - 1 / 60);
  expect(Number(after(video, "-t"))).toBeGreaterThan(40 / 30);
  expect(image.slice(0, image.indexOf("input-1"))).not.toContain("-ss");
});

test("each piece gives exactly its frames, and one stream comes out, or two with subtitles", () => {
  const plain = segmentArguments(job, { threads: 1 });
  const graph = after(plain, "-filter_complex") ?? "";
  expect(graph.match(/trim=end_frame=\d+,setpts/g)).toEqual(["trim=end_frame=40,setpts", "trim=end_frame=20,setpts"]);
  // Whatever a common source does not need is left out.
  expect(graph).not.toMatch(/bwdif|zscale|tonemap|premultiply|fade|overlay|pad=\d/);
  expect(plain.filter((argument) => argument === "-map")).toHaveLength(1);
  const captioned = segmentArguments({ ...job, captions: { ass: "x", fonts: [2], coloured: false } }, { threads: 1 });
  expect(captioned.filter((_, index) => captioned[index - 1] === "-map")).toEqual(["[clean]", "[captioned]"]);
});

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
  ["a picture", file({ format_name: "png_pipe" }, { ...h264, codec_name: "png" }), { kind: "image", duration: 0 }],
  [
    "sound with a cover",
    file({ format_name: "mp3", duration: "3.6" }, cover, aac),
    { kind: "audio", duration: 3.5, video: null },
  ],
  [
    "a rate that is not known",
    file({ format_name: "avi", duration: "N/A" }, { ...h264, avg_frame_rate: "0/0", r_frame_rate: "25/1" }),
    { kind: "video", duration: 0, video: { frameRate: 25 } },
  ],
])("ffprobe's account of %s is read", (_, json, expected) => {
  expect(readProbe(json)).toMatchObject(expected);
});

test.each([
  ["nothing", ""],
  ["no JSON", "{"],
  ["an empty object, which ffprobe writes of what it cannot open", "{}"],
  ["no streams", file({ format_name: "mov" })],
  ["subtitles alone", file({ format_name: "matroska" }, { codec_type: "subtitle", codec_name: "ass" })],
  [
    "a picture without a size",
    file({ format_name: "mov" }, { codec_type: "video", codec_name: "h264", width: 0, height: 0 }),
  ],
  ["a cover alone", file({ format_name: "mp3" }, cover)],
])("%s is no media", (_, json) => {
  expect(readProbe(json)).toBeNull();
});

test("what is decoded as a test is the picture where there is one", () => {
  const picture = readProbe(file({ format_name: "mov", duration: "1" }, h264, aac));
  const sound = readProbe(file({ format_name: "mp3", duration: "1" }, aac));
  expect(picture && after(decodeTestArguments("file", picture), "-map")).toBe("0:V:0");
  expect(sound && after(decodeTestArguments("file", sound), "-map")).toBe("0:a:0");
});
