import { expect, test } from "vitest";
import { type Frames, imagePiece, make, psnr, renderers, renderFrames, segment } from "../support/pictures.ts";
import { cutAt, renderAll } from "../support/shots.ts";

/** Position in pixels, with fractions, of a vertical edge between black and white. */
function edge({ width, height, frames }: Frames, index: number): number {
  const row = frames[index]?.subarray((height / 2) * width, (height / 2 + 1) * width) ?? [];
  return width - [...row].reduce((sum, luma) => sum + (luma - 16) / 219, 0);
}

test.each(renderers)("the %s renderer moves a still smoothly, by fractions of a pixel", async (_, run) => {
  const source = await make(
    ...["-f", "lavfi", "-i", "color=black:s=640x640,format=gbrp,drawbox=x=520:w=120:h=640:color=white:t=fill"],
    ...["-c:v", "png", "-frames:v", "1", "-f", "image2pipe"],
  );
  for (const zoom of ["in", "out"] as const) {
    const piece = imagePiece({ frames: 60, zoom });
    const shown = await renderFrames(segment([piece], { width: 320, height: 320 }), [source], run);
    const places = shown.frames.map((_, index) => edge(shown, index));
    const steps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
    // The edge is 100 pixels from the middle, and the picture is scaled by 4 % in 59 steps.
    const pace = ((zoom === "in" ? 1 : -1) * 100 * 0.04) / 59;
    expect((places.at(-1) ?? 0) - (places[0] ?? 0)).toBeCloseTo(pace * 59, 0.5);
    for (const step of steps) expect(Math.abs(step - pace)).toBeLessThan(0.06);
  }
});

test("a still keeps moving smoothly across cuts at even and odd frames", async () => {
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
