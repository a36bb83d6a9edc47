import { BufferSource, EncodedPacketSink, Input, MP4 } from "mediabunny";
import { beforeAll, expect, inject, test } from "vitest";
import { assemble } from "../../../src/jobs/assemble-job.ts";
import type { AssembleWork } from "../../../src/protocol/task-jobs.ts";
import { assembleWork } from "../../support/jobs.ts";
import "../../support/joinable-files.ts";
import { bindings } from "../support/bindings.ts";

const { MEDIA } = bindings;
const fixtures = inject("fixtures");

beforeAll(async () => {
  for (const [name, encoded] of Object.entries(fixtures)) await MEDIA.put(name, Uint8Array.fromBase64(encoded));
});

const { signal } = new AbortController();

const joined = [
  { key: "first", frames: 30 },
  { key: "second", frames: 30 },
];
const work = (change: Partial<AssembleWork> = {}) => assembleWork(joined, "joined.mp4", change);

/** A packet's times and bytes. */
interface Packet {
  time: number;
  duration: number;
  key: boolean;
  bytes: string;
}

async function packets(bytes: ArrayBuffer): Promise<{ video: Packet[]; audio: Packet[]; duration: number }> {
  using input = new Input({ formats: [MP4], source: new BufferSource(bytes) });
  const read = async (track: Awaited<ReturnType<Input["getPrimaryVideoTrack" | "getPrimaryAudioTrack"]>>) => {
    const found: Packet[] = [];
    if (!track) return found;
    for await (const { timestamp, duration, type, data } of new EncodedPacketSink(track).packets()) {
      found.push({ time: timestamp, duration, key: type === "key", bytes: data.toBase64() });
    }
    return found;
  };
  return {
    video: await read(await input.getPrimaryVideoTrack()),
    audio: await read(await input.getPrimaryAudioTrack()),
    duration: await input.computeDuration(),
  };
}

async function stored(key: string): Promise<ArrayBuffer> {
  const object = await MEDIA.get(key);
  if (!object) throw new Error(`${key} is not stored`);
  return object.arrayBuffer();
}

/** The types of an MP4's outermost boxes, in order. */
function boxes(bytes: ArrayBuffer): string[] {
  const view = new DataView(bytes);
  const types: string[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    types.push(new TextDecoder().decode(new Uint8Array(bytes, at + 4, 4)));
    const size = view.getUint32(at);
    at += size === 1 ? Number(view.getBigUint64(at + 8)) : size;
  }
  return types;
}

test("assembly copies every frame of every segment in order and at the frame rate", async () => {
  await assemble(MEDIA, work(), signal);
  const joined = await packets(await stored("joined.mp4"));
  const [first, second] = [await packets(await stored("first")), await packets(await stored("second"))];
  expect(joined.video.map(({ bytes }) => bytes)).toEqual([...first.video, ...second.video].map(({ bytes }) => bytes));
  for (const [frame, { time, duration }] of joined.video.entries()) {
    expect(time).toBeCloseTo(frame / 30, 6);
    expect(duration).toBeCloseTo(1 / 30, 6);
  }
  expect([joined.video[0]?.key, joined.video[30]?.key]).toEqual([true, true]);
  expect(joined.duration).toBeCloseTo(2, 6);
  expect(joined.audio).toEqual([]);
  expect((await MEDIA.head("joined.mp4"))?.httpMetadata?.contentType).toBe("video/mp4");
});

test("assembly copies the soundtrack without the encoder's priming, from 0 to the end of the video", async () => {
  await assemble(MEDIA, work({ soundtrack: "sound" }), signal);
  const joined = await packets(await stored("joined.mp4"));
  const sound = await packets(await stored("sound"));
  expect(joined.video).toHaveLength(60);
  expect(sound.audio[0]?.time).toBeCloseTo(-1024 / 48_000, 6);
  expect(joined.audio[0]?.time).toBe(0);
  // 2 seconds are 93.75 packets.
  expect(joined.audio.map(({ bytes }) => bytes)).toEqual(sound.audio.slice(1, 95).map(({ bytes }) => bytes));
  const end = joined.audio.at(-1);
  expect(Math.abs((end?.time ?? 0) + (end?.duration ?? 0) - 2)).toBeLessThan(0.011);
});

test("an assembled file has no edit list, with and without a soundtrack", async () => {
  for (const soundtrack of [null, "sound"]) {
    await assemble(MEDIA, work({ soundtrack }), signal);
    const text = new TextDecoder("latin1").decode(await stored("joined.mp4"));
    expect(text.slice(0, text.indexOf("mdat"))).toContain("trak");
    expect(text.slice(0, text.indexOf("mdat"))).not.toMatch(/edts|elst/);
  }
});

test("assembly puts the index before the media data, so that playback starts at once", async () => {
  for (const soundtrack of [null, "sound"]) {
    await assemble(MEDIA, work({ soundtrack }), signal);
    const types = boxes(await stored("joined.mp4"));
    expect(types[0]).toBe("ftyp");
    expect(types.indexOf("moov")).toBeGreaterThan(0);
    expect(types.indexOf("moov")).toBeLessThan(types.indexOf("mdat"));
  }
});

test("assembly repeats a segment as often as the plan names it", async () => {
  const segments = Array.from({ length: 12 }, () => ({ key: "first", frames: 30 }));
  await assemble(MEDIA, work({ segments }), signal);
  expect((await packets(await stored("joined.mp4"))).video).toHaveLength(360);
});

test.each<[string, Partial<AssembleWork>, RegExp]>([
  [
    "were encoded differently",
    {
      segments: [
        { key: "first", frames: 30 },
        { key: "larger", frames: 30 },
      ],
    },
    /segment 2 of 2 has another codec configuration/,
  ],
  [
    "have fewer frames than planned",
    { segments: [{ key: "first", frames: 31 }] },
    /segment 1 of 1 has 30 frames instead of 31/,
  ],
  [
    "have more frames than planned",
    { segments: [{ key: "first", frames: 29 }] },
    /segment 1 of 1 has more than 29 frames/,
  ],
  [
    "are missing",
    {
      segments: [
        { key: "first", frames: 30 },
        { key: "nothing", frames: 30 },
      ],
    },
    /segment 2 of 2 is no longer stored/,
  ],
  ["have no video track", { segments: [{ key: "sound", frames: 30 }] }, /segment 1 of 1 has no video track/],
  ["come with a missing soundtrack", { soundtrack: "nothing" }, /the soundtrack is no longer stored/],
  ["come with a soundtrack without an audio track", { soundtrack: "first" }, /the soundtrack has no audio track/],
])("segments that %s are refused and nothing is stored", async (_, change, reason) => {
  const refused = assemble(MEDIA, work({ key: "refused.mp4", ...change }), signal);
  await expect(refused).rejects.toMatchObject({ code: "join_failed" });
  await expect(refused).rejects.toThrow(reason);
  expect(await MEDIA.head("refused.mp4")).toBeNull();
});

test("an aborted assembly stops and stores nothing", async () => {
  const reason = new Error("nobody wants it");
  await expect(assemble(MEDIA, work({ key: "called-off.mp4" }), AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(await MEDIA.head("called-off.mp4")).toBeNull();
});
