import { expect, test } from "vitest";
import type { Piece, SegmentJob, Transition } from "../../src/protocol/render-job.ts";
import { ffprobe } from "../ffmpeg.ts";
import {
  anyFFmpeg,
  colorAt,
  decode,
  type Frames,
  imagePiece,
  installed,
  make,
  pictureOf,
  probe,
  psnr,
  render,
  renderers,
  renderFrames,
  segment,
  ssim,
  videoPiece,
} from "./render.ts";

const footage = [
  "/usr/share/doc/opencv-doc/examples/data/vtest.avi",
  "/usr/share/doc/opencv-doc/examples/data/tree.avi",
];
const photo = "/usr/share/backgrounds/Bridge_by_Sander_Klootwijk.jpg";

const white = make(
  ...["-f", "lavfi", "-i", "color=white:s=64x64:r=30:d=3,format=yuv420p", "-c:v", "ffv1", "-f", "matroska"],
);

/** The parts a shot is cut into at `cuts`, each a job of its own. */
function cutAt(piece: Piece, cuts: number[], options: Partial<SegmentJob> = {}): SegmentJob[] {
  const bounds = [0, ...cuts, piece.frames];
  return bounds.slice(1).map((end, index) => {
    const offset = bounds[index] ?? 0;
    const part = { ...piece, frames: end - offset, shot: { frames: piece.frames, offset } };
    return segment([part.kind === "video" ? { ...part, start: part.start + offset / 30 } : part], options);
  });
}

async function renderAll(jobs: SegmentJob[], inputs: Uint8Array[]): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for (const job of jobs) frames.push(...(await renderFrames(job, inputs)).frames);
  return frames;
}

test.each(renderers)("a fade begins or ends in black and takes its time, frame by frame (%s)", async (_, run) => {
  const shown = async (kind: "fade_in" | "fade_out") => {
    const piece = videoPiece({ frames: 50, transition: { kind, frames: 30 } });
    const frames = await renderFrames(segment([piece], { width: 32, height: 32 }), [await white], run);
    return frames.frames.map((_, index) => colorAt(frames, index, 0.5, 0.5)[0]);
  };
  const level = (share: number) => 16 + 219 * Math.min(1, share);
  for (const [index, luma] of (await shown("fade_in")).entries()) {
    expect(Math.abs(luma - level(index / 30)), `frame ${index}`).toBeLessThan(2.5);
  }
  for (const [index, luma] of (await shown("fade_out")).entries()) {
    expect(Math.abs(luma - level((50 - index) / 30)), `frame ${index}`).toBeLessThan(2.5);
  }
});

/** The share of the frame that is white in a direction, and whether it is at that side. */
function whiteShare(frames: Frames, index: number, side: "left" | "right" | "top" | "bottom"): number {
  const { width, height } = frames;
  const frame = frames.frames[index];
  const across = side === "left" || side === "right";
  const length = across ? width : height;
  const lit = (at: number) =>
    ((across ? frame?.[(height / 2) * width + at] : frame?.[at * width + width / 2]) ?? 0) > 125;
  let count = 0;
  while (count < length && lit(side === "left" || side === "top" ? count : length - 1 - count)) count++;
  return count / length;
}

test.each(["left", "right", "top", "bottom"] as const)(
  "a slide comes from its side, and goes to it, over black: %s",
  async (side) => {
    const source = await white;
    const shown = (kind: "slide_in" | "slide_out") =>
      renderFrames(
        segment([videoPiece({ frames: 45, transition: { kind, side, frames: 30 } })], { width: 60, height: 90 }),
        [source],
      );
    const entering = await shown("slide_in");
    const leaving = await shown("slide_out");
    for (let index = 0; index < 45; index++) {
      expect(whiteShare(entering, index, side)).toBeCloseTo(Math.min(1, index / 30), 1.2);
      expect(whiteShare(leaving, index, side)).toBeCloseTo(Math.min(1, (45 - index) / 30), 1.2);
    }
  },
);

const transitions: Transition[] = [
  { kind: "fade_in", frames: 30 },
  { kind: "fade_out", frames: 30 },
  { kind: "slide_in", side: "left", frames: 30 },
  { kind: "slide_out", side: "bottom", frames: 30 },
];

test.each(transitions)("a shot cut inside its transition looks as if it were not: $kind", async (transition) => {
  const source = await make(
    ...["-f", "lavfi", "-i", "testsrc2=s=120x160:r=30:d=2", "-c:v", "libx264", "-qp", "0", "-f", "mp4"],
  );
  const size = { width: 120, height: 160 };
  const piece = videoPiece({ frames: 50, transition });
  const whole = await renderAll([segment([piece], size)], [source]);
  const cut = await renderAll(cutAt(piece, [1, 14, 31, 37], size), [source]);
  expect(cut).toHaveLength(50);
  for (const [index, frame] of cut.entries()) expect(psnr(frame, whole[index], 120 * 160)).toBeGreaterThan(45);
});

/** Where a vertical edge from black to white lies, in pixels, to fractions of one. */
function edge({ width, height, frames }: Frames, index: number): number {
  const row = frames[index]?.subarray((height / 2) * width, (height / 2 + 1) * width) ?? [];
  return width - [...row].reduce((sum, luma) => sum + (luma - 16) / 219, 0);
}

