import { decodeEntities } from "./decode-entities.ts";
import { tagReader } from "./html-tags.ts";

/** A run of `*`, `_`, `~` or `=` that may begin or end emphasis. */
interface Delimiter {
  mark: string;
  /** Marks of the run that are shown, because nothing has matched them. */
  left: number;
  opens: boolean;
  closes: boolean;
  /** Index in the list of pieces. */
  piece: number;
}

const ESCAPED = /\\([*_`#~>|[\](){}+.!-])/y;
const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"'`()[\]*]*[^\s<>"'`()[\]*.,;:!?_~]/iy;
const AUTOLINK = /<(?:mailto:)?((?:https?|ftp):\/\/[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>/iy;
const LINK_TARGET = /\(\s*(<[^<>\n]*>|(?:[^()\s]|\([^()\s]*\))*)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*\)/y;
const TARGET = /^(?:$|<|[a-z][a-z0-9+.-]*:|[/#?]|\.{1,2}\/|www\.|[\w-]+(?:\.[\w-]+)+(?:[/?#]|$))/i;
const REFERENCE = /\[([^\]]*)\]/y;
const FOOTNOTE = /\[\^[^\]\s]+\]|【\d+(?::\d+)?†[^】]*】/y;
const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/iy;
const ALPHANUMERIC = /[\p{L}\p{N}]/u;
const ASCII_ALPHANUMERIC = /[a-z0-9]/i;

/**
 * Removes Markdown and HTML from the text of a paragraph: emphasis, code marks, links (their text stays), images (their
 * description stays), tags, footnote references and escapes. LaTeX and URLs stay as they are.
 *
 * @param references lower-case names of link definitions, for links such as `[text][name]`.
 */
export function inlineText(text: string, references: ReadonlySet<string>, depth = 0): string {
  const pieces: string[] = [];
  const delimiters: Delimiter[] = [];
  const tagAt = tagReader(text);
  const matchAt = (pattern: RegExp, index: number): RegExpExecArray | null => {
    pattern.lastIndex = index;
    return pattern.exec(text);
  };
  let index = 0;
  const take = (length: number, shown: string) => {
    pieces.push(shown);
    index += length;
  };
  while (index < text.length) {
    const character = text.charAt(index);
    switch (character) {
      case "`": {
        const code = codeAt(text, index);
        take(code.length, code.shown);
        continue;
      }
      case "\\":
      case "$": {
        const math = mathAt(text, index);
        const escaped = math ? null : matchAt(ESCAPED, index);
        if (math) take(math.length, math);
        else if (escaped) take(2, escaped[1] ?? "");
        else take(1, character === "\\" && text.charAt(index + 1) === "\n" ? "" : character);
        continue;
      }
      case "<": {
        const link = matchAt(AUTOLINK, index);
        const tag = link ? null : tagAt(index);
        if (link) take(link[0].length, link[1] ?? "");
        else take(tag?.length ?? 1, tag?.shownAs ?? character);
        continue;
      }
      case "&": {
        const entity = matchAt(ENTITY, index)?.[0];
        take(entity?.length ?? 1, entity ? decodeEntities(entity) : character);
        continue;
      }
      case "【":
      case "!":
      case "[": {
        const footnote = matchAt(FOOTNOTE, index);
        const opening = character === "!" ? index + 1 : index;
        const link = footnote || depth > 2 || text.charAt(opening) !== "[" ? null : linkAt(text, opening, references);
        if (footnote) take(footnote[0].length, "");
        else if (link) take(opening - index + link.length, inlineText(link.label, references, depth + 1));
        else take(1, character);
        continue;
      }
      case "*":
      case "_":
      case "~":
      case "=": {
        let end = index;
        while (text.charAt(end) === character) end++;
        const delimiter = delimiterOf(text, index, end, pieces.length);
        if (delimiter) delimiters.push(delimiter);
        take(end - index, text.slice(index, end));
        continue;
      }
    }
    const address =
      /[hw]/i.test(character) && !ALPHANUMERIC.test(text.charAt(index - 1)) ? matchAt(ADDRESS, index) : null;
    take(address?.[0].length ?? 1, address?.[0] ?? character);
  }
  removePairs(delimiters, pieces);
  return pieces.join("");
}

/** The marks that begin a formula of LaTeX, the mark that ends it, and what it must contain. */
const MATH = [
  { begin: "$$", end: "$$", content: /\S/ },
  // "$5 and $6" is no formula.
  { begin: "$", end: "$", content: /^(?=\S)[^\n]*[\\^_{}=][^\n]*(?<=\S)$/ },
  { begin: "\\(", end: "\\)", content: /\S/ },
  // "\\[music\\]" is an escaped bracket.
  { begin: "\\[", end: "\\]", content: /[\\^_=+\d]/ },
];

/** The formula at an index with its marks; null if there is none. */
function mathAt(text: string, index: number): string | null {
  for (const { begin, end, content } of MATH) {
    if (!text.startsWith(begin, index)) continue;
    const from = index + begin.length;
    const to = text.indexOf(end, from);
    if (to > from && to - from < 1000 && content.test(text.slice(from, to))) return text.slice(index, to + end.length);
  }
  return null;
}

/** A code span, or the backticks at an index that begin none. */
function codeAt(text: string, index: number): { length: number; shown: string } {
  const marks = /^`+/.exec(text.slice(index, index + 100))?.[0] ?? "`";
  for (let at = text.indexOf(marks, index + marks.length); at >= 0; at = text.indexOf(marks, at)) {
    let end = at;
    while (text.charAt(end) === "`") end++;
    if (end - at === marks.length) {
      const code = text.slice(index + marks.length, at);
      return { length: end - index, shown: /^ .*\S.* $/s.test(code) ? code.slice(1, -1) : code };
    }
    at = end;
  }
  return { length: marks.length, shown: marks };
}

/** The link whose label begins with the bracket at an index, or null. */
function linkAt(
  text: string,
  index: number,
  references: ReadonlySet<string>,
): { label: string; length: number } | null {
  let nested = 0;
  let end = index;
  for (; end < text.length; end++) {
    const character = text.charAt(end);
    if (character === "\\") end++;
    else if (character === "[") nested++;
    else if (character === "]" && --nested === 0) break;
    if (nested > 5) return null;
  }
  if (end >= text.length) return null;
  const label = text.slice(index + 1, end);
  LINK_TARGET.lastIndex = end + 1;
  const target = LINK_TARGET.exec(text);
  if (target && TARGET.test(target[1] ?? "")) return { label, length: end + 1 + target[0].length - index };
  REFERENCE.lastIndex = end + 1;
  const reference = REFERENCE.exec(text);
  const name = (reference?.[1] || label).toLowerCase();
  if (!references.has(name)) return null;
  return { label, length: end + 1 + (reference?.[0].length ?? 0) - index };
}

/** A run of marks as a delimiter, or null if it is only text, as in "2 * 3", "2*3*4", "snake_case" and "-_-". */
function delimiterOf(text: string, start: number, end: number, piece: number): Delimiter | null {
  const mark = text.charAt(start);
  const count = end - start;
  if ((mark === "~" || mark === "=") && count !== 2) return null;
  const before = text.charAt(start - 1);
  const after = text.charAt(end);
  const inWord = ALPHANUMERIC.test(before) && ALPHANUMERIC.test(after);
  if (inWord && (mark === "_" || mark === "=" || (/\p{N}/u.test(before) && /\p{N}/u.test(after)))) return null;
  if (inWord && count === 1 && ASCII_ALPHANUMERIC.test(before) && ASCII_ALPHANUMERIC.test(after)) return null;
  // Names such as __init__.py, and faces such as -_- and >_<.
  if (
    mark === "_" &&
    (before === "." || (/[.(]\w?/.test(after + text.charAt(end + 1)) && count === 2 && /\w/.test(before)))
  )
    return null;
  const opens =
    /\S/.test(after) && !(count === 1 && /[-^,;:=>~|/]/.test(after)) && !(mark === "_" && ALPHANUMERIC.test(before));
  const closes =
    /\S/.test(before) && !(count === 1 && /[-^=<~|/]/.test(before)) && !(mark === "_" && ALPHANUMERIC.test(after));
  return opens || closes ? { mark, left: count, opens, closes, piece } : null;
}

/** Removes the marks of delimiters that match. Marks that match nothing are shown. */
function removePairs(delimiters: readonly Delimiter[], pieces: string[]): void {
  const open: Delimiter[] = [];
  for (const delimiter of delimiters) {
    while (delimiter.closes && delimiter.left > 0) {
      const at = open.findLastIndex(({ mark }) => mark === delimiter.mark);
      const opening = open[at];
      if (!opening || !/[\p{L}\p{N}\p{So}]/u.test(pieces.slice(opening.piece + 1, delimiter.piece).join(""))) break;
      const matched = Math.min(opening.left, delimiter.left);
      opening.left -= matched;
      delimiter.left -= matched;
      open.length = opening.left > 0 ? at + 1 : at;
    }
    if (delimiter.opens && delimiter.left > 0) open.push(delimiter);
  }
  for (const { mark, left, piece } of delimiters) pieces[piece] = mark.repeat(left);
}
