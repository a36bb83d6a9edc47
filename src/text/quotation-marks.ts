/** Whether a character opens or closes a quotation or bracket. */
export type MarkRole = "opens" | "closes";

/** The marks that close what a quotation mark opens. German, French, Swedish and English styles differ in this. */
const CLOSED_BY: Record<string, string> = {
  "“": "”",
  "‘": "’",
  "„": "“”",
  "‚": "‘’",
  "‟": "”",
  "‛": "’",
  "«": "»",
  "»": "«",
  "‹": "›",
  "›": "‹",
  "”": "”",
  "’": "’",
  '"': '"',
  "'": "'",
};
const USUALLY_OPENS = "“‘„‚‟‛«‹";
const BRACKET = /[\p{Ps}\p{Pe}]/u;
const OPENING_BRACKET = /\p{Ps}/u;
const LETTER_OR_DIGIT = /[\p{L}\p{M}\p{N}]/u;

/**
 * Finds the brackets and quotation marks of a text, by their index in UTF-16 code units. Pairs decide: the same mark
 * opens a quotation in one language and closes it in another, as in “English” and „German“. An apostrophe inside a word
 * has no role.
 */
export function markRoles(text: string): Map<number, MarkRole> {
  const roles = new Map<number, MarkRole>();
  const open: string[] = [];
  for (let index = 0; index < text.length; index++) {
    const mark = text.charAt(index);
    if (!Object.hasOwn(CLOSED_BY, mark)) {
      if (BRACKET.test(mark)) roles.set(index, OPENING_BRACKET.test(mark) ? "opens" : "closes");
      continue;
    }
    const before = text.charAt(index - 1);
    const after = text.charAt(index + 1);
    if ("'’‘".includes(mark) && LETTER_OR_DIGIT.test(before) && LETTER_OR_DIGIT.test(after)) continue;
    const role = roleOf(mark, before, after, open);
    roles.set(index, role);
    if (role === "opens") open.push(mark);
    else closeMark(open, mark);
  }
  return roles;
}

function roleOf(mark: string, before: string, after: string, open: readonly string[]): MarkRole {
  const touchesBefore = !(isSpace(before) || isOpening(before));
  const touchesAfter = !isSpace(after);
  const pairs = isOpen(mark, open);
  if (mark === '"' || mark === "'") {
    if (touchesBefore !== touchesAfter) return touchesBefore ? "closes" : "opens";
    return pairs || /\p{N}/u.test(before) ? "closes" : "opens";
  }
  if (pairs) return "closes";
  if (USUALLY_OPENS.includes(mark)) return touchesBefore && !touchesAfter ? "closes" : "opens";
  return !touchesBefore && touchesAfter ? "opens" : "closes";
}

const isSpace = (character: string) => character === "" || /\s/.test(character);
const isOpening = (character: string) =>
  OPENING_BRACKET.test(character) || `${USUALLY_OPENS}¿¡—–"'`.includes(character);

/** Whether a mark closes one of the marks that are open. */
function isOpen(mark: string, open: readonly string[]): boolean {
  return open.some((opening) => CLOSED_BY[opening]?.includes(mark));
}

/** Removes the last open mark that `mark` closes, and everything that was opened after it. */
function closeMark(open: string[], mark: string): void {
  const index = open.findLastIndex((opening) => CLOSED_BY[opening]?.includes(mark));
  if (index >= 0) open.length = index;
}
