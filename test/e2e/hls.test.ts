import { beforeAll, expect, test } from "vitest";
import { download, finish, watch } from "../../scripts/client.ts";
import { ffmpeg } from "../support/ffmpeg.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { skippedWithout } from "../support/skipped.ts";
import { readMediaSegment, readPlaylist } from "./support/hls.ts";
import { execute } from "./support/programs.ts";
import { origin, useSlowRenderer } from "./support/running-service.ts";
import { createNarrated, uploadSmallSamples } from "./support/samples.ts";

useSlowRenderer();

/** A task with narration that these tests watch, play, seek in and delete, and the URL of its stream. */
let id: string;
let url: string;
/** What ffmpeg prints about the stream that it plays from the first moment on. */
let playing: Promise<{ stdout: string; stderr: string }> | undefined;

beforeAll(async () => {
  await uploadSmallSamples(origin);
  id = await createNarrated(origin);
  url = `${origin}/api/v1/stream/${id}/final-1.m3u8`;
  const task = (await watch(origin, id, ({ streams, state }) => streams.length > 0 || state !== 4)).at(-1);
  expect(task).toMatchObject({ state: 4, streams: [url] });
  if (!hasFFmpeg) return;
  playing = frameHashes(url);
  playing.catch(() => {});
});

test("a playlist only grows at its end, has no gaps between media segments, and ends as a VOD playlist", async () => {
  const master = await (await fetch(url)).text();
  const [, codecs, size] = /CODECS="([^"]+)",RESOLUTION=(\S+?),FRAME-RATE=30.000/.exec(master) ?? [];
  expect(codecs).toMatch(/^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
  const early = await fetch(`${origin}/tasks/${id}/final-1.mp4`);
  expect([early.status, await early.json()]).toMatchObject([409, { data: { stream: url } }]);

  const renditions = ["video", "audio"].map((name) => url.replace(".m3u8", `/plan-0/${name}.m3u8`));
  const seen = await Promise.all(renditions.map(readPlaylist));
  expect(seen.map(({ type, ended }) => [type, ended])).toEqual([
    ["EVENT", false],
    ["EVENT", false],
  ]);
  while (!seen.every(({ ended }) => ended)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const [index, address] of renditions.entries()) {
      const next = await readPlaylist(address);
      const before = seen[index];
      const frozen = (text: string) => text.replace(/PLAYLIST-TYPE:\w+/, "");
      expect(frozen(next.text).startsWith(frozen(before?.text ?? ""))).toBe(true);
      seen[index] = next;
    }
  }
  const task = await finish(origin, id);
  expect(size).toBe(`${task.width}x${task.height}`);

  const tracks: { file: Uint8Array; spans: Awaited<ReturnType<typeof readMediaSegment>>[] }[] = [];
  for (const playlist of seen) {
    expect([playlist.type, playlist.mediaSequence]).toEqual(["VOD", 0]);
    const init = await download(playlist.init);
    const segments = await Promise.all(playlist.segments.map(({ url: segment }) => download(segment)));
    const spans = await Promise.all(segments.map((segment) => readMediaSegment(init, segment)));
    let end = 0;
    for (const [index, span] of spans.entries()) {
      const listed = playlist.segments[index]?.duration ?? 0;
      expect(Math.round(listed)).toBeLessThanOrEqual(playlist.targetDuration);
      expect(span.independent).toBe(true);
      expect(Math.abs(span.start - end)).toBeLessThan(0.001);
      expect(span.gap).toBeLessThan(0.001);
      expect(Math.abs(span.end - span.start - listed)).toBeLessThan(0.001);
      end = span.end;
    }
    tracks.push({ file: Buffer.concat([init, ...segments]), spans });
  }
  const [picture, sound] = tracks;
  const duration = task.durations[0] ?? 0;
  expect(picture?.spans.at(-1)?.end).toBeCloseTo(duration, 3);
  expect(Math.abs((sound?.spans.at(-1)?.end ?? 0) - duration)).toBeLessThan(0.011);

  const final = await download(task.videos[0] ?? "");
  for (const file of [final, picture?.file, sound?.file]) expect(editLists(file ?? new Uint8Array())).toEqual([]);
  const heard = (await readMediaSegment(new Uint8Array(), final, "audio")).packets;
  expect(heard).toBe(sound?.spans.reduce((sum, span) => sum + span.packets, 0));
  const streamed = await samples(sound?.file ?? new Uint8Array());
  expect(lag(streamed, await samples(final))).toBe(0);
});

