/** Letters, punctuation and marks with the direction right to left: the Bidi classes R and AL of UAX #9. */
const RIGHT_TO_LEFT =
  /[[\p{L}\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u061b\u061c\u061f\u06d4\u200f]&&[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]]/v;
/** A character with a strong direction. Regional indicators, which make flags, have one. */
const STRONG =
  /[\p{L}\p{Mc}\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u061b\u061c\u061f\u06d4\u200e\u200f\u{1f1e6}-\u{1f1ff}]/v;
const STRONG_OR_DIGIT = new RegExp(`${STRONG.source}|\\p{Nd}`, "gv");
const ARABIC_LETTER = /\p{Script=Arabic}|\p{Script=Syriac}|\p{Script=Thaana}/u;
/** Text inside directional isolates, which does not count for the base direction. */
const ISOLATE = /[\u2066-\u2068][^\u2069]*\u2069?/g;
/** A line that a speaker says, in a dialogue of one line for each speaker. */
const SPEECH_DASH = /^[-–—]/;
const BRACKETS = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
  ["（", "）"],
]);

export type Direction = "ltr" | "rtl";

/** Invisible characters with a strong direction. */
const MARKS = { ltr: "\u200e", rtl: "\u200f" } as const;
const ARABIC_LETTER_MARK = "\u061c";

/**
 * Prepares a subtitle for libass, which takes each line for a paragraph and does not pair brackets. The direction of
 * the first strong character of the whole subtitle decides how each line is laid out (UAX #9, rules P2 and P3). Lines
 * of a dialogue, which begin with dashes, are paragraphs of their own.
 *
 * @returns the lines, separated by `\n`, with invisible marks where they are needed.
 */
export function directedText(text: string): string {
  if (!RIGHT_TO_LEFT.test(text)) return text;
  const lines = text.split("\n");
  if (lines.length > 1 && lines.every((line) => SPEECH_DASH.test(line))) {
    return lines.map((line) => directedBrackets(line, baseDirection(line))).join("\n");
  }
  const base = baseDirection(text);
  return directedLines(directedBrackets(text, base).split("\n"), base);
}

/**
 * A part of a paragraph that is shown alone, with an invisible mark at its start if it would otherwise be laid out in
 * another direction than the paragraph. Lines of a dialogue, which begin with dashes, are paragraphs of their own.
 */
export function partOfParagraph(part: string, direction: Direction): string {
  if (baseDirection(part) === direction || part.split("\n").every((line) => SPEECH_DASH.test(line))) return part;
  return MARKS[direction] + part;
}

/** Adds the marks that make up for the text before and after each line, which libass does not see. */
function directedLines(lines: readonly string[], base: Direction): string {
  let before = base;
  const directed = lines.map((line, index) => {
    const own = directions(line, before);
    const last = own.at(-1)?.direction ?? before;
    const after = directions(lines.slice(index + 1).join(" "), last)[0]?.direction ?? base;
    const beginsStrong = STRONG.test(String.fromCodePoint(line.codePointAt(0) ?? 0));
    let start = baseDirection(line) === base ? "" : MARKS[base];
    if (before !== base && !beginsStrong) start += MARKS[before];
    // After an Arabic letter, digits behave differently (rule W2).
    const earlier = lines.slice(0, index).join(" ");
    if (before === "rtl" && !beginsStrong && ARABIC_LETTER.test(lastStrong(earlier))) start += ARABIC_LETTER_MARK;
    const end = after !== base && last === after && !/[\p{L}\p{M}\p{N}]$/u.test(line) ? MARKS[after] : "";
    before = own.findLast(({ digit }) => !digit)?.direction ?? before;
    return start + line + end;
  });
  return directed.join("\n");
}

/** Puts marks on both sides of each pair of brackets, so that the pair has one direction (UAX #9, rule N0). */
function directedBrackets(text: string, base: Direction): string {
  const strong = directions(text, base);
  const marks = new Map<number, Direction>();
  const open: { index: number; closing: string }[] = [];
  for (const [index, character] of text.split("").entries()) {
    const closing = BRACKETS.get(character);
    if (closing !== undefined) open.push({ index, closing });
    const pair = open.findLastIndex((bracket) => bracket.closing === character);
    if (pair < 0) continue;
    const start = open[pair]?.index ?? 0;
    open.length = pair;
    const inside = strong.filter((it) => it.index > start && it.index < index).map(({ direction }) => direction);
    if (inside.length === 0) continue;
    const before = strong.findLast((it) => it.index < start)?.direction ?? base;
    const direction = inside.includes(base) ? base : before;
    marks.set(start, direction).set(index, direction);
  }
  return Array.from(text.split(""), (character, index) => {
    const direction = marks.get(index);
    return direction ? MARKS[direction] + character + MARKS[direction] : character;
  }).join("");
}

/** The direction of the first strong character; left to right if there is none (UAX #9, rules P2 and P3). */
export function baseDirection(text: string): Direction {
  const [letter] = STRONG.exec(text.replace(ISOLATE, "")) ?? [];
  return letter !== undefined && RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr";
}

/**
 * The directions of the strong characters and digits of a text. A digit goes with the last letter before it: after
 * left-to-right text it is a part of that text, otherwise it counts as right to left (UAX #9, rules W7 and N1).
 *
 * @param before the direction of the text before.
 */
function directions(text: string, before: Direction): { index: number; direction: Direction; digit: boolean }[] {
  let last = before;
  return Array.from(text.matchAll(STRONG_OR_DIGIT), ({ 0: match, index }) => {
    const digit = !STRONG.test(match);
    if (!digit) last = RIGHT_TO_LEFT.test(match) ? "rtl" : "ltr";
    return { index, direction: last, digit };
  });
}

function lastStrong(text: string): string {
  return [...text.matchAll(STRONG_OR_DIGIT)].findLast(([match]) => STRONG.test(match))?.[0] ?? "";
}
