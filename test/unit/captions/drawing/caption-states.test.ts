import fc from "fast-check";
import { expect, test } from "vitest";
import { subtitleAnimations, subtitleDisplayModes } from "../../../../src/api/fields/subtitles.ts";
import { videoRequestSchema } from "../../../../src/api/video-request.ts";
import { captionStyle } from "../../../../src/captions/caption-style.ts";
import { type CaptionState, captionStates } from "../../../../src/captions/drawing/caption-states.ts";

const style = (fields: object) =>
  captionStyle(videoRequestSchema.parse({ video_subject: "a", ...fields }), { width: 720, height: 1280 });
const everything = { start: 0, end: Number.POSITIVE_INFINITY };
/** Three words; a pause of a second before the third. */
const text = {
  ...{ start: 10, end: 100 },
  words: [
    { start: 10, end: 20 },
    { start: 25, end: 40 },
    { start: 70, end: 90 },
  ],
};

/** For each state its first frame, and the index of the word that stands out. */
const highlighted = (states: readonly CaptionState[]) =>
  states.map(({ start, words }) => [start, words?.findIndex((word) => word.highlighted)]);

test("karaoke highlights each word from its first frame, until the next word or a long pause", () => {
  const states = captionStates(text, style({ subtitle_display_mode: "karaoke" }), 30, everything);
  expect(highlighted(states)).toEqual([
    [10, 0],
    [25, 1],
    [40, -1],
    [70, 2],
    [90, -1],
  ]);
  expect(states.at(-1)?.end).toBe(100);
});

test("karaoke with fill keeps the colour of spoken words and fills the spoken one evenly", () => {
  const states = captionStates(text, style({ subtitle_display_mode: "karaoke", karaoke_fill: true }), 30, everything);
  const filled = states.map(({ start, words, fill }) => [start, words?.map((word) => word.highlighted), fill]);
  expect(filled).toEqual([
    [10, [false, false, false], { word: 0, from: 0, to: 1 }],
    [20, [true, false, false], null],
    [25, [true, false, false], { word: 1, from: 0, to: 1 }],
    [40, [true, true, false], null],
    [70, [true, true, false], { word: 2, from: 0, to: 1 }],
    [90, [true, true, true], null],
  ]);
});

test("reveal shows each word from its first frame and keeps it", () => {
  const states = captionStates(text, style({ subtitle_display_mode: "reveal" }), 30, everything);
  expect(states.map(({ start, words }) => [start, words?.map(({ opacity }) => opacity)])).toEqual([
    [10, [1, 0, 0]],
    [25, [1, 1, 0]],
    [70, [1, 1, 1]],
  ]);
});

test("a sentence springs up to a tenth more than its size, and fades in and out", () => {
  const popped = captionStates(text, style({ subtitle_animation: "pop_spring" }), 30, everything);
  const scales = popped.map(({ scale }) => scale);
  expect(scales[0]).toBeLessThan(0.7);
  expect(Math.max(...scales)).toBeCloseTo(1.1, 1);
  expect(popped.at(-1)).toMatchObject({ start: 15, scale: 1 });
  const faded = captionStates(text, style({ subtitle_animation: "fade" }), 30, everything);
  const opacities = faded.map(({ opacity }) => opacity);
  expect(opacities.slice(0, 7)).toEqual([...opacities.slice(0, 6)].sort((a, b) => a - b).concat(1));
  expect(opacities.slice(-6)).toEqual(opacities.slice(0, 6).reverse());
  expect(faded.find(({ opacity }) => opacity === 1)).toMatchObject({ start: 16, end: 94 });
});

test("the states of any parts of a video are those of the whole video, frame by frame", () => {
  const looks = subtitleDisplayModes.flatMap((mode) =>
    subtitleAnimations.flatMap((animation) =>
      [false, true].map((fill) =>
        style({
          subtitle_display_mode: mode,
          subtitle_animation: animation,
          karaoke_fill: fill,
          highlight_color: "red",
        }),
      ),
    ),
  );
  const words = fc.array(fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 1, max: 20 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(words, fc.constantFrom(...looks), fc.integer({ min: 1, max: 60 }), (gaps, look, part) => {
      let at = 5;
      const spoken = gaps.map(([gap, length]) => {
        const start = at + gap;
        at = start + length;
        return { start, end: at };
      });
      const timed = { start: 5, end: at + 7, words: spoken };
      const whole = captionStates(timed, look, 30, everything);
      const frames = (states: readonly CaptionState[]) =>
        states.flatMap(({ start, end, fill, ...state }) =>
          Array.from({ length: end - start }, (_, index) => {
            const share = fill && fill.from + ((fill.to - fill.from) * index) / (end - start);
            return JSON.stringify({ ...state, frame: start + index, word: fill?.word, share: share?.toFixed(9) });
          }),
        );
      const parts = Array.from({ length: Math.ceil(timed.end / part) }, (_, index) =>
        captionStates(timed, look, 30, { start: index * part, end: (index + 1) * part }),
      );
      expect(frames(parts.flat())).toEqual(frames(whole));
      expect(frames(whole)).toHaveLength(timed.end - timed.start);
    }),
    { numRuns: 100 },
  );
});
