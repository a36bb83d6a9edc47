import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { SoundtrackJob } from "../../src/protocol/render-job.ts";
import { decodeWarnings, ffprobe } from "../support/ffmpeg.ts";
import { soundtrackJob } from "../support/jobs.ts";
import { render, renderers } from "./support/renderers.ts";
import { largestStep, level, loudnessOf, RATE, samplesOf, synthesize } from "./support/sound.ts";

const job = (seconds: number, parts: Partial<SoundtrackJob>) => soundtrackJob(seconds, { narration: null, ...parts });
const narration = { input: 0, volume: 1 };
const sample = (name: string) => readFileSync(new URL(`../../samples/${name}`, import.meta.url));

test.each(renderers)(
  "the $name renderer mixes narration and music to the video's length, at −14 LUFS and below −1 dBTP",
  async ({ render }) => {
    const music = await synthesize("aevalsrc='0.3*sin(2*PI*220*t)+0.2*sin(2*PI*331*t)*gt(mod(t,0.5),0.4)':d=4");
    const parts = { narration, music: { input: 1, volume: 0.2, duration: 4 } };
    const file = await render(job(6, parts), [sample("narration.mp3"), music]);
    const { integrated, peak } = await loudnessOf(file);
    expect(Math.abs(integrated + 14)).toBeLessThanOrEqual(1);
    expect(peak).toBeLessThanOrEqual(-1);
    expect(await decodeWarnings(file)).toBe("");
    const [stream] = (await ffprobe(file)).streams;
    expect(stream).toMatchObject({ codec_name: "aac", sample_rate: "48000" });
    expect(Math.abs(Number(stream?.duration) - 6)).toBeLessThanOrEqual(1024 / RATE);
  },
);

test.each(renderers)("the $name renderer keeps the timing of the narration", async ({ render }) => {
  const clicks = await synthesize("aevalsrc='0.9*lt(mod(t,1),0.002)':s=48000:d=3");
  const samples = await samplesOf(await render(job(3, { narration }), [clicks]));
  for (const second of [1, 2]) {
    const from = (second - 0.1) * RATE;
    const at = (from + samples.subarray(from).findIndex((value) => Math.abs(value) > 0.2)) / RATE;
    expect(Math.abs(at - second)).toBeLessThan(0.002);
  }
});

test("music is quieter during narration and returns to its level afterwards", async () => {
  const voice = await synthesize("anoisesrc=d=6:a=0.3:c=white,highpass=f=4000:p=2,volume='between(t,2,4)':eval=frame");
  const music = await synthesize("sine=f=300:d=6,volume=2");
  const file = await render(job(6, { narration, music: { input: 1, volume: 1, duration: 6 } }), [voice, music]);
  const low = await samplesOf(file, "lowpass=f=500:p=2,lowpass=f=500:p=2");
  expect(level(low, 1, 1.8) - level(low, 2.5, 3.9)).toBeGreaterThan(6);
  expect(Math.abs(level(low, 1, 1.8) - level(low, 5 - 0.6, 5 - 0.5))).toBeLessThan(4);
});

test("the sound of each clip is heard while the clip is shown and starts without a click", async () => {
  const low = await synthesize("sine=f=200:d=4");
  const high = await synthesize("sine=f=3000:d=4");
  const pieces = [
    { input: 0, start: 1, samples: RATE },
    { input: null, start: 0, samples: RATE / 2 },
    { input: 1, start: 0.37, samples: RATE },
    // The source is shorter than this piece, so the rest is silent.
    { input: 0, start: 3.5, samples: RATE },
  ];
  const file = await render(job(3.5, { clips: { volume: 1, pieces } }), [low, high]);
  const lows = await samplesOf(file, "lowpass=f=600:p=2,lowpass=f=600:p=2");
  const highs = await samplesOf(file, "highpass=f=1500:p=2,highpass=f=1500:p=2");
  const heard = (samples: Float32Array) =>
    [0.5, 1.25, 2, 2.75, 3.3].map((at) => level(samples, at - 0.1, at + 0.1) > -30);
  expect(heard(lows)).toEqual([true, false, false, true, false]);
  expect(heard(highs)).toEqual([false, false, true, false, false]);
  // At its start and end the low tone makes no larger steps than within the tone.
  const whole = await samplesOf(file);
  expect(largestStep(whole.subarray(0, 1.4 * RATE))).toBeLessThan(0.06);
});

test("a volume of 0.25 makes narration 12 dB quieter relative to the other sound", async () => {
  const voice = await synthesize("sine=f=3000:d=3");
  const music = await synthesize("sine=f=200:d=3");
  const balance = async (volume: number) => {
    const parts = {
      narration: { input: 0, volume },
      clips: { volume: 1, pieces: [{ input: 1, start: 0, samples: 3 * RATE }] },
    };
    const file = await render(job(3, parts), [voice, music]);
    return (
      level(await samplesOf(file, "highpass=f=1500:p=2"), 1, 2) -
      level(await samplesOf(file, "lowpass=f=400:p=2"), 1, 2)
    );
  };
  expect((await balance(1)) - (await balance(0.25))).toBeCloseTo(12, 0);
});
