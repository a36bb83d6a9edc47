import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SoundtrackJob } from "../../../src/protocol/render-job.ts";
import { soundtrackJob } from "../../support/jobs.ts";
import { skippedWithout } from "../../support/skipped.ts";
import { render } from "../support/renderers.ts";
import { largestStep, level, loudnessOf, RATE, samplesOf, synthesize } from "../support/sound.ts";

const job = (seconds: number, parts: Partial<SoundtrackJob>) => soundtrackJob(seconds, { narration: null, ...parts });
const narration = { input: 0, volume: 1 };

test.each([
  ["8 kHz mono", "sine=f=440:r=8000:d=3", "wav", ["-ac", "1"]],
  ["24-bit at 96 kHz", "sine=f=440:r=96000:d=3", "wav", ["-c:a", "pcm_s24le"]],
  ["in six channels", "anoisesrc=c=pink:d=3:a=0.1,aformat=channel_layouts=5.1", "wav", []],
  ["very quiet", "sine=f=440:d=3,volume=-30dB", "wav", []],
  ["clipped", "sine=f=440:d=3,volume=30dB", "wav", []],
  ["shorter than a second", "sine=f=440:d=0.7", "wav", []],
])("narration that is %s is rendered at −14 LUFS and below −1 dBTP", async (_, graph, format, options) => {
  const file = await render(job(3, { narration }), [await synthesize(graph, format, ...options)]);
  const { integrated, peak } = await loudnessOf(file);
  expect(Math.abs(integrated + 14)).toBeLessThanOrEqual(1);
  expect(peak).toBeLessThanOrEqual(-1);
});

test("silence and a sound that is too short to measure are rendered at full length", async () => {
  for (const graph of ["anullsrc=d=2", "sine=f=440:d=0.05"]) {
    const file = await render(job(1, { narration }), [await synthesize(graph)]);
    expect((await samplesOf(file)).length / RATE).toBeCloseTo(1, 1);
    expect((await loudnessOf(file)).peak).toBeLessThanOrEqual(-1);
  }
});

const music = "/usr/share/asterisk/moh/";
const pieces = ["macroform-cold_day", "manolo_camp-morning_coffee", "reno_project-system"];

const hasMusic = existsSync(music);

test.skipIf(!hasMusic).each(pieces)(
  `the real music %s is rendered at −14 LUFS${skippedWithout(hasMusic, "asterisk-moh-opsound-wav")}`,
  async (name) => {
    const file = readFileSync(`${music}${name}.wav`);
    const duration = (file.byteLength - 44) / 16_000;
    const out = await render(job(8, { music: { input: 0, volume: 0.2, duration } }), [file]);
    const { integrated, peak } = await loudnessOf(out);
    expect(Math.abs(integrated + 14)).toBeLessThanOrEqual(1);
    expect(peak).toBeLessThanOrEqual(-1);
  },
);

test.each([
  ["looped in memory", 2, 9],
  ["looped by reading it again", 21, 30],
])("music that is too short is %s, without a gap or a click", async (_, length, wanted) => {
  // The length is not a whole number of periods, so a simple loop would click.
  const music = await synthesize(`sine=f=100.3:d=${length}`);
  const file = await render(job(wanted, { music: { input: 0, volume: 0.2, duration: length } }), [music]);
  const samples = (await samplesOf(file)).subarray(0, (wanted - 3.5) * RATE);
  for (let at = 0.1; at < wanted - 4; at += 0.1) expect(level(samples, at, at + 0.1)).toBeGreaterThan(-25);
  // A sine of 100 Hz changes by at most 2π·100/48000 = 1.3 % of its amplitude per sample.
  expect(largestStep(samples)).toBeLessThan(0.03);
});

test("music fades out within the last quarter of the video", async () => {
  const music = await synthesize("sine=f=400:d=20");
  for (const seconds of [2, 16]) {
    const file = await render(job(seconds, { music: { input: 0, volume: 0.2, duration: 20 } }), [music]);
    const samples = await samplesOf(file);
    const full = level(samples, seconds * 0.5, seconds * 0.6);
    expect(Math.abs(level(samples, seconds * 0.2, seconds * 0.3) - full)).toBeLessThan(0.5);
    expect(level(samples, seconds - 0.04, seconds) - full).toBeLessThan(-18);
  }
});