test.each(renderers)("a still moves smoothly, by fractions of a pixel (%s)", async (_, run) => {
  const source = await make(
    ...["-f", "lavfi", "-i", "color=black:s=640x640,format=gbrp,drawbox=x=520:w=120:h=640:color=white:t=fill"],
    ...["-c:v", "png", "-frames:v", "1", "-f", "image2pipe"],
  );
  for (const zoom of ["in", "out"] as const) {
    const piece = imagePiece({ frames: 60, zoom });
    const shown = await renderFrames(segment([piece], { width: 320, height: 320 }), [source], run);
    const places = shown.frames.map((_, index) => edge(shown, index));
    const steps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
    // The edge is 100 pixels from the middle, and the picture grows by 4 % in 59 steps.
    const pace = ((zoom === "in" ? 1 : -1) * 100 * 0.04) / 59;
    expect((places.at(-1) ?? 0) - (places[0] ?? 0)).toBeCloseTo(pace * 59, 0.5);
    for (const step of steps) expect(Math.abs(step - pace)).toBeLessThan(0.06);
  }
});

test("a still goes on moving over a cut, at odd frames too", async () => {
  const source = await make(
    ...["-f", "lavfi", "-i", "testsrc2=s=480x640", "-c:v", "png", "-frames:v", "1", "-f", "image2pipe"],
  );
  for (const fit of ["cover", "contain", "blur"] as const) {
    const size = { width: 120, height: 200, fit };
    const piece = imagePiece({ frames: 40 });
    const whole = await renderAll([segment([piece], size)], [source]);
    const cut = await renderAll(cutAt(piece, [7, 20, 21], size), [source]);
    expect(cut).toHaveLength(40);
    for (const [index, frame] of cut.entries()) expect(psnr(frame, whole[index], 120 * 200)).toBeGreaterThan(42);
  }
});

test("pieces of every kind follow each other in one segment, each with its frames", async () => {
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

test("contain shows black bars, blur a darker copy of the picture, cover neither", async () => {
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
  "a segment is H.264 High without B-frames, 30 frames a second, marked as BT.709 (%s)",
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
    // Only keyframes, and the first of them at once: what is left decodes by itself.
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

test.skipIf(!footage.every(installed)).each(footage)(
  "real footage shows the same frames wherever it is cut: %s (skipped: needs opencv-doc)",
  async (path) => {
    const source = installed(path) ?? new Uint8Array(0);
    const { video } = await probe(source);
    const frameRate = video?.variableFrameRate ? null : (video?.frameRate ?? null);
    const size = { width: 90, height: 160 };
    const piece = videoPiece({ frames: 90, start: 0.5, frameRate, picture: await pictureOf(source) });
    const whole = await renderAll([segment([piece], size)], [source]);
    const cut = await renderAll(cutAt(piece, [10, 25, 41, 63], size), [source]);
    expect(cut).toHaveLength(90);
    for (const [index, frame] of cut.entries()) expect(psnr(frame, whole[index], 90 * 160)).toBeGreaterThan(45);
  },
);

test.skipIf(!installed(footage[0] ?? ""))(
  "joins are invisible: pictures on both sides of one are as good as any (skipped: needs opencv-doc)",
  async () => {
    const source = installed(footage[0] ?? "") ?? new Uint8Array(0);
    const size = { width: 360, height: 640 };
    const { video } = await probe(source);
    const frameRate = video?.variableFrameRate ? null : (video?.frameRate ?? null);
    const piece = videoPiece({ frames: 150, start: 3, frameRate, picture: await pictureOf(source) });
    const truth = await renderAll([segment([piece], size)], [source]);
    const encoder = { preset: "ultrafast", crf: 23 } as const;
    const joined = await renderAll(cutAt(piece, [75], { ...size, encoder }), [source]);
    const quality = joined.map((frame, index) => psnr(frame, truth[index], 360 * 640));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const inside = mean([...quality.slice(5, 70), ...quality.slice(80)]);
    expect(Math.abs(mean(quality.slice(70, 80)) - inside)).toBeLessThan(1);
  },
);

test.skipIf(renderers.length < 2 || ![...footage, photo].every(installed)).each(["cover", "contain", "blur"] as const)(
  "native ffmpeg and ffmpeg.wasm draw the same picture: %s (skipped: needs ffmpeg, opencv-doc, lomiri-wallpapers)",
  async (fit) => {
    const inputs = [...footage, photo].map((path) => installed(path) ?? new Uint8Array(0));
    const [first, second, third] = await Promise.all(inputs.map(pictureOf));
    const rates = await Promise.all(inputs.map(async (input) => (await probe(input)).video?.frameRate ?? null));
    if (!first || !second || !third) throw new Error("no picture");
    const pieces = [
      videoPiece({
        frames: 20,
        start: 11.3,
        frameRate: rates[0] ?? null,
        picture: first,
        transition: { kind: "fade_in", frames: 20 },
      }),
      videoPiece({ frames: 20, input: 1, start: 1, frameRate: rates[1] ?? null, picture: second }),
      imagePiece({ frames: 20, input: 2, picture: third, transition: { kind: "slide_out", side: "left", frames: 10 } }),
    ];
    const job = segment(pieces, { width: 270, height: 480, fit, encoder: { preset: "ultrafast", crf: 20 } });
    const videos = [];
    for (const [, run] of renderers) videos.push(await render(job, inputs, run));
    const [one, other] = videos;
    if (!one || !other) throw new Error("two renderers");
    expect((await decode(one, 270, 480)).frames).toHaveLength(60);
    expect(await ssim(one, other)).toBeGreaterThan(0.97);
  },
);
