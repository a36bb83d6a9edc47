/** Letters and punctuation that are written from right to left: the Bidi classes R and AL of UAX #9. */
const RIGHT_TO_LEFT =
  /[[\p{L}\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u061b\u061f\u06d4]&&[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]]/v;
/** A character with a strong direction, or a digit. Regional indicators, which make flags, are strong. */
const STRONG_OR_DIGIT =
  /[\p{L}\p{Nd}\p{Mc}\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u061b\u061f\u06d4\u{1f1e6}-\u{1f1ff}]/gv;
/** Text inside directional isolates, which does not count for the base direction. */
const ISOLATE = /[\u2066-\u2068][^\u2069]*\u2069?/g;
/** A line that a speaker says, in a dialogue of one line for each speaker. */
const SPEECH_DASH = /^[-–—]/;

type Direction = "ltr" | "rtl";

/** Right-to-left mark and left-to-right mark: invisible characters with a strong direction. */
const MARKS = { rtl: "\u200f", ltr: "\u200e" } as const;

/** A paragraph of a subtitle, with its lines prepared for a layout that treats each line as a paragraph. */
export interface DirectedText {
  /** The lines, separated by `\n`, with invisible marks where they are needed. */
  text: string;
  /** True if each line is laid out in the direction of its first strong character; otherwise from left to right. */
  automatic: boolean;
}

/**
 * Prepares a subtitle for libass, which takes each line for a paragraph. The base direction of the whole subtitle
 * decides how each line is laid out: the direction of its first strong character (UAX #9, rules P2 and P3). Lines of a
 * dialogue, which begin with dashes, are paragraphs of their own.
 */
export function directedText(text: string): DirectedText {
  if (!RIGHT_TO_LEFT.test(text)) return { text, automatic: true };
  const lines = text.split("\n");
  if (lines.length > 1 && lines.every((line) => SPEECH_DASH.test(line))) return { text, automatic: true };
  const base = baseDirection(text);
  const directed = lines.map((line, index) => {
    const before = directions(lines.slice(0, index).join(" "), base).at(-1) ?? base;
    const own = directions(line, before);
    const after = directions(lines.slice(index + 1).join(" "), own.at(-1) ?? before)[0] ?? base;
    const marks: Direction[] = [];
    // Punctuation and digits at either end of the line belong to the text beyond the line break.
    if (base === "rtl" && baseDirection(line) === "ltr") marks.push(base);
    if (before !== base && !beginsStrong(line)) marks.push(before);
    const end = after !== base && own.at(-1) === after && !/[\p{L}\p{M}\p{N}]$/u.test(line) ? MARKS[after] : "";
    return marks.map((mark) => MARKS[mark]).join("") + line + end;
  });
  return { text: directed.join("\n"), automatic: base === "rtl" };
}

/** The direction of the first strong character; left to right if there is none. */
function baseDirection(text: string): Direction {
  const letter = [...text.replace(ISOLATE, "").matchAll(STRONG_OR_DIGIT)].find(([match]) => !/\p{Nd}/u.test(match));
  return letter && RIGHT_TO_LEFT.test(letter[0]) ? "rtl" : "ltr";
}

/**
 * The directions of the strong characters and digits of a text. A digit goes with the last letter before it: after
 * left-to-right text it is a part of that text, otherwise it counts as right to left (UAX #9, rules W7 and N1).
 */
function directions(text: string, before: Direction): Direction[] {
  let last = before;
  return Array.from(text.matchAll(STRONG_OR_DIGIT), ([match]) => {
    if (!/\p{Nd}/u.test(match)) last = RIGHT_TO_LEFT.test(match) ? "rtl" : "ltr";
    return last;
  });
}

function beginsStrong(line: string): boolean {
  const [first = ""] = line;
  return first.search(STRONG_OR_DIGIT) >= 0 && !/\p{Nd}/u.test(first);
}
