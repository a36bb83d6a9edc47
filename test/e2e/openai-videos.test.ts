import OpenAI, { toFile } from "openai";
import { expect, test } from "vitest";
import { decodeWarnings, ffmpeg, ffprobe } from "../support/ffmpeg.ts";
import { origin } from "./support/running-service.ts";

const { videos } = new OpenAI({ baseURL: `${origin}/v1`, apiKey: "none" });

test("OpenAI's client makes a video of the wanted length and size from a picture and a prompt", async () => {
  const { output: picture } = await ffmpeg(
    {},
    ...["-f", "lavfi", "-i", "color=c=#2060c0:s=320x320", "-frames:v", "1", "-f", "image2", "-c:v", "png", "output"],
  );
  const input_reference = await toFile(picture, "blue.png", { type: "image/png" });
  let video = await videos.create({
    prompt: "A blue sky.",
    seconds: "4",
    size: "180x320" as "720x1280",
    input_reference,
    // A field of the service's own API, so that the speech is short.
    ...{ video_script: "Blue." },
  });
  expect(video).toMatchObject({ object: "video", seconds: "4", size: "180x320" });
  const seen = new Set<string>();
  while (video.status === "queued" || video.status === "in_progress") {
    seen.add(video.status);
    await new Promise((resolve) => setTimeout(resolve, 200));
    video = await videos.retrieve(video.id);
  }
  expect(seen.size).toBeGreaterThan(0);
  expect(video).toMatchObject({ status: "completed", progress: 100, seconds: "4", size: "180x320", error: null });
  const mp4 = new Uint8Array(await (await videos.downloadContent(video.id)).arrayBuffer());
  expect(await decodeWarnings(mp4)).toBe("");
  const { format, streams } = await ffprobe(mp4);
  expect(Number(format.duration)).toBeCloseTo(4, 1);
  expect(streams).toContainEqual(expect.objectContaining({ codec_type: "video", width: 180, height: 320 }));
  expect(streams).toContainEqual(expect.objectContaining({ codec_type: "audio" }));
  const thumbnail = await videos.downloadContent(video.id, { variant: "thumbnail" });
  const { output: pixel } = await ffmpeg(
    { jpeg: new Uint8Array(await thumbnail.arrayBuffer()) },
    ...["-i", "jpeg", "-vf", "scale=1:1", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "output"],
  );
  for (const [channel, value] of [0x20, 0x60, 0xc0].entries()) {
    expect(Math.abs((pixel[channel] ?? 0) - value)).toBeLessThan(12);
  }
  expect(await videos.delete(video.id)).toMatchObject({ deleted: true });
});
