import { beforeAll, expect, test } from "vitest";
import { encoderSchema, type Piece } from "../../../src/protocol/render-job.ts";
import { fontFile } from "../../support/fonts.ts";
import {
  anyFFmpeg,
  decode,
  decoderConfiguration,
  installed,
  make,
  pictureOf,
  psnr,
  render,
  renderers,
  segment,
  videoPiece,
} from "../support/pictures.ts";

const [WIDTH, HEIGHT, FRAMES] = [180, 320, 20];
const footage = installed("/usr/share/doc/opencv-doc/examples/data/vtest.avi");
const presets = encoderSchema.shape.preset.options;

/** An ASS document without subtitles, so that both tracks of a segment show the same frames. */
const captions = {
  ass: "[Script Info]\nScriptType: v4.00+\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n[Events]\nFormat: Layer, Start, End, Style, Text\n",
  fonts: [1],
  coloured: false,
};

let clip: Uint8Array;
let pieces: Piece[];
let source: Uint8Array[];
beforeAll(async () => {
  clip =
    footage ?? (await make("-f", "lavfi", "-i", "mandelbrot=s=320x240:r=30", "-t", "1", "-c:v", "ffv1", "-f", "avi"));
  pieces = [videoPiece({ frames: FRAMES, start: 0.2, frameRate: 10, picture: await pictureOf(clip) })];
  source = (await decode(await render(segment(pieces), [clip]), WIDTH, HEIGHT)).frames;
});

/** Renders a segment in a preset with the default rate factor, with or without subtitles. */
function rendered(
  preset: (typeof presets)[number],
  captioned: boolean,
  { frames = FRAMES, run = anyFFmpeg } = {},
): Promise<Uint8Array> {
  const used = pieces.map((piece) => ({ ...piece, frames }));
  const job = segment(used, { encoder: { preset, crf: 23 }, captions: captioned ? captions : null });
  return render(job, captioned ? [clip, fontFile("NotoSans-Regular.ttf")] : [clip], run);
}

/** Mean PSNR in dB against the frames before encoding. */
async function quality(file: Uint8Array, track: number): Promise<number> {
  const args = ["-i", "file", "-map", `0:v:${track}`, "-c", "copy", "-f", "mp4", "alone"];
  const { frames } = await decode(await anyFFmpeg({ file }, args, "alone"), WIDTH, HEIGHT);
  expect(frames).toHaveLength(FRAMES);
  const values = frames.map((frame, index) => psnr(frame, source[index], WIDTH * HEIGHT));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test.each(renderers)(
  "the %s renderer gives segments with and without subtitles the same decoder configuration in every preset",
  async (_, run) => {
    for (const preset of presets) {
      const plain = decoderConfiguration(await rendered(preset, false, { frames: 2, run }));
      const both = await rendered(preset, true, { frames: 2, run });
      expect([preset, decoderConfiguration(both, 0), decoderConfiguration(both, 1)]).toEqual([preset, plain, plain]);
    }
  },
);

test.each(presets)(
  "the track without subtitles has the same quality as the track with subtitles in the preset %s",
  async (preset) => {
    const file = await rendered(preset, true);
    expect(await quality(file, 0)).toBeGreaterThan((await quality(file, 1)) - 0.25);
  },
);

test("a segment with only the track with subtitles has the same packets as the second of two tracks", async () => {
  const inputs = [clip, fontFile("NotoSans-Regular.ttf")];
  const packets = async (fields: object, track: number) => {
    const video = await render(
      segment(pieces, { captions, encoder: { preset: "veryfast", crf: 23 }, ...fields }),
      inputs,
    );
    const tracks = [...Buffer.from(video).toString("latin1").matchAll(/avcC/g)].length;
    const copy = ["-map", `0:v:${track}`, "-c", "copy", "-f", "h264", "packets"];
    return { tracks, packets: await anyFFmpeg({ video }, ["-i", "video", ...copy], "packets") };
  };
  const [both, one] = [await packets({}, 1), await packets({ clean: false }, 0)];
  expect([both.tracks, one.tracks]).toEqual([2, 1]);
  expect(Buffer.compare(one.packets, both.packets)).toBe(0);
});
