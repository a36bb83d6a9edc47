import { expect, test } from "vitest";
import { soundtrackJob } from "../../support/jobs.ts";
import { anyFFmpeg, make, wholeProbe } from "../support/pictures.ts";
import { render, renderers } from "../support/renderers.ts";
import { level, RATE, rawSamples } from "../support/sound.ts";

/** Joins files byte by byte. */
const joined = (...files: Uint8Array[]) => new Uint8Array(Buffer.concat(files));
/** The first part of a file, as an interrupted copy leaves it. */
const cut = (file: Uint8Array, share: number) => file.subarray(0, Math.round(file.byteLength * share));

/** Writes a 32-bit little-endian number behind the first occurrence of a four-character code. */
function withNumber(file: Uint8Array, code: string, value: number): Uint8Array {
  const copy = Buffer.from(file);
  copy.writeUInt32LE(value, copy.indexOf(code) + 4);
  return new Uint8Array(copy);
}

const sound = (graph: string, ...encoding: string[]) => make("-f", "lavfi", "-i", graph, ...encoding);
const tone = (seconds: number, ...encoding: string[]) => sound(`sine=f=440:r=44100:d=${seconds}`, ...encoding);

/** A second of sound at 44.1 kHz, a second of silence at 24 kHz, a second of sound in stereo at 48 kHz. */
const mixed = Promise.all([
  tone(1, "-f", "mp3"),
  sound("anullsrc=r=24000:cl=mono:d=1", "-f", "mp3"),
  tone(1, "-ac", "2", "-ar", "48000", "-f", "mp3"),
]).then((files) => joined(...files));
const cutOff = tone(2, "-f", "wav").then((file) => withNumber(cut(file, 0.6), "data", 0xffff_ffff));
const oggFile = tone(1, "-c:a", "libvorbis", "-f", "ogg");

test.each([
  ["an MP3 file without a header for its length", () => tone(2, "-q:a", "4", "-write_xing", "0", "-f", "mp3")],
  ["three MP3 files of different formats, one after the other", () => mixed],
  ["a WAV file that was cut off and whose header says 4 GiB", () => cutOff],
  ["two Ogg files, one after the other", async () => joined(await oggFile, await oggFile)],
] as const)("the length of %s is what decodes", async (_, makeSound) => {
  const file = await makeSound();
  const decoded = (await rawSamples(file, anyFFmpeg)).length / RATE;
  const { kind, duration } = await wholeProbe(file);
  expect(kind).toBe("audio");
  // One packet of MP3 lasts 26 ms.
  expect(Math.abs(duration - decoded)).toBeLessThan(0.027);
});

test("a narration of joined files of different formats is heard whole and in time", async () => {
  const narration = { input: 0, volume: 1, irregular: true };
  const samples = await rawSamples(await render(soundtrackJob(3.1, { narration }), [await mixed]), anyFFmpeg);
  const loud = [0.1, 0.5, 0.9, 1.2, 1.9, 2.3, 3].map((at) => level(samples, at, at + 0.05) > -30);
  expect(loud).toEqual([true, true, true, false, false, true, true]);
});

/** Renders a soundtrack of music alone, as it is planned from the music's probe. */
async function loopOf(music: Uint8Array, seconds: number, renderer: (typeof renderers)[number]) {
  const { duration, audio } = await wholeProbe(music);
  const irregular = audio?.irregular ? { irregular: true } : {};
  const job = soundtrackJob(seconds, { narration: null, music: { input: 0, volume: 1, duration, ...irregular } });
  return { duration, samples: await rawSamples(await renderer.render(job, [music]), anyFFmpeg) };
}

test.each(renderers)("the $name renderer loops music of joined MP3 files at its true length", async (renderer) => {
  const { duration, samples } = await loopOf(await mixed, 11, renderer);
  // Each round overlaps the next by a quarter: its second of silence comes once in a period.
  const period = 0.75 * duration;
  for (const round of [0, 1, 2]) {
    const loudAt = (at: number) => level(samples, round * period + at, round * period + at + 0.05) > -30;
    expect([0.1, 0.5, 0.9, 1.2, 1.5, 1.9, 2.25].map(loudAt)).toEqual([true, true, true, false, false, false, true]);
  }
});

test.each(renderers)(
  "the $name renderer loops music of a WAV file with a wrong length without a gap",
  async (renderer) => {
    const { duration, samples } = await loopOf(await cutOff, 6, renderer);
    expect(duration).toBeCloseTo(1.2, 2);
    // The music fades out in the last quarter.
    for (let at = 0.05; at < 4.4; at += 0.05) expect(level(samples, at, at + 0.05)).toBeGreaterThan(-30);
  },
);
