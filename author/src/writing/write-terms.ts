import { z } from "zod";
import type { WriteTermsRequest } from "../../../src/protocol/author.ts";
import type { Question } from "./model.ts";
import { readModelJson, withoutThoughts } from "./read-json.ts";

/** Max words of a term: stock sites find less for more. */
const MAX_WORDS = 3;

const form = z.object({ terms: z.array(z.string()) });

const SYSTEM = `You choose search terms for stock footage.
Each term has one to three English words that name something that can be filmed. Use English whatever the language of the script is.
Answer only with JSON of this form: {"terms": ["first term", "second term"]}`;

/** What a model is asked to write search terms, and how its answer is read. */
export function termsQuestion({ subject, script, amount, inScriptOrder }: WriteTermsRequest): Question<string[]> {
  const order = inScriptOrder
    ? "They follow the script: the first term fits its beginning, the last one its end."
    : "They fit the video as a whole.";
  const user = `Write ${amount} search terms for this video. ${order}
Video subject: ${subject}

Script:
${script}`;
  return {
    prompt: { system: SYSTEM, user },
    form,
    what: "search terms",
    read(answer) {
      const terms = readTerms(answer, amount);
      return terms.length > 0 ? terms : null;
    },
  };
}

/** Reads search terms in an answer: JSON in any usual form, or else a list of lines or words. */
export function readTerms(answer: string, amount: number): string[] {
  const terms =
    readModelJson(answer, (value) => nonEmpty(cleanTerms(textsIn(value, 4)))) ??
    cleanTerms(linesOf(withoutThoughts(answer)));
  return terms.slice(0, amount);
}

function nonEmpty(list: string[]): string[] | null {
  return list.length > 0 ? list : null;
}

/** Terms as they are searched, each once. */
function cleanTerms(texts: readonly string[]): string[] {
  const terms = texts.map(cleanTerm).filter((term) => term !== "");
  const lower = terms.map((term) => term.toLowerCase());
  return terms.filter((_, index) => lower.indexOf(lower[index] ?? "") === index);
}

/** All texts in a JSON value, in order. */
function textsIn(value: unknown, depth: number): string[] {
  // Some models put all terms into one text.
  if (typeof value === "string") return value.split(/[,，;\n]/);
  if (typeof value !== "object" || value === null || depth === 0) return [];
  return Object.values(value).flatMap((item) => textsIn(item, depth - 1));
}

/** The items of a list in plain text. A text with long lines is no list. */
function linesOf(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const listed = lines.filter((line) => /^\s*(?:[-*•]|\d{1,2}[.)])\s+/.test(line));
  if (listed.length > 0) return listed;
  const items = lines.flatMap((line) => line.split(/[,，;]/));
  return items.every((item) => item.trim().split(/\s+/).length <= MAX_WORDS + 1) ? items : [];
}

/** An English term without quotes, numbering and hashes. Empty if it is not in Latin letters. */
function cleanTerm(text: string): string {
  const plain = text
    .replace(/^\s*(?:[-*•]|\d{1,2}[.)])\s+/, "")
    .replace(/[^\p{L}\p{N}\s'’&-]/gu, " ")
    .trim();
  const letters = plain.match(/\p{L}/gu) ?? [];
  if (letters.length === 0 || letters.some((letter) => !/\p{Script=Latin}/u.test(letter))) return "";
  return plain.split(/\s+/).slice(0, MAX_WORDS).join(" ").slice(0, 100).trim();
}
