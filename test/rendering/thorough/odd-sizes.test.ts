import { expect, test } from "vitest";
import { colors, expectColor } from "../support/colours.ts";
import { colorAt, imagePiece, make, plain, renderFrames, STILL, segment, videoPiece } from "../support/pictures.ts";

test.each([
  [1, 1],
  [37, 53],
  [3, 301],
  [801, 2],
])(
  "a picture of %d×%d pixels fills the frame with cover and is centred with contain and blur",
  async (width, height) => {
    const white = `color=white:s=810x310:r=10:d=0.3,format=gbrp,crop=${width}:${height}`;
    const png = await make("-f", "lavfi", "-i", white, "-c:v", "png", ...STILL);
    for (const fit of ["cover", "contain", "blur"] as const) {
      const shown = await renderFrames(segment([imagePiece({ frames: 3 })], { fit, width: 64, height: 96 }), [png]);
      expect(shown.frames).toHaveLength(3);
      expectColor(colorAt(shown, 2, 0.49, 0.49, 0.5), colors.white);
      if (fit === "cover") expectColor(colorAt(shown, 2, 0.02, 0.02, 1), colors.white);
    }
    const yuv = await make(...["-f", "lavfi", "-i", `${white},format=yuv444p`, "-c:v", "ffv1", "-f", "matroska"]);
    const shown = await renderFrames(
      segment([videoPiece({ frames: 3, frameRate: 10, picture: plain })], { width: 64, height: 96 }),
      [yuv],
    );
    expectColor(colorAt(shown, 2, 0.1, 0.1, 1), colors.white);
  },
);
