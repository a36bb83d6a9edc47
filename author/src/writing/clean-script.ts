import { readModelJson, withoutThoughts } from "./read-json.ts";

/** Max characters of a script. */
export const MAX_SCRIPT = 20_000;

/** Words before a colon that introduce a script and do not belong to it. */
const LABEL =
  /^(?:title|video title|script|video script|narrator|narration|voice ?-?over|vo|host|speaker|paragraph \d+|scene \d+|intro(?:duction)?|outro|conclusion|body|hook|标题|脚本|旁白|文案)\s*[:：]\s*/i;
/** A line that is nothing but a title. */
const TITLE_LINE = /^(?:video )?(?:title|标题)\s*[:：]/i;
/** What models say before and after the script. */
const PREAMBLE =
  /^(?:(?:sure|certainly|of course|absolutely|okay|ok|here(?:'|’)?s|here is|here are|below is|the following is)\b|好的|以下是).{0,200}[:：]$/i;
const CLOSING = /^(?:let me know|i hope|hope this|feel free|would you like|if you(?:'|’)d like|\(?word count)\b/i;
/** A direction for pictures or sound, in brackets: it is not spoken. `[pause: 2s]` is kept. */
const DIRECTION = /\[(?!\s*pause\s*:)[^\]\n]{0,200}\](?!\()/gi;

/** Turns a model's answer into the words to speak: no thoughts, Markdown, headings, labels or directions. */
export function cleanScript(answer: string): string {
  const text = unwrap(withoutThoughts(answer)).replace(/\r\n?/g, "\n");
  const lines = withoutFences(text)
    .split("\n")
    .map((line) => cleanLine(line));
  const spoken = lines.filter((line): line is string => line !== null);
  const trimmed = trimEnds(spoken);
  return trimmed
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
    .replace(/^["“]([^"“”]*)["”]$/s, "$1")
    .slice(0, MAX_SCRIPT)
    .toWellFormed()
    .trim();
}

/** The script in a JSON object, if the model answered one. */
function unwrap(text: string): string {
  const isJson = /^\s*(?:```(?:json)?\s*)?(?:\{|\[\s*["{[])/i.test(text);
  return (isJson ? readModelJson(text, (value) => textIn(value, 3)) : null) ?? text;
}

function textIn(value: unknown, depth: number): string | null {
  if (typeof value === "string") return value;
  if (depth === 0 || typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) {
    const parts = value.map((item) => textIn(item, depth - 1));
    return parts.length > 0 && parts.every((part) => part !== null) ? parts.join("\n\n") : null;
  }
  const fields = value as Record<string, unknown>;
  for (const name of ["video_script", "script", "narration", "text", "content", "paragraphs"]) {
    const found = textIn(fields[name], depth - 1);
    if (found !== null) return found;
  }
  return null;
}

function withoutFences(text: string): string {
  return text.replace(/^\s*```[\w-]*\s*$/gm, "");
}

/** One line without Markdown. Null if nothing of it is spoken. An empty line stays: it separates paragraphs. */
function cleanLine(line: string): string | null {
  const text = line.trim();
  if (text === "") return "";
  // Headings, lines of hashtags, rules and table borders.
  if (/^#{1,6}\s/.test(text) || /^(?:#[\p{L}\p{N}_]+\s*)+$/u.test(text)) return null;
  if (/^([-*_=])(\s*\1){2,}$/.test(text) || /^\|?[\s:|-]+\|$/.test(text)) return null;
  const plain = text
    .replace(/^>\s?/, "")
    .replace(/^(?:[-*+•]|\d{1,2}[.)])\s+/, "")
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(DIRECTION, "")
    .replace(/<\/?[a-z][^<>]{0,200}>/gi, "")
    .replace(/(\*\*|__)(?=\S)(.*?\S)\1/g, "$2")
    .replace(/(?<![\w*])[*_](?=\S)(.*?\S)[*_](?![\w*])/g, "$1")
    .replace(/`([^`]*)`/g, "$1")
    .replace(/\*+/g, "")
    .replace(/[ \t]{2,}/g, " ")
    .trim();
  if (plain === "" || TITLE_LINE.test(plain)) return null;
  // A direction in parentheses on a line of its own.
  if (/^\([^()]*\)$/.test(plain)) return null;
  const spoken = plain.replace(LABEL, "").trim();
  return spoken === "" ? null : spoken;
}

/** Removes what a model says about its script before and after it. */
function trimEnds(lines: readonly string[]): string[] {
  const kept = [...lines];
  const isEmpty = (line: string | undefined) => line === "";
  while (isEmpty(kept[0])) kept.shift();
  if (kept.length > 1 && PREAMBLE.test(kept[0] ?? "")) kept.shift();
  while (isEmpty(kept.at(-1))) kept.pop();
  if (kept.length > 1 && CLOSING.test(kept.at(-1) ?? "")) kept.pop();
  return kept;
}
