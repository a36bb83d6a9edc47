/** The first bytes of the two-byte characters of an encoding that are common in its languages. */
interface CommonCharacters {
  /** Ranges of first bytes of common characters. */
  common: readonly (readonly [number, number])[];
  /** First bytes of Japanese syllables, without which a text in the encoding is not plausible. */
  syllables?: readonly [number, number];
  /** Whether words are separated by spaces. */
  spaced?: true;
}

const TWO_BYTES: Record<string, CommonCharacters> = {
  gb18030: {
    common: [
      [0xa1, 0xa3],
      [0xb0, 0xd7],
    ],
  },
  big5: { common: [[0xa1, 0xc6]] },
  shift_jis: {
    common: [
      [0x81, 0x83],
      [0x88, 0x97],
    ],
  },
  "euc-jp": {
    common: [
      [0xa1, 0xa1],
      [0xa4, 0xa5],
      [0xb0, 0xcf],
    ],
    syllables: [0xa4, 0xa5],
  },
  "euc-kr": {
    common: [
      [0xa1, 0xa1],
      [0xb0, 0xc8],
    ],
    spaced: true,
  },
};

/**
 * How plausible it is that bytes are text in an encoding, from 0 to 1. It helps where a text is too short for the frequency of
 * its letters to tell: words of one script have their capitals first or throughout, and common characters have low codes.
 *
 * @param encoding as `TextDecoder` names it.
 * @param text the bytes, decoded in this encoding.
 */
export function plausibility(bytes: Uint8Array, encoding: string, text: string): number {
  const twoBytes = TWO_BYTES[encoding];
  return twoBytes ? commonShare(bytes, twoBytes, encoding) : plausibleWords(text);
}

/** The share of two-byte characters that are common. */
function commonShare(bytes: Uint8Array, { common, syllables, spaced }: CommonCharacters, encoding: string): number {
  const within = (byte: number, [from, to]: readonly [number, number]) => from <= byte && byte <= to;
  const firsts: number[] = [];
  let secondsInAscii = 0;
  let spaces = 0;
  for (let index = 0; index < bytes.length; index++) {
    if ((bytes[index] as number) < 0x80) continue;
    firsts.push(bytes[index] as number);
    if ((bytes[++index] ?? 0) < 0x80) secondsInAscii++;
    if (bytes[index + 1] === 0x20 && (bytes[index + 2] ?? 0) >= 0x80) spaces++;
  }
  if (firsts.length === 0 || (syllables && !firsts.some((first) => within(first, syllables)))) return 0;
  const share = firsts.filter((first) => common.some((range) => within(first, range))).length / firsts.length;
  // In Big5, two of five characters have a second byte of ASCII.
  if (encoding === "big5" && secondsInAscii === 0) return share * (firsts.length > 3 ? 0.2 : 0.9);
  // Half of the common Chinese characters are above this byte, and all Korean syllables below it.
  if (encoding === "gb18030" && firsts.length > 2 && firsts.every((first) => first <= 0xc8)) return share * 0.9;
  // Chinese and Japanese have no spaces between words.
  return share * (spaced || spaces === 0 ? 1 : 0.8);
}

/** Thai syllables have their vowels and tone marks in a fixed order around a consonant. */
const THAI_WORD =
  /^(?:[เ-ไ]?[ก-ฮ][\u0e31\u0e34-\u0e3a\u0e47\u0e4d]?[\u0e48-\u0e4c]?[\u0e30\u0e32\u0e33\u0e45]?|[ๆฯ฿๐-๙])+$/u;
const LATIN_BESIDE_THAI = /[a-z@^_][\u0e01-\u0e5b]|[\u0e01-\u0e5b][a-z@^_]/i;
/** The ten most frequent letters. They are four of ten letters of Thai texts. */
const FREQUENT_THAI = /[านรอกเงมยล]/g;
const MIN_THAI_MARKS = 3;

/** True if a text is Thai without doubt. Bytes of another encoding hardly ever have Thai vowels only where they can stand. */
export function isThai(text: string): boolean {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const words = text.match(/[\u0e01-\u0e5b]+/g) ?? [];
  return (
    count(/[\u0e31\u0e34-\u0e3a\u0e47-\u0e4d]/g) >= MIN_THAI_MARKS &&
    count(FREQUENT_THAI) >= 0.25 * count(/[\u0e01-\u0e5b]/g) &&
    words.every((word) => THAI_WORD.test(word)) &&
    !LATIN_BESIDE_THAI.test(text)
  );
}

/** The share of words with letters outside ASCII that are written as words are. */
function plausibleWords(text: string): number {
  const words = text.match(/[^\s!-/:-@[-`{-~]*[^\0-\u007f][^\s!-/:-@[-`{-~]*/gu) ?? [];
  return words.length === 0 ? 0 : words.filter(isWord).length / words.length;
}

const OUTER_MARKS = /^[\p{Ps}\p{Pi}„‚¿¡–—«»]+|[\p{Pe}\p{Pf}…–—“؟،؛»«°]+$/gu;
const ONE_SCRIPT = [
  /^[\p{Script=Latin}\p{M}'’\d-]+$/u,
  /^[\p{Script=Cyrillic}'’\d-]+$/u,
  /^[\p{Script=Greek}'’\d-]+$/u,
];
const CASED_WORD = /^(?:\p{Lu}?[\p{Ll}\p{M}ªºƒµ]*|[\p{Lu}\p{M}]+|\p{Lu}?\p{Ll}*[-'’]\p{Lu}?\p{Ll}*)$/u;
const UNCASED_WORD =
  /^(?:(?:[א-ת][\u05b0-\u05c7]{0,2})(?:[א-ת][\u05b0-\u05c7]{0,2}|["'״׳־-])*|[\p{Script=Arabic}\u0640]+|[ก-ฮเ-ไ][\p{Script=Thai}\d]*)$/u;

function isWord(word: string): boolean {
  const bare = word.replace(OUTER_MARKS, "");
  if (bare === "") return true;
  // Latin words have also letters of ASCII.
  if (/^\p{Script=Latin}{3,}$/u.test(bare) && !/[a-z]/i.test(bare)) return false;
  if (UNCASED_WORD.test(bare)) return true;
  return ONE_SCRIPT.some((script) => script.test(bare)) && CASED_WORD.test(bare.replace(/\d/g, ""));
}
