import { expect, test } from "vitest";
import { readModelJson, withoutThoughts } from "../../../author/src/writing/read-json.ts";

/** Reads an object that has terms. */
const readTerms = (value: object) => ("terms" in value ? value : null);
const wanted = { terms: ["ocean waves", "city [night]"] };
const json = JSON.stringify(wanted);

test.each([
  ["alone", json],
  ["in a fence", `\`\`\`json\n${json}\n\`\`\``],
  ["in a fence that is not closed", `\`\`\`json\n${json}`],
  ["between prose", `Sure! Here are [5] terms:\n\n${json}\n\nDo you {like} them?`],
  ["after thoughts that contain other JSON", `<think>Maybe {"terms": ["no"]}?</think>\n${json}`],
  ["after thoughts whose beginning is missing", `Let me see {"terms": ["no"]}.\n</think>\n${json}`],
  ["with trailing commas", '{"terms": ["ocean waves", "city [night]",],}'],
  ["with single quotes", "{'terms': ['ocean waves', 'city [night]']}"],
  ["with comments", '{"terms": [ // the list\n"ocean waves", "city [night]"]}'],
  ["cut off after the last text", '{"terms": ["ocean waves", "city [night]"'],
  ["cut off in a bracket, after prose", 'Here: {"terms": ["ocean waves", "city [night]"]'],
])("a model's JSON is read: %s", (_, answer) => {
  expect(readModelJson(answer, readTerms)).toEqual(wanted);
});

test.each([
  ["plain text", "I cannot help with that."],
  ["an empty answer", ""],
  ["only thoughts", '<think>{"terms": ["no"]}'],
  ["a number", "42"],
])("no JSON is read in %s", (_, answer) => {
  expect(readModelJson(answer, readTerms)).toBeNull();
});

test.each(["[", '{"', "[{", "{word "])("no JSON is read in %j, repeated", (part) => {
  expect(readModelJson(part.repeat(3_000 / part.length), readTerms)).toBeNull();
  expect(readModelJson(part.repeat(500_000 / part.length), readTerms)).toBeNull();
});

test.each([
  ["<think>a</think>b", "b"],
  ["<think>a\n\nb</think>\n<think>c</think>d", "d"],
  ["<thinking>a</thinking> b", "b"],
  ["a</think>b", "b"],
  ["b<think>a", "b"],
  ["<think>a", ""],
  ["I think so", "I think so"],
])("thoughts are removed from %j", (text, rest) => {
  expect(withoutThoughts(text)).toBe(rest);
});
