import { segmenterFor } from "../../text/segmenters.ts";

/** Estimates how long text takes to say, without a unit. An English word of average length takes about 6. Pure. */

/** What the letters of an alphabet take: a consonant, a letter for a vowel, and a group of these, which is a syllable. */
interface Rhythm {
  consonant: number;
  vowel: number;
  syllable: number;
}

/** In languages timed by stress, vowels outside it are short. In others, each syllable takes about as long. */
const STRESS_TIMED: Rhythm = { consonant: 1.2, vowel: 0.8, syllable: 0.25 };
const SYLLABLE_TIMED: Rhythm = { consonant: 1.05, vowel: 0.95, syllable: 0.8 };
const STRESS_TIMED_LANGUAGES = /^(?:en|de|nl|ru|uk|be|bg|da|sv|nb|nn|no|pt|und|mul)(?:-|$)/i;

const VOWEL = /[aeiouyæøœıаеёиоуыэюяіїєαεηιουω]/;
/** Letters that make one sound together. */
const ONE_SOUND = /(sch|tch|th|sh|ch|ck|ph|gh|wh|qu|ng|сч)|(\p{L})\2/gu;
/** A letter at the end of an English or French word that is not heard. */
const SILENT_END = /(?<=[\p{L}]{2}[^aeiouy])e(?=s?$)/u;

/** Characters that are syllables, or about as long as one or two. */
const SYLLABLES: readonly (readonly [RegExp, number])[] = [
  [/[\p{Script=Han}]/u, 4.5],
  [/[\p{Script=Hangul}]/u, 3.4],
  [/[ぁぃぅぇぉゃゅょァィゥェォャュョ]/u, 0.6],
  [/[\p{Script=Hiragana}\p{Script=Katakana}ー]/u, 2.3],
  // A digit is read as a word of its own, or as a part of a long one.
  [/\p{N}/u, 4.2],
];
/** Letters of scripts that leave vowels out, or have them as marks. */
const ABJAD = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}]/u;
const ABUGIDA =
  /[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Ethiopic}]/u;
/** Signs that are read as words. */
const SPOKEN_SIGN = /[%‰$€£¥₹&+=@§°]/u;

/** The pauses after the end of a sentence and after a comma, compared to words. */
const SENTENCE_PAUSE = 5;
const CLAUSE_PAUSE = 2.5;

/** How long a text takes to say with its pauses. */
export function speechLength(text: string, language = "und"): number {
  let length = 0;
  for (const { segment, isWordLike } of segmenterFor("und", "word").segment(text)) {
    if (isWordLike) length += sayingLength(segment, language);
    else if (SPOKEN_SIGN.test(segment)) length += 4;
    else if (/[.!?。！？؟।…]/u.test(segment)) length += SENTENCE_PAUSE;
    else if (/[,;:،؛、，；：—–]/u.test(segment)) length += CLAUSE_PAUSE;
  }
  return Math.max(1, length);
}

/** How long a word takes to say, without a pause after it. */
export function wordLength(word: string, language = "und"): number {
  let length = 0;
  for (const part of word.match(/[\p{L}\p{M}\p{N}'’]+|[%‰$€£¥₹&+=@§°]/gu) ?? []) {
    length += SPOKEN_SIGN.test(part) ? 4 : sayingLength(part, language);
  }
  return Math.max(1, length);
}

function sayingLength(word: string, language: string): number {
  // Capital letters alone are spelled.
  if (/^\p{Lu}{2,5}$/u.test(word) && !VOWEL.test(word.slice(1, -1).toLowerCase())) return 3 * word.length;
  let length = 0;
  let letters = "";
  for (const character of word.normalize("NFC")) {
    const syllable = SYLLABLES.find(([pattern]) => pattern.test(character));
    if (syllable) length += syllable[1];
    else if (ABJAD.test(character)) length += /\p{L}/u.test(character) ? 1.5 : 0.3;
    else if (ABUGIDA.test(character)) length += /\p{L}/u.test(character) ? 1.6 : 0.6;
    else if (/\p{L}/u.test(character)) letters += character;
  }
  return length + alphabetLength(letters, language);
}

function alphabetLength(letters: string, language: string): number {
  if (letters === "") return 0;
  const { consonant, vowel, syllable } = STRESS_TIMED_LANGUAGES.test(language) ? STRESS_TIMED : SYLLABLE_TIMED;
  const plain = letters.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  let length = 0;
  let inVowel = false;
  for (const letter of soundsOf(plain, language)) {
    const isVowel = VOWEL.test(letter);
    length += isVowel ? vowel + (inVowel ? 0 : syllable) : consonant;
    inVowel = isVowel;
  }
  return length;
}

/** The letters of a word with one letter for each sound. */
function soundsOf(plain: string, language: string): string {
  const heard = /^(?:en|fr|und)/i.test(language) ? plain.replace(SILENT_END, "") : plain;
  return heard.replace(
    ONE_SOUND,
    (_, joined: string | undefined, double: string | undefined) => double ?? (joined ? "t" : ""),
  );
}
