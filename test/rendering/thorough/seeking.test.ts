import { expect, test } from "vitest";
import {
  anyFFmpeg,
  colorAt,
  make,
  probe,
  renderers,
  renderFrames,
  segment,
  videoPiece,
  wholeProbe,
} from "../support/pictures.ts";

/** A lavfi source that shows the frame number modulo 100 as a gray level (17 plus twice the number). */
const counter = (seconds: number, rate: number) =>
  `color=black:s=64x64:r=${rate}:d=${seconds},format=yuv420p,geq=lum='17+2*mod(N,100)':cb=128:cr=128`;

const lossless = ["-c:v", "libx264", "-qp", "0", "-preset", "veryfast"];

/** Renders a piece and reads the frame numbers, modulo 100, that it shows. */
async function counts(
  source: Uint8Array,
  start: number,
  frames: number,
  frameRate: number | null,
  run = anyFFmpeg,
): Promise<number[]> {
  const job = segment([videoPiece({ start, frames, frameRate })], { width: 32, height: 32 });
  const shown = await renderFrames(job, [source], run);
  return shown.frames.map((_, index) => Math.round((colorAt(shown, index, 0.5, 0.5)[0] - 17) / 2));
}

/**
 * The source frame numbers, modulo 100, that a piece must show: for each output frame the last source frame that
 * has started. `times` are the start times of the source frames in seconds.
 */
function expected(times: readonly number[], start: number, frames: number): number[] {
  return Array.from({ length: frames }, (_, slot) => {
    const instant = start + (slot + 0.3125) / 30;
    return times.findLastIndex((time) => time <= instant + 1e-4) % 100;
  });
}

const regular = (seconds: number, rate: number) => Array.from({ length: seconds * rate }, (_, n) => n / rate);

test.each(renderers)(
  "the %s renderer starts a piece at the right frame inside a long group of pictures",
  async (_, run) => {
    const source = await make("-f", "lavfi", "-i", counter(9, 25), ...lossless, "-g", "999", "-bf", "3", "-f", "mp4");
    for (const start of [0, 0.04, 1.0333333, 5.47, 8.2]) {
      expect(await counts(source, start, 12, 25, run)).toEqual(expected(regular(9, 25), start, 12));
    }
  },
);

test.each([
  ["an AVI file at 10 fps", 10, ["-c:v", "ffv1", "-f", "avi"]],
  ["a Matroska file at 60 fps", 60, [...lossless, "-f", "matroska"]],
  ["an FLV file at 24 fps", 24, [...lossless, "-pix_fmt", "yuv420p", "-f", "flv"]],
  ["a WebM file at 50 fps", 50, ["-c:v", "libvpx-vp9", "-lossless", "1", "-f", "webm"]],
  ["an MP4 file at 29.97 fps", 30000 / 1001, [...lossless, "-f", "mp4"]],
])("a shot of %s shows the same frames wherever it is cut", async (_, rate, encoding) => {
  const source = await make("-f", "lavfi", "-i", counter(4, rate), ...encoding);
  const whole = await counts(source, 0.7, 60, rate);
  expect(whole).toEqual(expected(regular(4, rate), 0.7, 60));
  for (const cut of [1, 13, 31]) {
    const first = await counts(source, 0.7, cut, rate);
    const second = await counts(source, 0.7 + cut / 30, 60 - cut, rate);
    expect([...first, ...second]).toEqual(whole);
  }
});

test("a file whose timestamps do not start at zero is read from its beginning", async () => {
  const source = await make(
    ...["-f", "lavfi", "-i", counter(4, 25), ...lossless, "-output_ts_offset", "7.5", "-f", "matroska"],
  );
  expect((await probe(source)).video?.start).toBeCloseTo(0, 2);
  expect(await counts(source, 2, 10, 25)).toEqual(expected(regular(4, 25), 2, 10));
});

test("a video track that starts after the audio track is read from its own start", async () => {
  const source = await make(
    ...["-f", "lavfi", "-i", "sine=d=4", "-itsoffset", "0.8", "-f", "lavfi", "-i", counter(3, 25)],
    ...["-map", "0:a", "-map", "1:v", "-fps_mode", "passthrough", ...lossless, "-c:a", "aac", "-f", "mp4"],
  );
  const { video, duration } = await probe(source);
  expect(video?.start).toBeCloseTo(0.8, 1);
  expect(duration).toBeCloseTo(3, 1);
  expect(await counts(source, video?.start ?? 0, 10, 25)).toEqual(expected(regular(3, 25), 0, 10));
});

test("an MP4 file that is trimmed by an edit list starts at the trimmed time", async () => {
  const whole = await make("-f", "lavfi", "-i", counter(4, 25), ...lossless, "-g", "25", "-bf", "2", "-f", "mp4");
  const trimmed = await anyFFmpeg(
    { whole },
    ["-ss", "1.48", "-i", "whole", "-c", "copy", "-f", "mp4", "output"],
    "output",
  );
  expect(await counts(trimmed, 0.4, 10, 25)).toEqual(expected(regular(4, 25), 1.88, 10));
});

test("a piece that is longer than its source repeats the last frame", async () => {
  const source = await make("-f", "lavfi", "-i", counter(1, 10), ...lossless, "-f", "mp4");
  const seen = await counts(source, 0, 45, 10);
  expect(seen).toHaveLength(45);
  expect(seen.slice(30)).toEqual(Array(15).fill(9));
});

test("the duration of a recording is measured if its headers do not have it", async () => {
  // A WebM file that is written to a pipe, as by a browser, has no duration in its headers.
  const piped = ["-c:v", "libvpx", "-live", "1", "-f", "webm"];
  const source = await make("-f", "lavfi", "-i", counter(2, 10), ...piped);
  expect(await probe(source)).toMatchObject({ kind: "video", duration: 0 });
  const measured = await wholeProbe(source);
  expect(measured.duration).toBeGreaterThan(1.85);
  expect(measured.duration).toBeLessThan(2.05);
});
