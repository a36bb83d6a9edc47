import { expect, test } from "vitest";
import { sourcePicture } from "../../../src/ffmpeg/source-picture-properties.ts";
import { recogniseFormat } from "../../../src/library/recognise-format.ts";
import { type MediaProbe, renderJobSchema } from "../../../src/protocol/render-job.ts";
import { soundtrackJob } from "../../support/jobs.ts";
import {
  colorAt,
  decode,
  make,
  pieceOfFile,
  renderers,
  render as renderSegment,
  segment,
  wholeProbe,
} from "../support/pictures.ts";
import { renderers as jobRenderers } from "../support/renderers.ts";
import { level, samplesOf } from "../support/sound.ts";

/** The picture properties of a probe that the filters need. */
function pictureOf({ video }: MediaProbe) {
  if (!video) throw new Error("no picture");
  return sourcePicture(video);
}

/** Frame `n` of the clips, at 25 per second, has the luma 40 + 4n. */
const clock = "color=black:s=64x48:r=25:d=2,format=yuv420p,geq=lum='40+4*N':cb=128:cr=128";
const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-g", "12"];

const clips: [string, ...string[]][] = [
  ["m4v", ...x264, "-f", "ipod"],
  ["3gp", "-c:v", "mpeg4", "-q:v", "2", "-f", "3gp"],
  ["ts", ...x264, "-f", "mpegts"],
  ["m2ts", ...x264, "-mpegts_m2ts_mode", "1", "-f", "mpegts"],
  ["wmv", "-c:v", "wmv2", "-q:v", "2", "-f", "asf"],
  ["mpg", "-c:v", "mpeg2video", "-q:v", "2", "-f", "mpeg"],
  ["ogv", "-c:v", "libtheora", "-q:v", "10", "-f", "ogg"],
  ["gif", "-pix_fmt", "gray", "-c:v", "gif", "-f", "gif"],
];

test("clips of all formats are described, and all renderers show them from any frame", async () => {
  const files: Uint8Array[] = [];
  const pieces = [];
  for (const [name, ...args] of clips) {
    const file = await make("-f", "lavfi", "-i", clock, ...args);
    expect(recogniseFormat(file.subarray(0, 1024))?.kinds, name).toContain("video");
    const probe = await wholeProbe(file);
    expect(probe, name).toMatchObject({ kind: "video", video: { width: 64, height: 48 } });
    expect(Math.abs(probe.duration - 2), `${name}: ${probe.duration} s`).toBeLessThan(0.05);
    pieces.push({ ...pieceOfFile(probe, 1, 12), input: files.length, picture: pictureOf(probe) });
    files.push(file);
  }
  const job = segment(pieces, { width: 64, height: 48 });
  for (const [renderer, run] of renderers) {
    const shown = await decode(await renderSegment(job, files, run), 64, 48);
    expect(shown.frames).toHaveLength(12 * clips.length);
    for (const [clip, [name]] of clips.entries()) {
      for (const index of [0, 6, 11]) {
        const expected = 40 + 4 * (25 + Math.floor((index + 0.3125) * (25 / 30)));
        const [luma] = colorAt(shown, clip * 12 + index, 0.5, 0.5);
        expect(Math.abs(luma - expected), `${name}, ${renderer}, frame ${index}: ${luma}`).toBeLessThan(6);
      }
    }
  }
});

const sounds: [string, ...string[]][] = [
  ["mp3", "-c:a", "libmp3lame", "-f", "mp3"],
  ["wav", "-c:a", "pcm_s16le", "-f", "wav"],
  ["m4a", "-c:a", "aac", "-f", "ipod"],
  ["ogg", "-c:a", "libvorbis", "-f", "ogg"],
  ["aac", "-c:a", "aac", "-f", "adts"],
  ["flac", "-c:a", "flac", "-f", "flac"],
  ["opus", "-c:a", "libopus", "-f", "opus"],
  ["oga", "-c:a", "libvorbis", "-f", "oga"],
  ["wma", "-c:a", "wmav2", "-f", "asf"],
  ["m4b", "-c:a", "aac", "-f", "ipod"],
  ["aiff", "-c:a", "pcm_s16be", "-f", "aiff"],
  ["caf", "-c:a", "pcm_s16be", "-f", "caf"],
  ["mka", "-c:a", "aac", "-f", "matroska"],
];

test("sounds of all formats are described, and all renderers read them", async () => {
  const files: Uint8Array[] = [];
  for (const [name, ...args] of sounds) {
    const file = await make("-f", "lavfi", "-i", "sine=f=440:d=1:r=48000,volume=4", ...args);
    files.push(file);
    expect(recogniseFormat(file.subarray(0, 1024))?.kinds, name).toContain("audio");
    const probe = await wholeProbe(file);
    expect(probe.kind, name).toBe("audio");
    expect(Math.abs(probe.duration - 1), `${name}: ${probe.duration} s`).toBeLessThan(0.08);
  }
  const pieces = files.map((_, input) => ({ input, start: 0, samples: 24_000 }));
  const job = renderJobSchema.parse(soundtrackJob(files.length / 2, { narration: null, clips: { volume: 1, pieces } }));
  for (const { name, render } of jobRenderers) {
    const samples = await samplesOf(await render(job, files));
    for (const [index, [format]] of sounds.entries()) {
      expect(level(samples, index / 2 + 0.1, index / 2 + 0.4), `${name}, ${format}`).toBeGreaterThan(-30);
    }
  }
});
