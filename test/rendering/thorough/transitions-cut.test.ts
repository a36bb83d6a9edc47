import { expect, test } from "vitest";
import type { Transition } from "../../../src/protocol/render-job.ts";
import { make, psnr, segment, videoPiece } from "../support/pictures.ts";
import { cutAt, renderAll } from "../support/shots.ts";

const transitions: Transition[] = [
  { kind: "fade_in", frames: 30 },
  { kind: "fade_out", frames: 30 },
  { kind: "slide_in", side: "left", frames: 30 },
  { kind: "slide_out", side: "bottom", frames: 30 },
  { kind: "zoom_in", frames: 50 },
];

test.each(transitions)(
  "a shot that is cut inside a $kind transition looks the same as the whole shot",
  async (transition) => {
    const source = await make(
      ...["-f", "lavfi", "-i", "testsrc2=s=120x160:r=30:d=2", "-c:v", "libx264", "-qp", "0", "-f", "mp4"],
    );
    const size = { width: 120, height: 160 };
    const piece = videoPiece({ frames: 50, transition });
    const whole = await renderAll([segment([piece], size)], [source]);
    const cut = await renderAll(cutAt(piece, [1, 14, 31, 37], size), [source]);
    expect(cut).toHaveLength(50);
    for (const [index, frame] of cut.entries()) expect(psnr(frame, whole[index], 120 * 160)).toBeGreaterThan(45);
  },
);
