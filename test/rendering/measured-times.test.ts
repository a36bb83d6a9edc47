import { describe, expect, test } from "vitest";
import { soundtrackJob } from "../support/jobs.ts";
import { probes, wholeProbe } from "./support/pictures.ts";
import { renderers as jobRenderers } from "./support/renderers.ts";
import { level, RATE, samplesOf, synthesize } from "./support/sound.ts";

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

const tone = (seconds: number, format: string, ...options: string[]) =>
  synthesize(`sine=f=440:r=44100:d=${seconds}`, format, ...options);
const noise = (seconds: number, format: string, ...options: string[]) =>
  synthesize(`anoisesrc=r=44100:d=${seconds}`, format, ...options);

const sounds: [string, () => Promise<Uint8Array>][] = [
  ["an MP3 file without a header for its length", () => tone(2, "mp3", "-q:a", "4", "-write_xing", "0")],
  [
    "five MP3 files, one after the other",
    async () => {
      const [one, other] = [await tone(0.6, "mp3", "-q:a", "4"), await noise(0.7, "mp3", "-q:a", "2")];
      return joined(one, other, one, other, one);
    },
  ],
  [
    "three MP3 files of different sample rates and channels, one after the other",
    async () => joined(await tone(1, "mp3"), await tone(1.3, "mp3", "-ar", "24000"), await noise(2, "mp3", "-ac", "2")),
  ],
  ["an MP3 file with encoder delay in its header", () => tone(1.3, "mp3")],
  ["a WAV file that was cut off", async () => cut(await tone(2, "wav"), 0.6)],
  ["a WAV file whose header says 0 bytes", async () => withNumber(await tone(1.2, "wav"), "data", 0)],
  ["a WAV file whose header says 4 GiB", async () => withNumber(await tone(1.2, "wav"), "data", 0xffff_ffff)],
  ["a WAV file whose header says 2 GiB", async () => withNumber(await tone(1.2, "wav"), "data", 0x7fff_f000)],
  ["a WAV file of 24-bit samples", () => tone(1.2, "wav", "-c:a", "pcm_s24le")],
  ["a WAV file of 8-bit samples", () => tone(1.2, "wav", "-c:a", "pcm_u8")],
  ["a WAV file of compressed samples", () => tone(1.2, "wav", "-c:a", "adpcm_ms")],
  [
    "two Ogg files, one after the other",
    async () => joined(await tone(1.5, "ogg", "-c:a", "libvorbis"), await tone(1, "ogg", "-c:a", "libvorbis")),
  ],
  ["an Opus file", () => tone(1.3, "ogg", "-c:a", "libopus", "-ar", "48000")],
  [
    "a fragmented M4A file without a duration",
    () => tone(1.3, "mp4", "-c:a", "aac", "-movflags", "empty_moov+frag_keyframe"),
  ],
];

describe.each(probes)("with %s ffmpeg", (_, probe) => {
  test.each(sounds)("%s is as long as what decodes", async (_, makeSound) => {
    const file = await makeSound();
    const decoded = (await samplesOf(file)).length / RATE;
    const { kind, duration } = await probe(file);
    expect(kind).toBe("audio");
    // One packet of MP3 lasts 26 ms.
    expect(Math.abs(duration - decoded)).toBeLessThan(0.027);
  });
});

test.each(jobRenderers)(
  "the $name renderer plays a narration of joined files of different formats whole and in time",
  async ({ render }) => {
    const file = joined(
      await tone(1, "mp3"),
      await synthesize("anullsrc=r=24000:cl=mono:d=1", "mp3"),
      await tone(1, "mp3", "-ac", "2", "-ar", "48000"),
    );
    const probe = await (probes.at(0)?.[1] ?? wholeProbe)(file);
    expect(probe.audio).toMatchObject({ irregular: true });
    const narration = { input: 0, volume: 1, irregular: true };
    const samples = await samplesOf(await render(soundtrackJob(probe.duration, { narration }), [file]));
    const loud = [0.1, 0.5, 0.9, 1.2, 1.9, 2.3, 3].map((at) => level(samples, at, at + 0.05) > -30);
    expect(loud).toEqual([true, true, true, false, false, true, true]);
  },
);
