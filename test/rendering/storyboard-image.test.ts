import { expect, test } from "vitest";
import { ffmpeg } from "../support/ffmpeg.ts";
import { renderers } from "./support/renderers.ts";

/** A video with a red, a green and a blue frame in limited-range BT.709. */
async function colours(): Promise<Uint8Array> {
  const { output, log } = await ffmpeg(
    {},
    ...["red", "lime", "blue"].flatMap((colour) => [
      "-f",
      "lavfi",
      "-i",
      `color=${colour}:s=320x180:r=1:d=1,format=rgb24`,
    ]),
    ...["-filter_complex", "concat=n=3,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "1", "-colorspace", "bt709", "-color_range", "tv"],
    ...["-f", "mp4", "output"],
  );
  if (output.length === 0) throw new Error(log);
  return output;
}

test.each(renderers)(
  "the $name renderer lays out stills in a grid with the colours of the video",
  async ({ render }) => {
    const grid = { columns: 2, rows: 2, width: 160, height: 90 };
    const jpeg = await render({ kind: "stills", grid }, [await colours()]);
    expect([...jpeg.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    const { output } = await ffmpeg(
      { jpeg },
      "-f",
      "jpeg_pipe",
      "-i",
      "jpeg",
      "-pix_fmt",
      "rgb24",
      "-f",
      "rawvideo",
      "output",
    );
    expect(output).toHaveLength(320 * 180 * 3);
    const at = (x: number, y: number) => [...output.subarray((y * 320 + x) * 3, (y * 320 + x) * 3 + 3)];
    const near = (seen: number[], wanted: number[]) =>
      expect(Math.max(...seen.map((value, index) => Math.abs(value - (wanted[index] ?? 0))))).toBeLessThanOrEqual(8);
    near(at(80, 45), [255, 0, 0]);
    near(at(240, 45), [0, 255, 0]);
    near(at(80, 135), [0, 0, 255]);
    near(at(240, 135), [0, 0, 0]);
  },
);
