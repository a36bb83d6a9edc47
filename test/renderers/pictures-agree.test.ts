import { expect, test } from "vitest";
import {
  decode,
  imagePiece,
  installed,
  native,
  pictureOf,
  probe,
  render,
  segment,
  ssim,
  videoPiece,
  wasm,
} from "../rendering/support/pictures.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { skippedWithout } from "../support/skipped.ts";

const paths = [
  "/usr/share/doc/opencv-doc/examples/data/vtest.avi",
  "/usr/share/doc/opencv-doc/examples/data/tree.avi",
  "/usr/share/backgrounds/Bridge_by_Sander_Klootwijk.jpg",
];
const hasAll = hasFFmpeg && paths.every((path) => installed(path) !== null);

test.skipIf(!hasAll).each(["cover", "contain", "blur"] as const)(
  `the native and the wasm renderer draw the same picture with the fit %s${skippedWithout(hasAll, "ffmpeg, opencv-doc and lomiri-wallpapers")}`,
  async (fit) => {
    const inputs = paths.map((path) => installed(path) ?? new Uint8Array(0));
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
    for (const run of [native, wasm]) videos.push(await render(job, inputs, run));
    const [one, other] = videos;
    if (!one || !other) throw new Error("two renderers");
    expect((await decode(one, 270, 480)).frames).toHaveLength(60);
    expect(await ssim(one, other)).toBeGreaterThan(0.97);
  },
);
