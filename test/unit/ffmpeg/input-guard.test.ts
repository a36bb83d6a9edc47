import { expect, test } from "vitest";
import { INPUT_DEMUXERS, INPUT_GUARD } from "../../../src/ffmpeg/input-guard.ts";
import { ffprobeArguments } from "../../../src/ffmpeg/probe.ts";
import { segmentArguments } from "../../../src/ffmpeg/segment-arguments.ts";
import { encodeArguments, measureArguments } from "../../../src/ffmpeg/soundtrack-arguments.ts";
import type { SegmentJob, SoundtrackJob } from "../../../src/protocol/render-job.ts";
import { imagePiece, videoPiece } from "../../support/jobs.ts";

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

test("every input of ffmpeg and ffprobe is limited to local files of known formats", () => {
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

test("the input guard allows no demuxer that opens other files or URLs", () => {
  const names = INPUT_DEMUXERS.flatMap((name) => name.split(","));
  for (const name of ["hls", "concat", "dash", "image2", "lavfi", "sdp", "rtsp", "ffmetadata", "tee"]) {
    expect(names).not.toContain(name);
  }
});
