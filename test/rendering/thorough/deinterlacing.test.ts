import { expect, test } from "vitest";
import { hasFFmpeg } from "../../support/renderers-under-test.ts";
import { skippedWithout } from "../../support/skipped.ts";
import { type Frames, make, pictureOf, probe, renderFrames, segment, videoPiece } from "../support/pictures.ts";

/** Mean difference between neighbouring lines. It is large if a frame mixes two fields from different times. */
function comb({ width, height, frames }: Frames, index: number): number {
  const frame = frames[index] ?? new Uint8Array(0);
  let sum = 0;
  for (let at = width; at < width * height; at++) sum += Math.abs((frame[at] ?? 0) - (frame[at - width] ?? 0));
  return sum / (width * height);
}

// ffmpeg.wasm ignores -top and can only make a file with the bottom field first.
test.skipIf(!hasFFmpeg)(
  `deinterlacing removes the comb from interlaced video with the top field first${skippedWithout(hasFFmpeg, "ffmpeg")}`,
  () => losesItsComb("top"),
);

test("deinterlacing removes the comb from interlaced video with the bottom field first", () => losesItsComb("bottom"));

async function losesItsComb(first: "top" | "bottom"): Promise<void> {
  const bar =
    "color=black:s=160x96:r=50:d=1,format=yuv420p,geq=lum='if(between(X,mod(N*5,140),mod(N*5,140)+20),235,16)':cb=128:cr=128";
  const source = await make(
    ...["-f", "lavfi", "-i", `${bar},tinterlace=mode=interleave_${first}`],
    ...[
      "-c:v",
      "mpeg2video",
      "-q:v",
      "2",
      "-flags",
      "+ildct+ilme",
      "-top",
      first === "top" ? "1" : "0",
      "-f",
      "matroska",
    ],
  );
  expect((await probe(source)).video?.fieldOrder).toBe(first);
  const picture = await pictureOf(source);
  const shown = (firstField: typeof picture.firstField) =>
    renderFrames(
      segment([videoPiece({ start: 0.2, frames: 6, frameRate: 25, picture: { ...picture, firstField } })], {
        width: 160,
        height: 96,
      }),
      [source],
    );
  const combed = comb(await shown(null), 3);
  expect(comb(await shown(first), 3)).toBeLessThan(combed / 3);
}

test("progressive video is recognised and not deinterlaced", async () => {
  const source = await make("-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-c:v", "libx264", "-f", "mp4");
  expect((await probe(source)).video?.fieldOrder).toBe("progressive");
  expect((await pictureOf(source)).firstField).toBeNull();
});
