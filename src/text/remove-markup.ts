import { inlineText } from "./inline-markup.ts";

/** A line of one repeated character, which separates sections: `---`, `* * *`, `═══`. */
const RULE = /^\s*([-*_=~—–─━═⸻•·+#])(?:\s*\1){2,}\s*$|^\s*⸻\s*$/u;
const UNDERLINE = /^\s{0,3}(?:=+|-+)\s*$/;
const FENCE = /^\s*(`{3,}|~{3,})\s*([^`\s]*)[^`]*$/;
/** Languages of a code fence whose content is prose. */
const PROSE = /^(?:|markdown|md|mdx|text|txt|plaintext|plain|script|srt|html|xml|ssml)$/i;
const QUOTE = /^\s{0,3}>(?:\s|$|(?=[\p{L}>"“*#-]))\s*/u;
const HEADING = /^\s{0,3}(?:#{1,6}(?:\s+|$)|#{2,6}(?=\S))/;
const BULLET = /^\s*[-*+](?:\s+\[[ xX]\])?(?:\s+|$)/;
const ALERT = /^\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$/i;
const CONTAINER = /^:{3,}\s*[\w-]*\s*$/;
const TABLE_RULE = /^\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$/;
const REFERENCE = /^\s{0,3}\[([^\]]+)\]:\s*(<[^>]*>|\S+)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*$/;
const FOOTNOTE = /^\s{0,3}\[\^[^\]\s]+\]:\s*/;
const DESTINATION = /^(?:<|[a-z][a-z0-9+.-]*:|[/#?]|\.{1,2}\/|www\.|[\w-]+(?:\.[\w-]+)+(?:[/?#]|$))/i;
/** A line in brackets that tells what to show, not what to say. "[music]" and "(narrator)" are text. */
const STAGE_DIRECTION =
  /^[[(（【]\s*(?:(?:scene|visuals?|on-?screen|cut to|b-?roll|pause|beat|fade (?:in|out|to)|transition|camera|sfx|voice-?over|vo)(?![\p{L}\p{N}])[^\])）】]*|\d{1,2}:\d{2}[\d:.\s–—-]*)[\])）】][.:]?$/iu;

/**
 * Removes the markup that language models write: Markdown, HTML, SSML, and stage directions on lines of their own. What
 * is left is what a viewer reads and a speaker says. Text that only looks like markup stays: "2 * 3 * 4",
 * "snake_case_name", "#1 hit", "a < b", "C#", "$x_1$". Numbers of lists stay, bullets of Markdown do not.
 *
 * @returns one line for each paragraph, heading, list item, row of a table, and line of the text.
 */
export function removeMarkup(text: string): string {
  const lines = text
    .replace(/\r\n?/g, "\n")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(script|style|think|thinking)(?:\s[^<>]*)?>[\s\S]*?<\/\1\s*>/gi, "")
    .split("\n");
  const references = new Set(lines.flatMap((line) => referenceOf(line) ?? []));
  const shown: string[] = [];
  let paragraph: string[] = [];
  const endParagraph = () => {
    if (paragraph.length === 0) return;
    const inline = inlineText(paragraph.join("\n"), references).split("\n");
    shown.push(...inline.filter((line) => !STAGE_DIRECTION.test(line.trim())));
    paragraph = [];
  };
  for (let index = 0; index < lines.length; index++) {
    const given = lines[index] as string;
    const fence = FENCE.exec(given);
    if (fence) {
      endParagraph();
      const [, marker = "", language = ""] = fence;
      const end = lines.findIndex((line, at) => at > index && line.trim().startsWith(marker) && FENCE.test(line));
      if (end < 0 || PROSE.test(language)) continue;
      shown.push(...lines.slice(index + 1, end));
      index = end;
      continue;
    }
    if (isTable(lines, index)) {
      endParagraph();
      for (; (lines[index] ?? "").includes("|"); index++) {
        if (TABLE_RULE.test((lines[index] as string).trim())) continue;
        paragraph.push(cells(lines[index] as string));
        endParagraph();
      }
      index--;
      continue;
    }
    const { line, startsBlock } = withoutBlockMarkup(given, paragraph.length > 0);
    if (startsBlock || line.trim() === "") endParagraph();
    if (line.trim() !== "") paragraph.push(line);
  }
  endParagraph();
  return shown.join("\n");
}

/** A line without the marks of its block; empty if it is only markup. */
function withoutBlockMarkup(given: string, afterText: boolean): { line: string; startsBlock: boolean } {
  if (RULE.test(given) || CONTAINER.test(given) || referenceOf(given) !== null) return { line: "", startsBlock: true };
  if (afterText && UNDERLINE.test(given)) return { line: "", startsBlock: true };
  let line = given;
  let startsBlock = false;
  for (let quote = QUOTE.exec(line); quote; quote = QUOTE.exec(line)) line = line.slice(quote[0].length);
  for (const pattern of [FOOTNOTE, BULLET, HEADING]) {
    const marks = pattern.exec(line)?.[0];
    if (marks === undefined) continue;
    startsBlock = true;
    line = line.slice(marks.length);
    if (pattern === HEADING) line = line.trimEnd().replace(/(?:^|\s)#+$/, "");
  }
  if (RULE.test(line) || ALERT.test(line)) return { line: "", startsBlock: true };
  return { line, startsBlock: startsBlock || /^\s*\(?(?:\d{1,3}|[a-z])[.)]\s/i.test(line) };
}

function referenceOf(line: string): string | null {
  const [, name = "", destination = ""] = REFERENCE.exec(line) ?? [];
  return name !== "" && !name.startsWith("^") && DESTINATION.test(destination) ? name.toLowerCase() : null;
}

/** Whether a table begins at a line: a row, and below it a row of hyphens. */
function isTable(lines: readonly string[], index: number): boolean {
  const [row = "", rule = ""] = lines.slice(index, index + 2).map((line) => line.trim());
  if (row.includes("|") && TABLE_RULE.test(row)) return /-{2}/.test(row);
  return row.includes("|") && rule.includes("|") && TABLE_RULE.test(rule);
}

/** The cells of a table's row, separated by spaces. */
function cells(row: string): string {
  return row
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .filter((cell) => cell !== "")
    .join(" ");
}
