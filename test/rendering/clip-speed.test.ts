import { expect, test } from "vitest";
import type { Piece } from "../../src/protocol/render-job.ts";
import { soundtrackJob } from "../support/jobs.ts";
import { make, renderers as pictureRenderers, renderFrames, segment, videoPiece } from "./support/pictures.ts";
import { renderers } from "./support/renderers.ts";
import { level, RATE, samplesOf, synthesize } from "./support/sound.ts";

const [WIDTH, HEIGHT] = [128, 32];
const BITS = 8;

/**
 * A clip of 2.5 seconds whose frames show their numbers: eight bars, each white for a bit that is set.
 *
 * @param select the frames that the clip has.
 */
const numbered = (rate: number, select = "1") =>
  make(
    ...["-f", "lavfi", "-i", `color=black:s=${WIDTH}x${HEIGHT}:r=${rate}:d=2.5,format=gray`],
    ...["-vf", `geq=lum='if(bitand(N,pow(2,floor(X/${WIDTH / BITS}))),235,16)',format=yuv420p,select='${select}'`],
    ...["-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-g", "12", "-f", "mp4"],
  );

/** The numbers that frames show. */
const numbers = (frames: readonly Uint8Array[]) =>
  frames.map((frame) => {
    const isSet = (bit: number) => (frame[(HEIGHT / 2) * WIDTH + (bit + 0.5) * (WIDTH / BITS)] ?? 0) > 125;
    return Array.from({ length: BITS }, (_, bit) => (isSet(bit) ? 2 ** bit : 0)).reduce((sum, value) => sum + value, 0);
  });

/** Clips with a frame rate and the speed at which they play. The last one has only every third frame from one second on. */
const clips = [
  { rate: 25, speed: 0.5 },
  { rate: 30, speed: 2 },
  { rate: 24, speed: 1.7 },
  { rate: 60, speed: 1.6 },
  { rate: 12, speed: 0.8 },
  { rate: 30, speed: 1.25, keep: (frame: number) => frame < 30 || frame % 3 === 0 },
] as const;
const files = Promise.all(
  clips.map((clip) => numbered(clip.rate, "keep" in clip ? "lt(n,30)+not(mod(n,3))" : undefined)),
);
const [FRAMES, START] = [20, 0.6];

/** The frame of a clip that is on screen at each output frame: shortly after it begins. */
const wanted = clips.map((clip) =>
  Array.from({ length: FRAMES }, (_, index) => {
    let frame = Math.floor((START + ((index + 0.3125) * clip.speed) / 30) * clip.rate + 0.01);
    while ("keep" in clip && !clip.keep(frame)) frame--;
    return frame;
  }),
);

test.each(pictureRenderers)(
  "the %s renderer shows the right frame of a clip at any speed, also in a shot that is cut into pieces",
  async (_, run) => {
    const pieces = clips.flatMap(({ rate, speed, ...clip }, input): Piece[] => {
      const whole = videoPiece({ input, frames: FRAMES, start: START, frameRate: "keep" in clip ? null : rate, speed });
      const part = (offset: number, frames: number) => ({
        ...whole,
        ...{ frames, start: START + (offset * speed) / 30, shot: { frames: FRAMES, offset } },
      });
      return [whole, part(0, 7), part(7, 6), part(13, 7)];
    });
    const { frames } = await renderFrames(segment(pieces, { width: WIDTH, height: HEIGHT }), await files, run);
    expect(numbers(frames)).toEqual(wanted.flatMap((shot) => [...shot, ...shot]));
  },
);

/** The middle of the energy between two times, in seconds. */
function middleOf(samples: Float32Array, from: number, to: number): number {
  let [energy, moment] = [0, 0];
  for (let at = Math.round(from * RATE); at < to * RATE; at++) {
    const power = (samples[at] ?? 0) ** 2;
    energy += power;
    moment += power * at;
  }
  return moment / energy / RATE;
}

test.each(renderers)(
  "the $name renderer plays a clip's sound at the speed of its picture and keeps its pitch",
  async ({ render }) => {
    // Bursts of 440 Hz that begin at each second.
    const sound = await synthesize("aevalsrc='0.5*sin(2*PI*440*t)*lt(mod(t,1),0.5)':s=48000:d=5");
    for (const speed of [0.5, 1.5, 2]) {
      const pieces = [{ input: 0, start: 0.75, samples: RATE * 2, speed }];
      const job = soundtrackJob(2, { narration: null, clips: { volume: 1, pieces } });
      const samples = await samplesOf(await render(job, [sound]));
      for (let second = 1; (second - 0.75 + 0.7) / speed < 2; second++) {
        const begins = (second - 0.75) / speed;
        const middle = middleOf(samples, begins - 0.2 / speed, begins + 0.7 / speed);
        expect(Math.abs(middle - begins - 0.25 / speed), `second ${second} at ${speed}`).toBeLessThan(0.01);
        const tone = samples.subarray((begins + 0.03) * RATE, (begins + 0.03 + 0.4 / speed) * RATE);
        const periods = tone.reduce((sum, value, at) => sum + (value >= 0 && (tone[at - 1] ?? 0) < 0 ? 1 : 0), 0);
        expect(Math.abs(periods / (tone.length / RATE) - 440)).toBeLessThan(15);
        expect(level(samples, begins + 0.55 / speed, begins + 0.9 / speed)).toBeLessThan(-40);
      }
    }
  },
);
