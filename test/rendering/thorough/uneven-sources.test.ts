import { expect, test } from "vitest";
import type { Piece } from "../../../src/protocol/render-job.ts";
import { soundtrackJob } from "../../support/jobs.ts";
import { anyFFmpeg, colorAt, make, pieceOfFile, renderFrames, segment, wholeProbe } from "../support/pictures.ts";
import { render } from "../support/renderers.ts";
import { level, RATE, rawSamples } from "../support/sound.ts";

const lossless = ["-c:v", "libx264", "-qp", "0", "-preset", "veryfast"];

/** A lavfi source whose pictures show their number, modulo 100, as a gray level. */
const counter = (seconds: number, rate: number) =>
  `color=black:s=48x48:r=${rate}:d=${seconds},format=yuv420p,geq=lum='17+2*mod(N,100)':cb=128:cr=128`;

/** The picture numbers that pieces of files show, one after the other. */
async function shown(files: Uint8Array[], pieces: Piece[]): Promise<number[]> {
  const frames = await renderFrames(segment(pieces, { width: 32, height: 32 }), files);
  return frames.frames.map((_, index) => Math.round((colorAt(frames, index, 0.5, 0.5)[0] - 17) / 2));
}

/** Ten pictures per second for two seconds, then one per second, then one that is held for 30 s, then ten per second. */
const keep = (n: number) => n < 20 || (n <= 60 && n % 10 === 0) || n >= 360;
const select = "select='lt(n,20)+lte(n,60)*not(mod(n,10))+gte(n,360)'";

const vp8 = ["-c:v", "libvpx", "-qmin", "0", "-qmax", "4", "-b:v", "4M"];

const encodings = [
  [...lossless, "-bf", "2", "-f", "mp4"],
  [...lossless, "-bf", "2", "-g", "20", "-f", "flv"],
  [...lossless, "-bf", "0", "-f", "matroska"],
  [...vp8, "-f", "webm"],
];

test("pictures that are held for different times are shown at their times in every container format", async () => {
  const starts = [0, 1.75, 3.5, 5.95, 20, 35.85, 36.4];
  const numbers = Array.from({ length: 370 }, (_, n) => n).filter(keep);
  const wanted = starts.flatMap((start) =>
    Array.from({ length: 9 }, (_, slot) => {
      const time = start + (slot + 0.3125) / 30;
      return (numbers.findLast((n) => n / 10 <= time + 1e-3) ?? 0) % 100;
    }),
  );
  const sources = await Promise.all(
    encodings.map(async (encoding, input) => {
      const file = await make("-f", "lavfi", "-i", `${counter(37, 10)},${select}`, "-fps_mode", "vfr", ...encoding);
      const probed = await wholeProbe(file);
      expect(probed.video?.variableFrameRate).toBe(true);
      expect(Math.abs(probed.duration - 37)).toBeLessThan(0.15);
      return { file, pieces: starts.map((start) => ({ ...pieceOfFile(probed, start, 9), input })) };
    }),
  );
  const pieces = sources.flatMap((source) => source.pieces);
  const files = sources.map(({ file }) => file);
  expect(await shown(files, pieces)).toEqual(encodings.flatMap(() => wanted));
});

const late: [string, string[]][] = [
  ["an FLV file with B-frames", [...lossless, "-bf", "3", "-g", "50", "-c:a", "aac", "-f", "flv"]],
  ["an MPEG-TS file with B-frames", [...lossless, "-bf", "3", "-g", "100", "-c:a", "aac", "-f", "mpegts"]],
  ["an AVI file with B-frames", [...lossless, "-bf", "3", "-g", "50", "-c:a", "pcm_s16le", "-f", "avi"]],
];

test.each(late)(
  "a shot of %s has the right pictures and its sound from the first frame at any cut",
  async (_, encoding) => {
    const rate = 25;
    const file = await make(
      ...["-f", "lavfi", "-i", counter(9, rate), "-f", "lavfi", "-i", "sine=f=1000:r=44100:d=9", ...encoding],
    );
    const probed = await wholeProbe(file);
    const starts = [0, 1, 1.5333333, 6, 8.2];
    const wanted = starts.flatMap((start) =>
      Array.from({ length: 6 }, (_, slot) => Math.floor((start + (slot + 0.3125) / 30) * rate + 1e-3) % 100),
    );
    const pieces = starts.map((start) => pieceOfFile(probed, start, 6));
    expect(await shown([file], pieces)).toEqual(wanted);

    const sounds = pieces.map(({ start }) => ({ input: 0, start, samples: RATE / 5 }));
    const soundtrack = soundtrackJob(starts.length / 5, { narration: null, clips: { volume: 1, pieces: sounds } });
    const samples = await rawSamples(await render(soundtrack, [file]), anyFFmpeg);
    const levels = Array.from({ length: starts.length * 10 }, (_, slot) => level(samples, slot / 50, (slot + 1) / 50));
    const loudest = Math.max(...levels);
    // Each piece is faded in and out for 10 ms.
    for (const heard of levels) expect(heard).toBeGreaterThan(loudest - 8);
  },
);
