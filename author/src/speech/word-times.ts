import type { SpokenWord } from "../../../src/protocol/author.ts";

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

/** Scripts that are written without spaces between words. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Times of the characters of a text, in seconds, as ElevenLabs gives them. The lists are equally long. */
export interface CharacterTimes {
  characters: readonly string[];
  starts: readonly number[];
  ends: readonly number[];
}

/** Joins the times of characters to times of words. Null if the lists do not fit together. */
export function wordsOfCharacters({ characters, starts, ends }: CharacterTimes): SpokenWord[] | null {
  if (characters.length === 0 || starts.length !== characters.length || ends.length !== characters.length) return null;
  // The index of the character in which each UTF-16 code unit lies: a "character" may have several.
  const owners = characters.flatMap((character, index) => Array.from({ length: character.length }, () => index));
  const text = characters.join("");
  const words = [...text.matchAll(/\S+/gu)].flatMap(({ 0: part, index }) => splitPart(part, index));
  return checkWords(
    words.map(({ text: word, index }) => ({
      text: word,
      start: starts[owners[index] ?? 0] ?? Number.NaN,
      end: ends[owners[index + word.length - 1] ?? 0] ?? Number.NaN,
    })),
  );
}

/** Splits a part without white space into words, if its script has no spaces. Punctuation stays with the word before. */
function splitPart(part: string, index: number): { text: string; index: number }[] {
  if (!WITHOUT_SPACES.test(part)) return [{ text: part, index }];
  const words: { text: string; index: number }[] = [];
  for (const { segment, isWordLike, index: offset } of segmenter.segment(part)) {
    const last = words.at(-1);
    if (isWordLike || !last) words.push({ text: segment, index: index + offset });
    else last.text += segment;
  }
  return words;
}

/**
 * Checks the times of words that a provider gave. Parts without a letter or digit, such as punctuation, are left out.
 * Returns null if there are none, or if the times are not those of a speech.
 */
export function checkWords(words: readonly SpokenWord[]): SpokenWord[] | null {
  const spoken = words.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  if (spoken.length === 0) return null;
  let earliest = 0;
  for (const { start, end } of spoken) {
    if (!(start >= earliest && end >= start && end < 3600)) return null;
    earliest = start;
  }
  return spoken.map(({ text, start, end }) => ({ text: text.trim(), start, end }));
}
