import { expect, test } from "vitest";
import { colorAt, type Frames, make, renderers, renderFrames, segment, videoPiece } from "./support/pictures.ts";

const white = make(
  ...["-f", "lavfi", "-i", "color=white:s=64x64:r=30:d=3,format=yuv420p", "-c:v", "ffv1", "-f", "matroska"],
);

test.each(renderers)(
  "the %s renderer fades from and to black with the right brightness in each frame",
  async (_, run) => {
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
  },
);

/** Where the white at the right and at the bottom begins, in pixels with fractions. */
function edges({ width, height, frames }: Frames, index: number): [number, number] {
  const frame = frames[index] ?? new Uint8Array();
  const white = (lumas: Iterable<number>) => [...lumas].reduce((sum, luma) => sum + (luma - 16) / 219, 0);
  const row = frame.subarray(width * 20, width * 21);
  const column = Array.from({ length: height }, (_, y) => frame[y * width + 20] ?? 0);
  return [width - white(row), height - white(column)];
}

test.each(renderers)(
  "the %s renderer zooms a shot by 1.2 at an even pace, to a tenth of a pixel in each frame, without moving its middle",
  async (_, run) => {
    // Edges at 180 and 320 of 200×360 pixels: 80 and 140 pixels from the middle.
    const source = await make(
      ...[
        "-f",
        "lavfi",
        "-i",
        "color=black:s=200x360:r=30:d=2,format=yuv420p,drawbox=x=180:w=20:h=360:color=white:t=fill",
      ],
      ...["-vf", "drawbox=y=320:w=200:h=40:color=white:t=fill", "-c:v", "ffv1", "-f", "matroska"],
    );
    for (const kind of ["zoom_in", "zoom_out"] as const) {
      const piece = videoPiece({ frames: 41, transition: { kind, frames: 41 } });
      const shown = await renderFrames(segment([piece], { width: 200, height: 360 }), [source], run);
      for (let index = 0; index < 41; index++) {
        const growth = 1 + (0.2 * (kind === "zoom_in" ? index : 40 - index)) / 40;
        const [x, y] = edges(shown, index);
        expect(Math.abs(x - Math.min(200, 100 + 80 * growth)), `${kind} ${index}`).toBeLessThan(0.1);
        expect(Math.abs(y - Math.min(360, 180 + 140 * growth)), `${kind} ${index}`).toBeLessThan(0.1);
      }
    }
  },
);

/** The share of the frame's width or height that is white, counted from `side`. */
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
  "a slide moves a shot in from the %s side and out to the same side over black",
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