test.skipIf(!hasFFmpeg)(
  `ffmpeg plays the stream of a video that is still being rendered and gets every frame of the finished file${skippedWithout(hasFFmpeg, "ffmpeg")}`,
  async () => {
    const played = await playing;
    const task = await finish(origin, id);
    const file = await frameHashes(task.videos[0] ?? "");
    const hashes = (framemd5 = "") => [...framemd5.matchAll(/^0,.*, *(\w+)$/gm)].map(([, hash]) => hash);
    expect(played?.stderr).toBe("");
    expect(hashes(played?.stdout)).toHaveLength(Math.round((task.durations[0] ?? 0) * 30));
    expect(hashes(played?.stdout)).toEqual(hashes(file.stdout));
  },
);

test("a finished stream is cached, declares its measured bandwidth, and answers 404 once its task is deleted", async () => {
  const task = await finish(origin, id);
  const video = await readPlaylist(url.replace(".m3u8", "/plan-0/video.m3u8"));
  const last = video.segments.at(-1)?.url ?? "";
  const hit = async () => (await fetch(last)).headers.get("x-edgereel-cache");
  await expect.poll(hit, { timeout: 30_000 }).toBe("HIT");
  const rates = await measuredRates(url);
  const master = await (await fetch(url)).text();
  const said = /BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+),/.exec(master)?.slice(1).map(Number) ?? [];
  // HLS validators accept declared rates up to 10 % above the measured rates, and none below them.
  for (const [index, measured] of [rates.peak, rates.average].entries()) {
    expect(said[index]).toBeGreaterThanOrEqual(measured);
    expect(said[index]).toBeLessThan(measured * 1.1);
  }
  const etag = (await fetch(url)).headers.get("etag") ?? "";
  expect((await fetch(url, { headers: { "if-none-match": etag } })).status).toBe(304);

  expect((await fetch(`${origin}/api/v1/tasks/${id}`, { method: "DELETE" })).status).toBe(200);
  for (const address of [url, url.replace(".m3u8", "/plan-0/audio.m3u8"), video.init, last, task.videos[0] ?? ""]) {
    expect([address, (await fetch(address)).status]).toEqual([address, 404]);
  }
});

/** The edit lists in an MP4's headers, by their type. */
function editLists(file: Uint8Array): string[] {
  const text = Buffer.from(file).toString("latin1");
  return text.slice(0, text.indexOf("mdat")).match(/edts|elst/g) ?? [];
}

/** Decodes the pictures at a URL with ffmpeg, which prints the MD5 of each. */
function frameHashes(source: string): Promise<{ stdout: string; stderr: string }> {
  const args = ["-v", "error", "-i", source, "-map", "0:v", "-f", "framemd5", "-"];
  return execute("ffmpeg", args, { maxBuffer: 1e8 });
}

/** Peak and average bit rate of a finished stream in bits per second, measured from its media segments. */
async function measuredRates(url: string): Promise<{ peak: number; average: number }> {
  let [peak, average] = [0, 0];
  for (const rendition of ["video", "audio"]) {
    const { segments } = await readPlaylist(url.replace(".m3u8", `/plan-0/${rendition}.m3u8`));
    const sizes = await Promise.all(segments.map(async (segment) => (await download(segment.url)).byteLength));
    peak += Math.max(...segments.map(({ duration }, index) => (8 * (sizes[index] ?? 0)) / duration));
    average +=
      (8 * sizes.reduce((sum, size) => sum + size, 0)) / segments.reduce((sum, { duration }) => sum + duration, 0);
  }
  return { peak, average };
}

/** Decodes a file's sound to one channel of samples, positioned by the file's timestamps. */
async function samples(file: Uint8Array): Promise<Int16Array> {
  const { output: bytes } = await ffmpeg(
    { file },
    ...["-i", "file", "-map", "0:a", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-f", "s16le", "output"],
  );
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1);
}

/** The shift in samples at which `other` matches `one` best, at most 50 ms in either direction. */
function lag(one: Int16Array, other: Int16Array): number {
  let best = { shift: Number.NaN, difference: Number.POSITIVE_INFINITY };
  for (let shift = -2400; shift <= 2400; shift += 8) {
    let difference = 0;
    for (let at = 48_000; at < 96_000; at += 3) difference += Math.abs((one[at] ?? 0) - (other[at + shift] ?? 0));
    if (difference < best.difference) best = { shift, difference };
  }
  return best.shift;
}
