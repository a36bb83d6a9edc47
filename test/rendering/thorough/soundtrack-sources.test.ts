import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SoundtrackJob } from "../../../src/protocol/render-job.ts";
import { soundtrackJob } from "../../support/jobs.ts";
import { skippedWithout } from "../../support/skipped.ts";
import { render } from "../support/renderers.ts";
import { loudnessOf, RATE, samplesOf, synthesize } from "../support/sound.ts";

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
