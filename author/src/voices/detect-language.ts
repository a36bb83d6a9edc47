import { francAll } from "franc-min";
import { baseLanguage } from "./language-tags.ts";
import { alienLetters, functionWords, LATIN_LANGUAGES } from "./latin-languages.ts";

/** Scripts that tell the language, or which languages use them. Checked in this order. */
const SCRIPTS: readonly { pattern: RegExp; language: string }[] = [
  { pattern: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu, language: "ja" },
  { pattern: /\p{Script=Hangul}/gu, language: "ko" },
  { pattern: /\p{Script=Han}/gu, language: "zh" },
  { pattern: /\p{Script=Thai}/gu, language: "th" },
  { pattern: /\p{Script=Hebrew}/gu, language: "he" },
  { pattern: /\p{Script=Greek}/gu, language: "el" },
  { pattern: /\p{Script=Tamil}/gu, language: "ta" },
  { pattern: /\p{Script=Telugu}/gu, language: "te" },
  { pattern: /\p{Script=Bengali}/gu, language: "bn" },
  { pattern: /\p{Script=Georgian}/gu, language: "ka" },
  { pattern: /\p{Script=Armenian}/gu, language: "hy" },
  { pattern: /\p{Script=Khmer}/gu, language: "km" },
  { pattern: /\p{Script=Lao}/gu, language: "lo" },
  { pattern: /\p{Script=Myanmar}/gu, language: "my" },
  { pattern: /\p{Script=Ethiopic}/gu, language: "am" },
];

/** Languages that share a script, and the one that is taken for a text too short to tell. */
const SHARED_SCRIPTS: readonly { pattern: RegExp; usual: string; candidates: string[] }[] = [
  { pattern: /\p{Script=Cyrillic}/gu, usual: "ru", candidates: ["rus", "ukr", "bul", "srp", "bel"] },
  { pattern: /\p{Script=Arabic}/gu, usual: "ar", candidates: ["arb", "pes", "urd"] },
  { pattern: /\p{Script=Devanagari}/gu, usual: "hi", candidates: ["hin", "mar", "nep"] },
];

/** Min letters of a Latin text whose language can be told by its function words or accents. */
const MIN_LATIN_LETTERS = 16;
/** Min letters of a Latin text whose language can be told by trigrams alone. */
const MIN_PLAIN_LETTERS = 24;
/** A text counts as English if English scores at least this part of the best score: it is the usual language. */
const ENGLISH_MARGIN = 0.9;
/** Letters from which on the trigrams of a text are a good measure. */
const LONG_LATIN_LETTERS = 80;
/**
 * Without function words, a text counts as foreign only if English scores less than this part of the best score. In short
 * English texts with rare words, another language often scores best.
 */
const FOREIGN_MARGIN = { short: 0.5, long: 0.7 };
/** What a function word adds to the score of its language, and a letter that the language lacks takes away. */
const MARK_SCORE = 0.1;

/** What a text tells of its language. */
export interface DetectedLanguage {
  /** A base language; null if the text does not tell it with confidence: it is short, and has only rare words. */
  language: string | null;
  /** Whether the text is written in Latin letters. */
  latin: boolean;
}

/**
 * Judges the language of a text by its script and, among languages that share one, by its trigrams. Latin texts are also
 * judged by their function words, because trigrams mistake many short English texts.
 */
export function detectLanguage(text: string): DetectedLanguage {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  // Japanese has more Han characters than kana in many texts, but Chinese has no kana.
  const share = (language: string) => (language === "ja" ? 0.1 : 0.4);
  const own = SCRIPTS.find(({ pattern, language }) => letters > 0 && count(pattern) >= share(language) * letters);
  if (own) return { language: own.language, latin: false };
  const shared = SHARED_SCRIPTS.find(({ pattern }) => letters > 0 && count(pattern) >= 0.4 * letters);
  if (shared) {
    const [best] = francAll(text, { only: shared.candidates, minLength: 20 });
    const language = best && best[0] !== "und" ? baseLanguage(best[0]) : shared.usual;
    return { language, latin: false };
  }
  return { language: letters < MIN_LATIN_LETTERS ? null : latinLanguage(text, letters), latin: letters > 0 };
}

/** The language of a text in Latin letters; null if it is not told with confidence. */
function latinLanguage(text: string, letters: number): string | null {
  const scores = francAll(text, { only: [...LATIN_LANGUAGES] });
  const english = scores.find(([code]) => code === "eng")?.[1] ?? 0;
  if (english >= ENGLISH_MARGIN) return "en";
  const [foreign] = scores
    .filter(([code]) => code !== "eng" && code !== "und")
    .map(([code, trigrams]) => {
      const words = functionWords(text, code, "eng");
      return { code, words, score: trigrams + (words - alienLetters(text, code)) * MARK_SCORE };
    })
    .toSorted((a, b) => b.score - a.score);
  if (!foreign) return null;
  const ofEnglish = functionWords(text, "eng", foreign.code);
  const accents = alienLetters(text, "eng");
  if (foreign.words > ofEnglish || (ofEnglish === 0 && accents > 1)) return baseLanguage(foreign.code);
  const isLong = letters >= LONG_LATIN_LETTERS;
  if (ofEnglish > foreign.words) return "en";
  if (letters < MIN_PLAIN_LETTERS) return null;
  return english < FOREIGN_MARGIN[isLong ? "long" : "short"] ? baseLanguage(foreign.code) : null;
}

/** Whether a language is written in Latin letters. */
export function isWrittenInLatin(language: string): boolean {
  try {
    return new Intl.Locale(language).maximize().script === "Latn";
  } catch {
    return true;
  }
}
