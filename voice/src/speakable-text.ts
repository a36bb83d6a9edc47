/** A word of the text, and what is said for it. */
export interface SpeakableWord {
  /** As it is in the text: a part between white space, with its punctuation. */
  text: string;
  /** ASCII: letters, digits, spaces, and the punctuation that flite understands. Has a letter or a digit. */
  spoken: string;
  /** Whether a line of the text ends after this word. */
  endsLine: boolean;
}

/** The longest row of letters or digits that is said as one word. Longer rows are said in parts. */
const MAX_ROW = 30;

/**
 * Splits a text into words, and says how to speak each of them in English. What cannot be spoken is left out: emoji,
 * letters of other scripts, control characters. Its punctuation is kept, for the pause.
 */
export function speakableWords(text: string): SpeakableWord[] {
  const words: SpeakableWord[] = [];
  // In a text of capitals, "US" is a pronoun.
  const initialisms = /\p{Ll}/u.test(text) ? INITIALISMS : null;
  for (const line of text.toWellFormed().split(LINE_BREAK)) {
    let last: SpeakableWord | undefined;
    for (const part of line.split(WORD_BREAK)) {
      if (part === "") continue;
      const spoken = speakable(initialisms ? part.replaceAll(initialisms, sayLetters) : part);
      if (/[A-Za-z0-9]/.test(spoken)) {
        const word: SpeakableWord = { text: part, spoken, endsLine: false };
        if (last) moveCurrency(last, word);
        last = word;
        words.push(last);
      } else if (last && !PAUSE.test(last.spoken)) {
        last.spoken += pauseOf(part);
      }
    }
    if (last) last.endsLine = true;
  }
  return words;
}

/** Common words of which flite says the letters as a word. */
const INITIALISMS = /(?<![\p{L}\p{N}.])(AI|API|CEO|EU|GUI|ID|IOS|OS|UI|UN|UX|URL|US|iOS)(s?)(?!\.?\p{L})/gu;
const LINE_BREAK = /[\r\n\v\f\u0085\u2028\u2029]+/u;
/** White space and control characters, and the places after a dash or an ellipsis that joins two words. */
const WORD_BREAK = /[\s\p{Cc}\u200b\ufeff]+|(?<=\p{L}(?:[—―…]|--+|\.{2,}))(?=[\p{L}\p{N}])/u;
const PAUSE = /[.,?!]$/;

/** "APIs" is "A P I's": flite says this plural right. */
function sayLetters(_match: string, letters: string, plural: string): string {
  return [...letters].join(" ") + (plural && "'s");
}

/** Says the currency after the amount: "$5 million" is "five million dollars". */
function moveCurrency(amount: SpeakableWord, unit: SpeakableWord): void {
  const [, sign, number] = MONEY.exec(amount.text) ?? [];
  if (sign === undefined || number === undefined || !/^(?:thousand|[a-z]*illion)\b/i.test(unit.spoken)) return;
  amount.spoken = number.replaceAll(",", "");
  unit.spoken = unit.spoken.replace(/^[a-z]+/i, `$& ${currencyOf(sign, "")}`);
}

const MONEY = /^\W*([$£€¥₹₩₽])(\d[\d,]*(?:\.\d+)?)$/u;

/** The punctuation for the pause of a part that has nothing to say; empty if it makes no pause. */
function pauseOf(part: string): string {
  if (/[?？]/u.test(part)) return "?";
  if (/[!！]/u.test(part)) return "!";
  if (/[.…。]/u.test(part)) return ".";
  return /[,;:，、；：–—―-]/u.test(part) ? "," : "";
}

/** What is said for a part of the text without white space. */
function speakable(part: string): string {
  let said = part;
  for (const [pattern, replacement] of SPOKEN_AS) {
    // The two overloads of `replaceAll`.
    said =
      typeof replacement === "string" ? said.replaceAll(pattern, replacement) : said.replaceAll(pattern, replacement);
  }
  // A part without a letter or a digit ends an utterance of flite.
  const pieces: string[] = [];
  for (const piece of said.split(" ")) {
    if (/[A-Za-z0-9]/.test(piece)) pieces.push(piece);
    else if (pieces.length > 0 && !PAUSE.test(pieces.at(-1) ?? "")) pieces.push((pieces.pop() ?? "") + pauseOf(piece));
  }
  return pieces.join(" ");
}

