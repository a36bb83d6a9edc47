import { jsonrepair } from "jsonrepair";

/** Max characters of an answer in which JSON is looked for. */
const MAX_CHARACTERS = 30_000;
/** Max characters of JSON that is repaired, which takes time. */
const MAX_REPAIRED = 10_000;
/** Max brackets of an answer that are tried as the beginning of its JSON. */
const MAX_STARTS = 20;
/** Max of them that are tried although nothing closes them. */
const MAX_UNCLOSED = 3;

/**
 * Reads the JSON in a model's answer: alone, in a fence, between prose, with trailing commas, or cut off.
 *
 * @param read reads a value; null if it is not what was asked for. An answer may contain other JSON too.
 * @returns what was read, or null if nothing in the answer could be.
 */
export function readModelJson<T>(text: string, read: (value: object) => T | null): T | null {
  const answer = withoutThoughts(text).slice(0, MAX_CHARACTERS);
  for (const candidate of candidatesIn(answer)) {
    const value = parse(candidate);
    const found = typeof value === "object" && value !== null ? read(value) : null;
    if (found !== null) return found;
  }
  return null;
}

/** Removes `<think>` blocks, also one that was never closed or whose beginning is missing. */
export function withoutThoughts(text: string): string {
  const closed = text.replace(/<(think|thinking|reasoning|thought)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, "");
  const afterLast = closed.replace(/^[\s\S]*<\/(?:think|thinking|reasoning|thought)\s*>/i, "");
  return afterLast.replace(/<(?:think|thinking|reasoning|thought)\b[^>]*>[\s\S]*$/i, "").trim();
}

/** Parts of an answer that may be the JSON, from the likeliest. */
function* candidatesIn(answer: string): Generator<string> {
  yield answer;
  for (const [, inner = ""] of answer.matchAll(/```[\w-]*\s*\n?([\s\S]*?)(?:```|$)/g)) yield inner.trim();
  const starts = [...answer.matchAll(/[[{]/g)].slice(0, MAX_STARTS).map(({ index }) => index);
  let end = 0;
  let unclosed = 0;
  for (const start of starts) {
    if (start < end || unclosed === MAX_UNCLOSED) continue;
    const balanced = balancedFrom(answer, start);
    // Without its end, the rest of the answer is cut-off JSON.
    yield balanced ?? answer.slice(start);
    if (balanced === null) unclosed++;
    end = start + (balanced?.length ?? 0);
  }
}

/** The text from a bracket to the one that closes it; null if none does. */
function balancedFrom(text: string, start: number): string | null {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") {
      depth--;
      if (depth === 0) return text.slice(start, at + 1);
    }
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Prose would be repaired to a string.
    if (!/^[[{]/.test(text) || text.length > MAX_REPAIRED) return undefined;
  }
  try {
    return JSON.parse(jsonrepair(text));
  } catch {
    return undefined;
  }
}
