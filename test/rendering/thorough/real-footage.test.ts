import { expect, test } from "vitest";
import { skippedWithout } from "../../support/skipped.ts";
import { installed, pictureOf, probe, psnr, segment, videoPiece } from "../support/pictures.ts";
import { cutAt, renderAll } from "../support/shots.ts";

const footage = [
  "/usr/share/doc/opencv-doc/examples/data/vtest.avi",
  "/usr/share/doc/opencv-doc/examples/data/tree.avi",
];

const hasFootage = footage.every((path) => installed(path) !== null);

test.skipIf(!hasFootage).each(footage)(
  `a shot of %s shows the same frames wherever it is cut${skippedWithout(hasFootage, "opencv-doc")}`,
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

test.skipIf(!hasFootage)(
  `the frames around a join have the same quality as other frames${skippedWithout(hasFootage, "opencv-doc")}`,
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
