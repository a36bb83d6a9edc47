import { beforeAll, expect, test } from "vitest";
import { soundtrackJob } from "../../src/planning/soundtrack-job.ts";
import type { MediaProbe } from "../../src/protocol/render-job.ts";
import { parseVideoRequest } from "../../src/tasks/create/parse-video-request.ts";
import { planTimelines, type RenderLimits } from "../../src/timeline/plan-timeline.ts";
import { type Render, renderInWasm, renderNatively } from "../rendering/support/renderers.ts";
import { RATE, samplesOf, synthesize } from "../rendering/support/sound.ts";
import { probedVideo } from "../support/jobs.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { skippedWithout } from "../support/skipped.ts";

const SECONDS = 3;
const limits: RenderLimits = {
  ...{ shortSide: 64, segmentSeconds: 3, segmentPixelSeconds: 1e9, inputBytes: 1e9, totalSeconds: 1e9 },
  encoder: { preset: "ultrafast", crf: 30 },
};
/** Pitches in Hz. The narration speaks in the first second only, and each burst of the clip lasts half a second. */
const [VOICE, MUSIC, CLIP] = [2000, 300, 900];
const sounds = {
  voice: `aevalsrc='0.3*sin(2*PI*${VOICE}*t)*lt(t,1)':s=48000:d=${SECONDS}`,
  music: `aevalsrc='0.3*sin(2*PI*${MUSIC}*t)':s=48000:d=${SECONDS}`,
  clip: `aevalsrc='0.3*sin(2*PI*${CLIP}*t)*lt(mod(t,1),0.5)':s=48000:d=8`,
};
const files = new Map<string, Uint8Array>();
/** The samples of each job that was rendered: equal jobs sound the same. */
const rendered = new Map<string, Float32Array>();

beforeAll(async () => {
  if (!hasFFmpeg) return;
  for (const [name, graph] of Object.entries(sounds)) files.set(name, await synthesize(graph));
});

const media = (name: string, probe: MediaProbe) => ({
  input: { name, sha256: name, size: 1, from: { store: "r2" as const, key: name } },
  probe,
});
const heard = (duration: number): MediaProbe => ({
  ...{ kind: "audio", format: "wav", duration, video: null, audio: { codec: "pcm_s16le" } },
});
const film: MediaProbe = { ...heard(8), kind: "video", video: probedVideo(64, 36, 30) };

/** The level in decibels of a pitch in samples between two times in seconds. */
function levelOf(samples: Float32Array, pitch: number, from: number, to: number): number {
  const part = samples.subarray(Math.round(from * RATE), Math.round(to * RATE));
  let [cosine, sine] = [0, 0];
  for (const [index, value] of part.entries()) {
    // A Hann window, so that other pitches do not leak into this one.
    const weighted = value * (1 - Math.cos((2 * Math.PI * index) / part.length));
    cosine += weighted * Math.cos((2 * Math.PI * pitch * index) / RATE);
    sine += weighted * Math.sin((2 * Math.PI * pitch * index) / RATE);
  }
  return 20 * Math.log10((2 * Math.hypot(cosine, sine)) / part.length + 1e-6);
}

interface Heard {
  /** Decibels of a pitch between two times. */
  at(pitch: number, from: number, to: number): number;
  samples: Float32Array;
}

/** Plans a request with narration, music and a clip with sound as the service does, and renders the soundtrack. */
async function hear(fields: object, render: Render): Promise<Heard> {
  const { request } = parseVideoRequest({
    ...{ video_materials: [{ url: "clip" }], video_clip_duration: 8, video_concat_mode: "sequential" },
    ...{ custom_audio_file: "voice", bgm_file: "music", ...fields },
  });
  const source = { kind: "video", start: 0, duration: 8, limit: 0 } as const;
  const [timeline] = planTimelines(request, [source], SECONDS, limits, "a task");
  const sound =
    timeline &&
    soundtrackJob(timeline, {
      ...{ request, materials: [media("clip", film)], narration: media("voice", heard(SECONDS)) },
      music: request.bgm_type === "" ? null : media("music", heard(SECONDS)),
    });
  if (!sound) throw new Error("the video has no sound");
  const inputs = sound.inputs.map(({ name }) => files.get(name) ?? new Uint8Array(0));
  const job = `${render.name} ${JSON.stringify([sound.job, sound.inputs])}`;
  const samples = rendered.get(job) ?? (await samplesOf(await render(sound.job, inputs)));
  rendered.set(job, samples);
  return { samples, at: (pitch, from, to) => levelOf(samples, pitch, from, to) };
}

