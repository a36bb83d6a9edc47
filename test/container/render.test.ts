import { afterAll, beforeAll, expect, test } from "vitest";
import { videoRequestSchema } from "../../src/api/video-request.ts";
import { assDocument } from "../../src/captions/ass-document.ts";
import { captionStyle } from "../../src/captions/caption-style.ts";
import { readFont } from "../../src/captions/fonts/read-font-file.ts";
import { mediaProbeSchema } from "../../src/protocol/render-job.ts";
import { probeAnswerSchema, readDigest } from "../../src/protocol/render-server.ts";
import { decodeWarnings, ffmpeg, ffprobe } from "../support/ffmpeg.ts";
import { fontFile } from "../support/fonts.ts";
import { soundtrackJob } from "../support/jobs.ts";
import { sha256 } from "./support/render-client.ts";
import { describeWithFfmpeg, RenderServer } from "./support/render-server.ts";
import { colourVideo, makeMedia, segment } from "./support/samples.ts";

/** Checks that a job succeeded with the right headers, and returns the file. */
async function rendered(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  expect(answer.status, answer.ok ? "" : await answer.text()).toBe(200);
  expect(answer.headers.get("content-type")).toBe("video/mp4");
  const bytes = await answer.bytes();
  expect(bytes.byteLength).toBe(Number(answer.headers.get("content-length")));
  expect(Buffer.from(readDigest(answer.headers.get("content-digest")) ?? "", "base64").toString("hex")).toBe(
    sha256(bytes),
  );
  return bytes;
}

/** Decodes a video track to RGB, with one array of bytes per frame. */
async function frames(file: Uint8Array, track: number, size: { width: number; height: number }): Promise<Uint8Array[]> {
  const args = ["-i", "file", "-map", `0:v:${track}`, "-f", "rawvideo", "-pix_fmt", "rgb24", "output"];
  const { output } = await ffmpeg({ file }, ...args);
  const bytes = size.width * size.height * 3;
  return Array.from({ length: output.byteLength / bytes }, (_, index) =>
    output.subarray(index * bytes, (index + 1) * bytes),
  );
}

/** The RGB colour in the middle of a 64×64 frame. */
function middle(frame: Uint8Array | undefined): number[] {
  return [...(frame ?? [])].slice((32 * 64 + 32) * 3).slice(0, 3);
}

describeWithFfmpeg("rendering", () => {
  let server: RenderServer;
  beforeAll(async () => {
    server = await RenderServer.start();
  });
  afterAll(() => server?.stop());

  test("a segment shows its pieces in order, each with its number of frames", async () => {
    const inputs = [await server.put(colourVideo("red", 2)), await server.put(colourVideo("blue", 2))];
    const job = segment([
      { input: 0, start: 1, frames: 10 },
      { input: 1, frames: 20 },
    ]);
    const file = await rendered(await server.render(job, inputs));

    expect(await decodeWarnings(file)).toBe("");
    expect((await ffprobe(file)).streams).toMatchObject([{ codec_name: "h264", width: 64, height: 64 }]);
    const shown = await frames(file, 0, { width: 64, height: 64 });
    expect(shown).toHaveLength(30);
    for (const [index, frame] of shown.entries()) {
      const [red = 0, , blue = 0] = middle(frame);
      expect(index < 10 ? red - blue : blue - red).toBeGreaterThan(150);
    }
    await server.idle();
  });

  test("a soundtrack has the requested length and the pitch of the narration", async () => {
    const tone = makeMedia("mp3", "-f", "lavfi", "-i", "sine=1000:d=3");
    const file = await rendered(await server.render(soundtrackJob(2), [await server.put(tone)]));

    expect(await decodeWarnings(file)).toBe("");
    const [stream] = (await ffprobe(file)).streams;
    expect(stream).toMatchObject({ codec_name: "aac", sample_rate: "48000", duration: "2.000000" });
    const decoded = await ffmpeg({ file }, "-i", "file", "-ac", "1", "-f", "s16le", "output");
    const samples = new Int16Array(decoded.output.buffer, 0, decoded.output.byteLength >> 1);
    let crossings = 0;
    for (let index = 24_001; index < 72_000; index++) {
      if ((samples[index - 1] ?? 0) < 0 && (samples[index] ?? 0) >= 0) crossings++;
    }
    expect(Math.abs(crossings - 1000)).toBeLessThanOrEqual(2);
  });

  test("captions are drawn on the second video track and not on the first", async () => {
    const size = { width: 640, height: 480 };
    const font = fontFile("NotoSans-Regular.ttf");
    const inputs = [await server.put(colourVideo("black", 1)), await server.put(font)];
    const request = videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }] });
    const cues = [{ start: 0, end: 15, text: "Edgereel" }];
    const ass = assDocument(cues, captionStyle(request, size), [readFont(font)], 30).text;
    const job = segment([{ frames: 15 }], { ...size, captions: { ass, fonts: [1], coloured: false } });
    const file = await rendered(await server.render(job, inputs));

    expect((await ffprobe(file)).streams.map((stream) => stream.codec_type)).toEqual(["video", "video"]);
    const lit = (frame: Uint8Array | undefined) => (frame ?? new Uint8Array()).filter((value) => value > 200).length;
    const [clean, captioned] = [await frames(file, 0, size), await frames(file, 1, size)];
    expect([clean.length, captioned.length]).toEqual([15, 15]);
    expect(lit(clean[7])).toBe(0);
    expect(lit(captioned[7])).toBeGreaterThan(300);
  });

  test("a job that is rendered twice gives the same bytes", async () => {
    const inputs = [await server.put(makeMedia("mp4", "-f", "lavfi", "-i", "testsrc2=d=1:s=320x240"))];
    const once = await rendered(await server.render(segment([{}]), inputs));
    const again = await rendered(await server.render(segment([{}]), inputs));
    expect(again).toEqual(once);
  });

  test("a probe describes a video file, an image file and an audio file", async () => {
    const probe = async (bytes: Uint8Array<ArrayBuffer>) => {
      const answer = await server.probe(await server.put(bytes));
      return mediaProbeSchema.parse(probeAnswerSchema.parse(await answer.json()).probe);
    };
    expect(await probe(colourVideo("red", 2))).toMatchObject({
      kind: "video",
      duration: 2,
      video: { codec: "h264", width: 320, height: 240, frameRate: 30 },
      audio: null,
    });
    const picture = makeMedia("png", "-f", "lavfi", "-i", "color=red:s=40x30", "-frames:v", "1");
    expect(await probe(picture)).toMatchObject({ kind: "image", video: { codec: "png", width: 40, height: 30 } });
    const sound = makeMedia("wav", "-f", "lavfi", "-i", "sine=d=1");
    expect(await probe(sound)).toMatchObject({ kind: "audio", duration: 1, video: null });
  });
});
