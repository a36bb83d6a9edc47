import { francAll } from "franc-min";
import { baseLanguage } from "./language-tags.ts";

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

const LATIN_CANDIDATES =
  "eng spa fra deu ita por nld pol swe ron hun ces tur vie ind dan fin nob hrv slv slk cat".split(" ");

/** Min letters of a Latin text whose language can be told. */
const MIN_LATIN_LETTERS = 24;
/** A text counts as English if English scores at least this part of the best score: it is the usual language. */
const ENGLISH_MARGIN = 0.9;

/** What a text tells of its language. */
export interface DetectedLanguage {
  /** A base language; null if the text is too short to tell. */
  language: string | null;
  /** Whether the text is written in Latin letters. */
  latin: boolean;
}

/** Judges the language of a text by its script and, among languages that share one, by its trigrams. */
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
  if (letters < MIN_LATIN_LETTERS) return { language: null, latin: letters > 0 };
  const scores = francAll(text, { only: LATIN_CANDIDATES });
  const english = scores.find(([code]) => code === "eng")?.[1] ?? 0;
  const best = scores[0]?.[0] ?? "und";
  if (english >= ENGLISH_MARGIN) return { language: "en", latin: true };
  return { language: best === "und" ? null : baseLanguage(best), latin: true };
}

/** Whether a language is written in Latin letters. */
export function isWrittenInLatin(language: string): boolean {
  try {
    return new Intl.Locale(language).maximize().script === "Latn";
  } catch {
    return true;
  }
}
