import { expect, test } from "vitest";
import type { SegmentJob } from "../../src/protocol/render-job.ts";
import { ffprobe } from "../support/ffmpeg.ts";
import {
  anyFFmpeg,
  colorAt,
  imagePiece,
  make,
  pictureOf,
  render,
  renderers,
  renderFrames,
  segment,
  videoPiece,
} from "./support/pictures.ts";

const white = make(
  ...["-f", "lavfi", "-i", "color=white:s=64x64:r=30:d=3,format=yuv420p", "-c:v", "ffv1", "-f", "matroska"],
);

test("a segment shows video and image pieces one after the other, each with its number of frames", async () => {
  const still = await make(
    "-f",
    "lavfi",
    "-i",
    "color=red:s=64x64",
    "-c:v",
    "png",
    "-frames:v",
    "1",
    "-f",
    "image2pipe",
  );
  const pieces = [
    videoPiece({ frames: 7 }),
    imagePiece({ frames: 9, input: 1, picture: await pictureOf(still) }),
    videoPiece({ frames: 5, start: 1, transition: { kind: "slide_in", side: "top", frames: 5 } }),
  ];
  for (const fit of ["cover", "contain", "blur"] as const) {
    const shown = await renderFrames(segment(pieces, { width: 64, height: 64, fit }), [await white, still]);
    expect(shown.frames).toHaveLength(21);
    expect(colorAt(shown, 6, 0.5, 0.5)[0]).toBeCloseTo(235, -1);
    expect(colorAt(shown, 7, 0.5, 0.5)[0]).toBeCloseTo(63, -1);
    expect(colorAt(shown, 15, 0.5, 0.5)[0]).toBeCloseTo(63, -1);
    expect(colorAt(shown, 16, 0.5, 0.5)[0]).toBeCloseTo(16, -1);
  }
});

test("the fit contain adds black bars, blur adds a darker copy of the picture, and cover fills the frame", async () => {
  const source = await make(
    ...["-f", "lavfi", "-i", "color=white:s=160x90:r=30:d=1,format=yuv420p", "-c:v", "ffv1", "-f", "matroska"],
  );
  const corner = async (fit: SegmentJob["fit"]) => {
    const shown = await renderFrames(segment([videoPiece({ frames: 2 })], { width: 90, height: 160, fit }), [source]);
    expect(colorAt(shown, 1, 0.5, 0.5)[0]).toBeGreaterThan(230);
    return colorAt(shown, 1, 0.5, 0.1)[0];
  };
  expect(await corner("contain")).toBeCloseTo(16, -1);
  expect(await corner("cover")).toBeCloseTo(235, -1);
  expect(await corner("blur")).toBeCloseTo(16 + 219 * 0.7, -1);
});

test.each(renderers)(
  "a segment from the %s renderer is H.264 High without B-frames, at 30 fps and tagged as BT.709",
  async (_, run) => {
    const source = await make("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=5", "-c:v", "libx264", "-f", "mp4");
    const job = segment([videoPiece({ frames: 90, frameRate: 25 })], { encoder: { preset: "ultrafast", crf: 23 } });
    const video = await render(job, [source], run);
    const described = await ffprobe(video);
    expect(described.streams).toHaveLength(1);
    expect(described.streams[0]).toMatchObject({
      codec_name: "h264",
      profile: "High",
      has_b_frames: 0,
      pix_fmt: "yuv420p",
      r_frame_rate: "30/1",
      avg_frame_rate: "30/1",
      nb_frames: "90",
      color_range: "tv",
      color_space: "bt709",
      color_transfer: "bt709",
      color_primaries: "bt709",
    });
    expect(described.streams[0]?.level).toBeLessThanOrEqual(31);
    // Decodes only the keyframes. The first frame must be one.
    const keys = await anyFFmpeg(
      { video },
      ["-skip_frame", "nokey", "-i", "video", "-f", "framecrc", "-fps_mode", "passthrough", "keys"],
      "keys",
    );
    const times = [...new TextDecoder().decode(keys).matchAll(/^0,\s*(\d+)/gm)].map((match) => Number(match[1]));
    expect(times[0]).toBe(0);
    expect(times.length).toBeGreaterThanOrEqual(2);
  },
);
