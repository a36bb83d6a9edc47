import { expect, test } from "vitest";
import { skippedWithout } from "../support/skipped.ts";
import {
  decode,
  imagePiece,
  installed,
  pictureOf,
  probe,
  psnr,
  render,
  renderers,
  segment,
  ssim,
  videoPiece,
} from "./support/pictures.ts";
import { cutAt, renderAll } from "./support/shots.ts";

const footage = [
  "/usr/share/doc/opencv-doc/examples/data/vtest.avi",
  "/usr/share/doc/opencv-doc/examples/data/tree.avi",
];
const photo = "/usr/share/backgrounds/Bridge_by_Sander_Klootwijk.jpg";

const hasFootage = footage.every((path) => installed(path) !== null);
const hasAll = renderers.length > 1 && hasFootage && installed(photo) !== null;

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

test.skipIf(!hasAll).each(["cover", "contain", "blur"] as const)(
  `the native and the wasm renderer draw the same picture with the fit %s${skippedWithout(hasAll, "ffmpeg, opencv-doc and lomiri-wallpapers")}`,
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
