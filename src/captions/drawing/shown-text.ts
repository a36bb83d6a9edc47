import { baseDirection, directedText, partOfParagraph } from "../base-direction.ts";
import type { CaptionStyle } from "../caption-style.ts";
import type { Font } from "../fonts/read-font-file.ts";
import type { Cue } from "../timing/cue-timing.ts";
import { capitals } from "./uppercase.ts";

/** A text as it is drawn, and where its words are. */
export interface ShownText {
  /** Lines separated by `\n`. */
  text: string;
  /** Places of the words as UTF-16 indexes of the text, in the order of the text. */
  words: readonly Span[];
}

export interface Span {
  from: number;
  to: number;
}

/** The text of a cue in the letters that the style asks for, with the places of its words. */
export function shownText(cue: Cue, style: CaptionStyle, fonts: readonly Font[]): ShownText {
  const shown = { text: cue.text, words: cue.words ?? [] };
  return style.capitals === null ? shown : inCapitals(shown, style.capitals, fonts);
}

/** One word as a text of its own, laid out in the direction of the whole text. */
export function singleWord({ text }: ShownText, { from, to }: Span): ShownText {
  const part = text.slice(from, to).replaceAll("\n", " ");
  const word = partOfParagraph(part, baseDirection(text));
  return { text: word, words: [{ from: 0, to: word.length }] };
}

/** A text with the invisible marks that libass needs to lay it out in the right direction. */
export function directed({ text, words }: ShownText): ShownText {
  const marked = directedText(text);
  if (marked === text) return { text, words };
  /** The index in the marked text of each index in the plain text. */
  const places: number[] = [];
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    while (at < marked.length && marked[at] !== text[index]) at++;
    places.push(at++);
  }
  places.push(marked.length);
  const end = (to: number) => (places[to - 1] ?? -1) + 1;
  return { text: marked, words: words.map(({ from, to }) => ({ from: places[from] ?? 0, to: end(to) })) };
}

function inCapitals({ text, words }: ShownText, language: string, fonts: readonly Font[]): ShownText {
  let shown = "";
  let at = 0;
  const add = (to: number) => {
    const from = shown.length;
    shown += capitals(text.slice(at, to), language, fonts);
    at = Math.max(at, to);
    return { from, to: shown.length };
  };
  const spans = words.map(({ from, to }) => {
    add(from);
    return add(to);
  });
  add(text.length);
  return { text: shown, words: spans };
}
