import fc from "fast-check";
import { expect, test } from "vitest";
import { timeCues } from "../../../../src/captions/timing/cue-timing.ts";
import { speechLength } from "../../../../src/captions/timing/speech-length.ts";

test("timed cues cover the whole length in the order of the lines, without gaps", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 5000 }),
      (lines, frames) => {
        const cues = timeCues(lines, frames);
        expect(cues.at(0)?.start).toBe(0);
        expect(cues.at(-1)?.end).toBe(frames);
        for (const [index, cue] of cues.entries()) {
          expect(cue.end).toBeGreaterThan(cue.start);
          if (index > 0) expect(cue.start).toBe(cues[index - 1]?.end);
        }
        // Lines may be left out and may be equal. So the texts are a subsequence of the lines.
        let next = 0;
        for (const { text } of cues) {
          const found = lines.indexOf(text, next);
          expect(found, `${text} after line ${next}`).toBeGreaterThanOrEqual(next);
          next = found + 1;
        }
      },
    ),
  );
});

test("every line gets a cue if there is enough time", () => {
  expect(timeCues(["a", "b", "c"], 300)).toHaveLength(3);
});

test("a longer line is shown for a longer time", () => {
  const [short, long] = timeCues(["Hi.", "This one takes a good deal longer to say."], 300);
  expect((long?.end ?? 0) - (long?.start ?? 0)).toBeGreaterThan(2 * ((short?.end ?? 0) - (short?.start ?? 0)));
});

test("a Chinese sentence has a similar estimated speech length to its English translation", () => {
  const ratio = speechLength("人工智能正在改变我们的生活。") / speechLength("AI is changing our lives.");
  expect(ratio).toBeGreaterThan(0.7);
  expect(ratio).toBeLessThan(2.5);
});

test("timeCues returns no cues if there are no lines", () => {
  expect(timeCues([], 100)).toEqual([]);
});

test("every cue is shown for the least time if there is time for that, and the cues still fill all frames", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 40 }),
      fc.nat({ max: 2000 }),
      (texts, more) => {
        const frames = 15 * texts.length + more;
        const cues = timeCues(texts, frames, 15);
        expect(cues).toHaveLength(texts.length);
        for (const { start, end } of cues) expect(end - start).toBeGreaterThanOrEqual(15);
        expect(cues.at(-1)?.end).toBe(frames);
      },
    ),
  );
});
