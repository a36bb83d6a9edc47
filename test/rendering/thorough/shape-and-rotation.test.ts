import { expect, test } from "vitest";
import { expectCorners, quarters, UPRIGHT } from "../support/colours.ts";
import {
  anyFFmpeg,
  imagePiece,
  make,
  pictureOf,
  probe,
  renderFrames,
  STILL,
  segment,
  videoPiece,
} from "../support/pictures.ts";

test.each([
  [90, ["blue", "red", "green", "white"]],
  [180, ["white", "blue", "red", "green"]],
  [270, ["green", "white", "blue", "red"]],
] as const)(
  "a video with a rotation of %d degrees is shown upright and fitted by its rotated size",
  async (angle, corners) => {
    const whole = await make(
      ...["-f", "lavfi", "-i", `${quarters("128x64")},scale=out_color_matrix=bt601:out_range=tv,format=yuv420p`],
      ...["-c:v", "libx264", "-qp", "4", "-f", "mp4"],
    );
    // ffmpeg 5.1 reads this metadata counter-clockwise if it copies a track.
    const mark = ["-c", "copy", "-metadata:s:v:0", `rotate=${360 - angle}`, "-f", "mp4", "output"];
    const source = await anyFFmpeg({ whole }, ["-i", "whole", ...mark], "output");
    const { video } = await probe(source);
    const turned = angle % 180 !== 0;
    expect(video).toMatchObject({ rotation: angle, width: turned ? 64 : 128, height: turned ? 128 : 64 });
    const piece = videoPiece({ frames: 2, frameRate: 10, picture: await pictureOf(source) });
    // The frame has the rotated shape. With another shape there would be bars or missing corners.
    const size = turned ? { width: 64, height: 128 } : { width: 128, height: 64 };
    expectCorners(await renderFrames(segment([piece], { ...size, fit: "contain" }), [source]), [...corners]);
  },
);

/** Adds an Exif block with an orientation to a JPEG file (Exif 2.32, tag 0x0112). */
function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array {
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
  const tiff = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0];
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, body.length + 2, ...body, ...jpeg.subarray(2)]);
}

test("a photo is rotated by its Exif orientation", async () => {
  const jpeg = await make(
    ...["-f", "lavfi", "-i", quarters("128x64"), "-c:v", "mjpeg", "-q:v", "1", "-pix_fmt", "yuvj444p", ...STILL],
  );
  const source = withOrientation(jpeg, 6);
  const { video } = await probe(source);
  expect(video).toMatchObject({ rotation: 90, width: 64, height: 128 });
  const piece = imagePiece({ frames: 2, picture: await pictureOf(source), still: video?.still ?? null });
  const job = segment([piece], { width: 64, height: 128, fit: "contain" });
  expectCorners(await renderFrames(job, [source]), ["blue", "red", "green", "white"]);
});

test("a video with pixels that are not square is shown in the right shape", async () => {
  const source = await make(
    ...[
      "-f",
      "lavfi",
      "-i",
      `${quarters("64x128")},scale=out_color_matrix=bt601:out_range=tv,format=yuv420p,setsar=4/1`,
    ],
    ...["-c:v", "libx264", "-qp", "4", "-f", "mp4"],
  );
  expect((await probe(source)).video).toMatchObject({ width: 256, height: 128 });
  const piece = videoPiece({ frames: 2, frameRate: 10, picture: await pictureOf(source) });
  const job = segment([piece], { width: 128, height: 64, fit: "contain" });
  expectCorners(await renderFrames(job, [source]), UPRIGHT);
});