/** How much louder the voice is than the music after it, in decibels. */
const voiceToMusic = ({ at }: Heard) => at(VOICE, 0.3, 0.8) - at(MUSIC, 1.9, 2.2);
const near = (value: number, wanted: number, tolerance = 1.5) =>
  expect(Math.abs(value - wanted)).toBeLessThan(tolerance);
const musicLevel = (factor: number) => (sound: Heard, usual: Heard) =>
  near(voiceToMusic(usual) - voiceToMusic(sound), 20 * Math.log10(factor / 0.2));
const voiceLevel = (factor: number) => (sound: Heard, usual: Heard) =>
  near(voiceToMusic(sound) - voiceToMusic(usual), 20 * Math.log10(factor));
/** The level of a pitch below that of the loudest sound. */
const silent = (pitch: number, from: number, to: number) => (sound: Heard) =>
  expect(sound.at(pitch, from, to)).toBeLessThan(-55);
/** The clip's bursts begin at each second of the clip, and their pitch is the clip's. */
const clipAt = (speed: number) => (sound: Heard) => {
  const begin = speed < 1 ? 0 : 1 / speed;
  expect(sound.at(CLIP, begin + 0.05, begin + 0.4 / speed)).toBeGreaterThan(-25);
  expect(sound.at(CLIP, begin + 0.6 / speed, begin + 0.9 / speed)).toBeLessThan(-45);
  const tone = sound.samples.subarray((begin + 0.03) * RATE, (begin + 0.03 + 0.4 / speed) * RATE);
  const periods = tone.reduce((sum, value, at) => sum + (value >= 0 && (tone[at - 1] ?? 0) < 0 ? 1 : 0), 0);
  near(periods / (tone.length / RATE), CLIP, 30);
};
const same = (sound: Heard, usual: Heard) => expect(sound.samples).toEqual(usual.samples);
/** Only the clip can be heard. */
const clipAlone = { clip_volume: 1, voice_volume: 0, bgm_volume: 0 };

/** What a value of a field does to the sound, and the fields of both this request and the usual one. */
type Row = [field: string, value: unknown, effect: (sound: Heard, usual: Heard) => void, others?: object];
const rows: Row[] = [
  ["voice_volume", 1, same],
  ["voice_volume", 0.25, voiceLevel(0.25)],
  ["voice_volume", 4, voiceLevel(4)],
  ["voice_volume", 0, silent(VOICE, 0.3, 0.8)],
  ["bgm_volume", 0.2, same],
  ["bgm_volume", 0.05, musicLevel(0.05)],
  ["bgm_volume", 1, musicLevel(1)],
  ["bgm_volume", 0, silent(MUSIC, 0.3, 2.8)],
  ["bgm_type", "random", same],
  ["bgm_type", "", silent(MUSIC, 0.3, 2.8)],
  ["bgm_type", "none", silent(MUSIC, 0.3, 2.8)],
  ["clip_volume", 0, silent(CLIP, 0.1, 2.9)],
  ["clip_volume", 1, ({ at }) => expect(at(CLIP, 2.1, 2.4)).toBeGreaterThan(-25)],
  ["video_clip_speed", 0.5, clipAt(0.5), clipAlone],
  ["video_clip_speed", 1, clipAt(1), clipAlone],
  ["video_clip_speed", 2, clipAt(2), clipAlone],
  ["n_threads", 1, same],
  ["n_threads", 16, same],
];

test.skipIf(!hasFFmpeg).each([
  ["native", renderNatively],
  ["wasm", renderInWasm],
] as const)(
  `every value of the fields for sound has its effect on the soundtrack of the %s renderer${skippedWithout(hasFFmpeg, "ffmpeg")}`,
  async (_, render) => {
    const usual = new Map<string, Heard>();
    for (const [field, value, effect, others = {}] of rows) {
      const key = JSON.stringify(others);
      const compared = usual.get(key) ?? (await hear(others, render));
      usual.set(key, compared);
      try {
        effect(await hear({ ...others, [field]: value }, render), compared);
      } catch (error) {
        throw new Error(`${field} ${JSON.stringify(value)}: ${error}`, { cause: error });
      }
    }
  },
);
