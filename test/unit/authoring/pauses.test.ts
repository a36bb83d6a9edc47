import fc from "fast-check";
import { expect, test } from "vitest";
import { type ScriptPart, splitAtPauses, withoutPauses } from "../../../src/authoring/pauses.ts";

const text = (value: string): ScriptPart => ({ kind: "text", text: value });
const pause = (seconds: number): ScriptPart => ({ kind: "pause", seconds });

test.each<[script: string, parts: ScriptPart[]]>([
  ["One. [pause: 2s] Two.", [text("One."), pause(2), text("Two.")]],
  ["One.[pause:500ms]Two.", [text("One."), pause(0.5), text("Two.")]],
  ["One. [pause] Two.", [text("One."), pause(1), text("Two.")]],
  ["One. (PAUSE 1.5 seconds) Two.", [text("One."), pause(1.5), text("Two.")]],
  ["你好。[停顿3秒]再见。", [text("你好。"), pause(3), text("再见。")]],
  ["Hola. [pausa：2] Adiós.", [text("Hola."), pause(2), text("Adiós.")]],
  ["[pause: 2s]", [pause(2)]],
  ["[pause: 1s] One.\nTwo. [silence: 1s]", [pause(1), text("One.\nTwo."), pause(1)]],
  ["", []],
])("the script %j is split at its pauses", (script, parts) => {
  expect(splitAtPauses(script)).toEqual(parts);
});

test.each([
  ["[pause: 0.01s]", [pause(0.1)]],
  ["[pause: 99999s]", [pause(10)]],
  ["[pause: 6s] [pause: 3s]", [pause(9)]],
  ["[pause: 6s] [pause: 6s]", [pause(10)]],
])("the pauses of %j are between 0.1 and 10 s long, and neighbours become one", (script, parts) => {
  expect(splitAtPauses(script)).toEqual(parts);
});

test.each(["[pause: nope]", "[pause: -2s]", "[pause: 0s]", "[pause: 2 hours]", "(pause: 1e9)"])(
  "the tag %s has no usable length and is removed without a pause",
  (tag) => {
    expect(splitAtPauses(`One ${tag} two.`)).toEqual([text("One two.")]);
    expect(withoutPauses(`One ${tag} two.`)).toBe("One two.");
  },
);

test.each(["[paused]", "[music: 2s]", "(a pause)", "pause: 2s", "[pause", "[暂停一下]", `[pause: ${"9".repeat(80)}]`])(
  "%s is no pause tag and stays text",
  (tag) => {
    expect(splitAtPauses(`One ${tag} two.`)).toEqual([text(`One ${tag} two.`)]);
    expect(withoutPauses(`One ${tag} two.`)).toBe(`One ${tag} two.`);
  },
);

test("a script without its pauses keeps its lines and words", () => {
  expect(withoutPauses("[pause:1s]One. [pause: 2s] Two. [pause]\n[pause]\nThree, 3 [sic].")).toBe(
    "One. Two.\n\nThree, 3 [sic].",
  );
});

const piece = fc.constantFrom(
  "a",
  "[",
  "]",
  "(",
  ")",
  "pause",
  ":",
  " ",
  "2s",
  "\n",
  "[pause: 2s]",
  "pausa",
  "秒",
  "0.05",
);
const script = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

test("parts of any script are non-empty texts and pauses of 0.1 to 10 s, and no two of one kind follow each other", () => {
  fc.assert(
    fc.property(fc.oneof(script, fc.string({ unit: "binary" })), (given) => {
      const parts = splitAtPauses(given);
      const isRight = (part: ScriptPart) =>
        part.kind === "text"
          ? part.text !== "" && part.text === part.text.trim()
          : part.seconds >= 0.1 && part.seconds <= 10;
      expect(parts.every(isRight)).toBe(true);
      expect(parts.every(({ kind }, index) => kind !== parts[index - 1]?.kind)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("the shown script has the letters of the text parts, in order", () => {
  const letters = (value: string) => value.replaceAll(/\s/g, "");
  fc.assert(
    fc.property(script, (given) => {
      const spoken = splitAtPauses(given).map((part) => (part.kind === "text" ? part.text : ""));
      expect(letters(withoutPauses(given))).toBe(letters(spoken.join("")));
    }),
  );
});