/** Replacements, in this order. Each one sees the result of those before it. */
const SPOKEN_AS: [pattern: RegExp, replacement: string | ((match: string, ...groups: string[]) => string)][] = [
  [/[\p{Cf}\u00ad]/gu, ""],
  // Addresses of the web and of mail.
  [
    /^\W*(?:https?:\/\/)?(?:www\.)?[\w.-]+\.[a-z]{2,}(?:[/?#:]\S*)?[.,!?;:)"'”’]*$/giu,
    (url) => (isUrl(url) ? sayUrl(url) : url),
  ],
  [/^\W*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\W*$/gu, sayUrl],
  // Signs that decompose into something else.
  [/[™®©℠]/gu, ""],
  [/№\s?/gu, "number "],
  [/℃/gu, " degrees celsius "],
  [/℉/gu, " degrees fahrenheit "],
  [/(?<=[\p{L}\p{N}])²(?![⁰-⁹¹²³])/gu, " squared "],
  [/(?<=[\p{L}\p{N}])³(?![⁰-⁹¹²³])/gu, " cubed "],
  [/(?<=[\p{L}\p{N})])([⁰¹²³⁴-⁹]+)/gu, (digits) => ` to the power of ${digits.normalize("NFKD")} `],
  [/(?<=\d)(?=[¼-¾⅐-⅞])/gu, " "],
  // Letters with marks, ligatures, full-width letters, letters of other alphabets that look like ours.
  [/.+/gsu, (text) => text.normalize("NFKD")],
  [/\p{M}+/gu, ""],
  [/[ßẞ]/gu, "ss"],
  [/[æÆœŒøØđĐðÐþÞłŁħĦı]/gu, (letter) => LATIN_LETTERS[letter] ?? ""],
  // Punctuation.
  [/[‘’‚‛ʼʹ′＇`´]/gu, "'"],
  [/⁄/gu, "/"],
  [/(?<=\d)[‐-―−-](?=\d)/gu, "-"],
  [/^[−–](?=\d)/gu, "-"],
  [/[—―;:…](?=\s|$)|(?<=\p{L})(?:[—―;…]|--+)|[–、；：，]/gu, ", "],
  [/[‐‑‒−]/gu, "-"],
  [/[。．]/gu, "."],
  [/(?<=\p{L}):+(?=\p{L})/gu, ", "],
  // Numbers and money.
  [/(?<![\w.,])(1[1-9]|20)([1-9]0)'?s\b/gu, "$1 $2s"],
  [/^-(?=[\d.$£€])/gu, "minus "],
  [/([£€¥₹₩₽])([\d,.]*\d)/gu, (_match, sign, amount) => `${amount} ${currencyOf(sign, amount)} `],
  [/([\d,.]*\d)([£€¥₹₩₽$])/gu, (_match, amount, sign) => `${amount} ${currencyOf(sign, amount)} `],
  [/(?<=[A-Za-z])(?=\$\d)/gu, " "],
  [/\$(?!\d)/gu, " "],
  [/(?<!\d)%/gu, " percent "],
  [/%(?=[\w$])/gu, "% "],
  // Signs that have a name.
  [/&/gu, " and "],
  [/\+/gu, " plus "],
  [/(?<=\w)@(?=\w)/gu, " at "],
  [/#(?=\d)/gu, " number "],
  [/#(?=[A-Za-z])/gu, " hashtag "],
  [/=+/gu, " equals "],
  [/×|(?<=\d)\*(?=\d)/gu, " times "],
  [/÷/gu, " divided by "],
  [/±/gu, " plus or minus "],
  [/≈/gu, " about "],
  [/°C\b/gu, " degrees celsius "],
  [/°F\b/gu, " degrees fahrenheit "],
  [/°/gu, " degrees "],
  [/(?<=[A-Za-z])\.(?=[a-z]{2,})/gu, " dot "],
  [/(?<=[A-Za-z]{2})\.(?=[A-Z])/gu, ". "],
  [/(?<=\$[\d,]*),(?=\d[\d,]*\.)/gu, ""],
  [/\/(?!\d)|(?<!\d)\//gu, " "],
  // flite understands "10:30", but takes any other colon for the end of a sentence.
  [/:(?!\d)|(?<!\d):/gu, " "],
  [/[^A-Za-z0-9 '.,?!$%/:-]+/g, " "],
  // Only the first mark of a row makes the pause, and only at the end of a word.
  [/[.,?!'/:-]*?([.,?!])[.,?!'/: -]*(?=\s|$)/g, "$1 "],
  [/[,?!](?=[A-Za-z])|(?<=[A-Za-z]),(?=\d)/g, "$& "],
  [/(?<![\w.])[.,?!/:' -]+(?=[\w$])/g, (marks) => (marks.endsWith(".") ? " point " : " ")],
  [/(?<=\w)['/:-]+(?!\w)/g, " "],
  [/([.,?!'/:-])[.,?!'/:-]+/g, "$1"],
  [/[A-Za-z]{31,}|\d{31,}/gu, (row) => row.replaceAll(new RegExp(`.{${MAX_ROW}}`, "g"), "$& ")],
];

/** Letters with a part that NFKD does not separate. */
const LATIN_LETTERS: Record<string, string> = {
  ...{ æ: "ae", Æ: "Ae", œ: "oe", Œ: "Oe", ø: "o", Ø: "O", đ: "d", Đ: "D", ð: "d", Ð: "D" },
  ...{ þ: "th", Þ: "Th", ł: "l", Ł: "L", ħ: "h", Ħ: "H", ı: "i" },
};

/** Whether a text is an address, and not two sentences without a space between them. */
function isUrl(text: string): boolean {
  return /:\/\/|^\W*www\.|\.[a-z]{2,}\//iu.test(text) || /^[^A-Z]+$|^[A-Z][a-z-]+\.[a-z]{2,3}$/u.test(text);
}

/** An address as it is read out: `example.com/a_b` is "example dot com slash a underscore b". */
function sayUrl(address: string): string {
  const end = /[.,!?;:)"']*$/u.exec(address)?.[0] ?? "";
  const said = address
    .slice(0, address.length - end.length)
    .replace(/^\W*(?:https?:\/\/)?(?:www\.)?/iu, "")
    .replace(/\/$/u, "")
    .replaceAll(".", " dot ")
    .replaceAll("/", " slash ")
    .replaceAll("@", " at ")
    .replaceAll("-", " dash ")
    .replaceAll("_", " underscore ")
    .replaceAll(/[^\w\s]+/gu, " ");
  return said + pauseOf(end);
}

const CURRENCIES: Record<string, [one: string, many: string]> = {
  "£": ["pound", "pounds"],
  "€": ["euro", "euros"],
  "¥": ["yen", "yen"],
  "₹": ["rupee", "rupees"],
  "₩": ["won", "won"],
  "₽": ["rouble", "roubles"],
  $: ["dollar", "dollars"],
};

function currencyOf(sign: string | undefined, amount: string | undefined): string {
  const [one, many] = CURRENCIES[sign ?? ""] ?? ["", ""];
  return amount === "1" ? one : many;
}
