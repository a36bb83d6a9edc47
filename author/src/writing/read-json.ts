import { jsonrepair } from "jsonrepair";

/**
 * Reads the JSON in a model's answer: alone, in a fence, between prose, with trailing commas, or cut off.
 *
 * @returns the value, or undefined if there is none.
 */
export function readModelJson(text: string): unknown {
  const answer = withoutThoughts(text);
  for (const candidate of candidatesIn(answer)) {
    const value = parse(candidate);
    if (typeof value === "object" && value !== null) return value;
  }
  return undefined;
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
  for (const start of [...answer.matchAll(/[[{]/g)].slice(0, 20).map(({ index }) => index)) {
    const balanced = balancedFrom(answer, start);
    if (balanced) yield balanced;
  }
  const first = answer.search(/[[{]/);
  if (first >= 0) yield answer.slice(first);
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
    if (!/^[[{]/.test(text)) return undefined;
  }
  try {
    return JSON.parse(jsonrepair(text));
  } catch {
    return undefined;
  }
}
