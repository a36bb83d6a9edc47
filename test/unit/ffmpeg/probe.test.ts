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

/** The runs of one step of a probe. */
const step = (next: IteratorResult<ProbeRun[], unknown>) => (next.done ? [] : next.value);
/** Passes lines to the run that lists packets. */
function list(runs: readonly ProbeRun[], ...lines: string[]) {
  for (const run of runs) if ("readLine" in run) lines.forEach(run.readLine);
}

test("the probe of a video decodes its first frame and lists the packets of its pictures", () => {
  const runs = probeRuns("input-0");
  expect(runs.next()).toEqual({ done: false, value: [{ program: "ffprobe", args: ffprobeArguments("input-0") }] });
  const sound = { ...aac, index: 0 };
  const [decode, packets] = step(runs.next(file({ format_name: "mov", duration: "1" }, sound, { ...h264, index: 1 })));
  expect(decode).toMatchObject({ program: "ffmpeg", failureMessage: "ffmpeg cannot decode this file" });
  expect(decode?.args).toEqual(expect.arrayContaining(["-i", "input-0", "-frames:v"]));
  expect(decode && after(decode, "-map")).toBe("0:V:0");
  expect(packets && after(packets, "-select_streams")).toBe("1");
  // Without a whole list, the headers count.
  expect(runs.next("")).toMatchObject({ done: true, value: { duration: 1, video: { keyframeInterval: null } } });
});

test("the probe of a video has the times of its packets, not those of its headers", () => {
  const runs = probeRuns("input-0");
  runs.next();
  const format = { format_name: "matroska,webm", duration: "3600", start_time: "1" };
  const planned = step(runs.next(file(format, { ...h264, start_time: "1", avg_frame_rate: "60/1" })));
  const times = [1.5, 1.6, 1.7, 3.7, 3.8];
  list(planned, ...times.map((time) => `packet,${time},${time},0.1,K_`), "format,matroska");
  const { value } = runs.next("");
  expect(value).toMatchObject({ video: { variableFrameRate: true } });
  expect(value).toHaveProperty("duration", expect.closeTo(2.4));
  expect(value).toHaveProperty("video.start", expect.closeTo(0.5));
  expect(value).toHaveProperty("video.keyframeInterval", expect.closeTo(2));
});

test("the probe of an audio file decodes its first second and measures its packets", () => {
  const runs = probeRuns("input-0");
  runs.next();
  const planned = step(
    runs.next(file({ format_name: "mp3", start_time: "0.025" }, cover, { ...aac, duration: "1.025" })),
  );
  const [decode] = planned;
  expect([decode && after(decode, "-map"), decode && after(decode, "-t")]).toEqual(["0:a:0", "1"]);
  list(planned, "packet,0.000000,0.000000,0.500000,K_", "packet,0.5,0.5,0.525,K_", "format,mp3");
  const { value } = runs.next("");
  expect(value).toMatchObject({ kind: "audio" });
  expect(value).toHaveProperty("duration", expect.closeTo(1));
});

test("a sound whose packets disagree with its headers is decoded, once more if its format changes", () => {
  const pieces = (run: ProbeRun | undefined, ...samples: number[]) =>
    list(run ? [run] : [], "#sample_rate 0: 1000", ...samples.map((count) => `0, 0, 0, ${count}, 1, 0x0`));
  const decodings = (first: number[], second: number[]) => {
    const runs = probeRuns("input-0");
    runs.next();
    list(step(runs.next(file({ format_name: "mp3" }, aac))), "packet,0.0,0.0,6.000,K_", "format,mp3");
    const [strict] = step(runs.next(""));
    expect(strict?.args).toContain("-reinit_filter");
    pieces(strict, ...first);
    const [tolerant] = step(runs.next(""));
    pieces(tolerant, ...second);
    return tolerant ? runs.next("").value : undefined;
  };
  expect(decodings([6000], [])).toBeUndefined();
  expect(decodings([1000], [1000, 4900])).toMatchObject({ duration: 5.9, audio: { irregular: true } });
});

test("the packets of a WAV file are only read if its header claims more bytes than it has", () => {
  const pcm = { codec_type: "audio", codec_name: "pcm_s16le", sample_rate: "48000", bit_rate: "768000", duration: "2" };
  for (const [size, count] of [
    ["192044", 1],
    ["96044", 2],
  ] as const) {
    const runs = probeRuns("input-0");
    runs.next();
    expect(step(runs.next(file({ format_name: "wav", size }, pcm)))).toHaveLength(count);
  }
});

test("the probe of an image reads no packets", () => {
  const runs = probeRuns("input-0");
  runs.next();
  expect(step(runs.next(file({ format_name: "png_pipe" }, { ...h264, codec_name: "png" })))).toHaveLength(1);
  expect(runs.next("")).toMatchObject({ done: true, value: { kind: "image" } });
});

test("the probe does not run ffmpeg on a file that ffprobe cannot read", () => {
  const runs = probeRuns("input-0");
  runs.next();
  expect(runs.next("{}")).toEqual({ done: true, value: null });
});
