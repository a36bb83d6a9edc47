import { abbreviationKind, startsSentences } from "./abbreviations.ts";

/** A part of a text, in UTF-16 code units. `end` is the index after its last one. */
export interface Span {
  start: number;
  end: number;
}

const CJK = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}";
/** The characters of a URL. Text in Chinese or Japanese belongs to it only if it begins after a separator. */
const URL_CHARACTER = `(?:[^\\s"<>“”„«»‹›「」『』《》【】（），。！？；：、…${CJK}\\p{Script=Thai}]|(?<=[/=#_][${CJK}]*)[${CJK}])`;
const URL = new RegExp(`(?:(?:https?|ftp)://|www\\.|mailto:)${URL_CHARACTER}+`, "giu");
/** E-mail addresses, domain names, file names, paths, versions: letters and digits joined by `.`, `/`, `@`, `_`, `:` or `\`. */
const TECHNICAL_NAME = /[a-z0-9~][a-z0-9~%+-]*(?:[./@_:\\]+[a-z0-9~%+#-]+)+(?:[/?&=#][a-z0-9~%+./@_:&=#?-]*)?/giu;
/** Marks after a URL that belong to the sentence. */
const TRAILING_MARK = /[.,;:!?…'’*_~\])}]/u;

const UNIT =
  "%|‰|°\\s?[CF]?|\\p{Sc}|[ap]\\.\\s?m\\.|[AaPp][Mm]|[kcmµnd]?m[²³]?|km/h|[kKMGT]?B|[kmµ]?g|[mc]?l|[kMGT]?Hz|[kMG]?W|kWh|fps|px|mph|lbs?|oz|ft|" +
  "h|min|ms|s|Uhr|USD|EUR|GBP|kr|zł|km|ha|Mio\\.|Mrd\\.|mln|mld|km²|км|кг|м|г|ч|мин|руб\\.|тыс\\.|млн|млрд";
/** A number with its sign, its groups, also those that spaces separate, its currency and its unit. */
const NUMBER = new RegExp(
  `(?:[\\p{Sc}№§#±≈~+−-]\\s?)*\\p{Nd}+(?:[.,:'’/٫٬×]\\p{Nd}+|(?<=(?<!\\p{Nd})\\p{Nd}{1,3}(?: \\p{Nd}{3})*) \\p{Nd}{3}(?!\\p{Nd}))*(?:\\s?(?:${UNIT})(?![\\p{L}\\p{N}]))?`,
  "gu",
);
const PHONE_NUMBER = /\+\d[\d ()/.-]{5,}\d|\(\d{3}\) ?\d{3}[ -]\d{4}/g;

/** A list's number, letter or dash at the beginning of a sentence, with the beginning of its words. */
const LIST_MARKER = /^[^\p{L}\p{N}]*(?:[(（]?(?:\p{Nd}{1,3}|\p{L}|[ivxIVX]{2,5})[.)）]|[·*–—―-])\s+\S/gu;
/** The number of a list in Chinese and Japanese, which no space follows: "１．", "一、", "（2）". */
const UNSPACED_LIST_MARKER = new RegExp(
  `^\\s*(?:(?:\\p{Nd}{1,3}|[一二三四五六七八九十]{1,3})[．、]|[（(](?:\\p{Nd}{1,3}|[一二三四五六七八九十]{1,3})[）)])\\s*(?=[${CJK}])`,
  "gu",
);
/** A number that may be one of a list in running text. */
const NUMBER_IN_TEXT = /(?<=^|\s)(\d{1,2})[.)]\s+\S/g;
const BULLET = /[•‣◦▪●○∙]\s+\S/gu;

const MONTHS =
  /^(?:Jan(?:uary?)?|Jänner|Feb(?:ruary?)?|Mär(?:z)?|March|Apr(?:il)?|Ma[iy]|Jun[ie]?|Jul[iy]?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|O[kc]t(?:ober)?|Nov(?:ember)?|De[zc](?:ember)?)(?!\p{L})/u;
/** Languages that write ordinal numbers with a full stop. */
const ORDINAL_LANGUAGES = /^(?:de|da|nb|nn|no|fi|et|lv|cs|sk|sl|hr|sr|bs|hu|is|pl|tr|lb|fo)(?:-|$)/;
/** German words before an ordinal number. */
const BEFORE_ORDINAL =
  /(?:^|\s)(?:am|[Dd]er|[Dd]ie|[Dd]as|[Dd]em|[Dd]en|[Dd]es|im|[Zz]um|[Zz]ur|[Vv]om|beim|[Aa]b|[Ss]eit|[Bb]is|[Jj]ede[rmns]?)\s$/u;

/**
 * Finds the parts of a text inside which neither a line nor a sentence ends: URLs and other technical names, numbers with
 * their units, and abbreviations, initials, ordinal and list numbers with the word that follows. Sorted by start.
 *
 * @param language BCP 47 tag, or "und". It decides about abbreviations and ordinals.
 */
export function unbreakableSpans(text: string, language: string): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(URL)) spans.push(withoutTrailingMarks(match.index, match[0]));
  for (const pattern of [TECHNICAL_NAME, NUMBER, PHONE_NUMBER, LIST_MARKER, UNSPACED_LIST_MARKER, BULLET]) {
    for (const { 0: found, index } of text.matchAll(pattern)) spans.push({ start: index, end: index + found.length });
  }
  spans.push(...numbersOfLists(text));
  for (const { index } of text.matchAll(/\.(?=\s+\S)/g)) {
    const span = afterFullStop(text, index, language);
    if (span) spans.push(span);
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** The numbers of a list in running text, with the beginning of their words: "Do this: 1. Mix 2. Bake". */
function numbersOfLists(text: string): Span[] {
  const spans: Span[] = [];
  let list: Span[] = [];
  for (const { 0: found, 1: number, index } of text.matchAll(NUMBER_IN_TEXT)) {
    const begins = Number(number) === 1 && /(?:^|[:;.!?…—–-])\s*$/.test(text.slice(Math.max(0, index - 5), index));
    if (Number(number) !== list.length + 1 || begins) list = [];
    if (begins || list.length > 0) list.push({ start: index, end: index + found.length });
    if (list.length === 2) spans.push(...list);
    else if (list.length > 2) spans.push(...list.slice(-1));
  }
  return spans;
}

/** A URL without the marks that end the sentence or the brackets around it. */
function withoutTrailingMarks(start: number, url: string): Span {
  let length = url.length;
  // A bracket that was opened inside the URL belongs to it.
  while (TRAILING_MARK.test(url.charAt(length - 1)) && !(url.charAt(length - 1) === ")" && url.includes("("))) length--;
  return { start, end: start + length };
}

/** The span of a word with a full stop that ends no sentence, up to the next word's first character; or null. */
function afterFullStop(text: string, fullStop: number, language: string): Span | null {
  const word = /[^\s"“”„‚‘«»‹›()[\]{}/—–…]+$/u.exec(text.slice(Math.max(0, fullStop - 30), fullStop))?.[0];
  const following = /^\.\s+["“„‚‘«»‹›'(]*([\p{L}\p{M}\p{N}№][\p{L}\p{M}\p{N}'’.-]*)/u.exec(
    text.slice(fullStop, fullStop + 60),
  );
  const next = following?.[1];
  if (!word || !following || !next) return null;
  const before = text.slice(Math.max(0, fullStop - word.length - 12), fullStop - word.length);
  if (!isAbbreviation(word, next, language) && !isOrdinal(word, before, next, language)) return null;
  const gap = /^\.\s+/.exec(text.slice(fullStop)) ?? [""];
  return { start: fullStop - word.length, end: fullStop + gap[0].length + 1 };
}

function isAbbreviation(word: string, next: string, language: string): boolean {
  const bare = word.replace(/^['’¿¡]+/u, "");
  const kind =
    abbreviationKind(bare.replaceAll(".-", "-"), language) ?? (LETTERS_WITH_STOPS.test(bare) ? "other" : null);
  switch (kind) {
    case "title":
      return true;
    case "number":
      return /^(?:[\p{Nd}№]|[IVXLC]+(?![\p{L}]))/u.test(next);
    case "other":
      // A word with a full stop, such as the next initial or abbreviation, is no sentence's beginning.
      return !startsSentences(next.replace(/['’].*$/u, "")) || next.endsWith(".");
    case null:
      return false;
  }
}

/** An initial ("J"), or letters with full stops between them ("U.S", "z.B", "Ph.D", "т.е"). */
const LETTERS_WITH_STOPS = /^(?:\p{L}{1,2}\.-?)*(?:(?<=\.-?)\p{L}{1,4}|(?<=^)[\p{Lu}\p{Ll}])$/u;

function isOrdinal(word: string, before: string, next: string, language: string): boolean {
  if (!/^(?:\p{Nd}{1,3}|[IVX]{1,5}|\p{Nd}{1,2}\.\p{Nd}{1,2})$/u.test(word)) return false;
  if (/^\p{Ll}/u.test(next)) return true;
  if (/^\p{Nd}/u.test(word) && MONTHS.test(next)) return true;
  const known = language !== "und";
  const expected = known ? ORDINAL_LANGUAGES.test(language) : BEFORE_ORDINAL.test(before);
  return expected && /^\p{L}/u.test(next) && !startsSentences(next);
}
