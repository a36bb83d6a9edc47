import { expect, test } from "vitest";
import { INPUT_DEMUXERS, INPUT_GUARD, STILL_INPUT_GUARD } from "../../../src/ffmpeg/input-guard.ts";
import { ffprobeArguments } from "../../../src/ffmpeg/probe.ts";
import { segmentArguments } from "../../../src/ffmpeg/segment-arguments.ts";
import { encodeArguments, measureArguments } from "../../../src/ffmpeg/soundtrack-arguments.ts";
import { imagePiece, segmentJob, soundtrackJob, videoPiece } from "../../support/jobs.ts";

const job = segmentJob([videoPiece({ start: 1.5, frames: 40, frameRate: 60 })], { width: 360, height: 640 });

test("every input of ffmpeg and ffprobe is limited to local files of known formats", () => {
  const soundtrack = soundtrackJob(2, {
    music: { input: 1, volume: 0.2, duration: 0.5 },
    clips: { volume: 1, pieces: [{ input: 2, start: 1, samples: 96_000 }] },
  });
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

test("a still picture is read by a demuxer that opens only this file, with decoders of pictures", () => {
  const args = segmentArguments(segmentJob([imagePiece({ frames: 20 })]), { threads: 1 }).join(" ");
  expect(args).toContain(STILL_INPUT_GUARD.join(" "));
  expect(args.match(/ -i /g)).toHaveLength(1);
  expect(STILL_INPUT_GUARD.join(" ")).toContain(
    "-format_whitelist image2 -codec_whitelist mjpeg,png,webp,bmp,tiff,gif",
  );
  expect(STILL_INPUT_GUARD.join(" ")).toContain("-f image2 -pattern_type none");
});

test("the input guard allows no demuxer that opens other files or URLs", () => {
  const names = INPUT_DEMUXERS.flatMap((name) => name.split(","));
  for (const name of ["hls", "concat", "dash", "image2", "lavfi", "sdp", "rtsp", "ffmetadata", "tee"]) {
    expect(names).not.toContain(name);
  }
});
