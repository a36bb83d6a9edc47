import { expect, test } from "vitest";
import { cleanScript } from "../../../author/src/writing/clean-script.ts";

const spoken = "The sea is deep. Nobody knows it well.";

test.each([
  ["alone", spoken],
  ["in quotes", `"${spoken}"`],
  ["in a fence", `\`\`\`\n${spoken}\n\`\`\``],
  ["after thoughts", `<think>A script…</think>\n\n${spoken}`],
  ["after a heading", `# The Sea\n\n${spoken}`],
  ["after a title", `**Title:** The Deep Sea\n\n${spoken}`],
  ["after a title without Markdown", `Title: The Deep Sea\n${spoken}`],
  ["with a label", `**Narrator:** ${spoken}`],
  ["with the label of a paragraph", `Paragraph 1: ${spoken}`],
  ["between polite words", `Sure! Here is your script:\n\n${spoken}\n\nLet me know if you want changes!`],
  ["with directions", `[Opening shot: waves]\n(Soft music)\nThe sea is deep. [pauses] Nobody knows it well.`],
  ["with emphasis", "The **sea** is *deep*. __Nobody__ knows _it_ `well`."],
  ["with a link", "The [sea](https://example.com) is deep. Nobody knows it well."],
  ["with rules", `---\n${spoken}\n***`],
  ["with tags", `<p>${spoken}</p>`],
  ["with hashtags at the end", `${spoken}\n\n#sea #deep`],
  ["as JSON", JSON.stringify({ script: spoken })],
  ["as JSON in a fence", `\`\`\`json\n${JSON.stringify({ video_script: spoken })}\n\`\`\``],
  ["as nested JSON", JSON.stringify({ result: 1, content: { text: spoken } })],
])("the words to speak are kept from a model's answer: %s", (_, answer) => {
  expect(cleanScript(answer)).toBe(spoken);
});

test("paragraphs, pauses, numbers and apostrophes stay", () => {
  const script =
    "In 1999, 3 * 4 was 12. It's true: 5_000 of snake_case.\n\n[pause: 2s]\n\nNext. (Really!) We won't stop.";
  expect(cleanScript(script)).toBe(script.replace("3 * 4", "3 4"));
});

test("the items of a list are spoken without their marks", () => {
  expect(cleanScript("Three facts.\n1. It is deep.\n- It is salty.\n* It is old.")).toBe(
    "Three facts.\nIt is deep.\nIt is salty.\nIt is old.",
  );
});

test("a Chinese script without its label and preamble stays", () => {
  expect(cleanScript("好的，以下是脚本：\n\n标题：大海\n旁白：大海很深。没有人了解它。")).toBe(
    "大海很深。没有人了解它。",
  );
});

test.each(["", "   ", "<think>never ends", "# Only a title", "[Music]"])("%j has no words to speak", (answer) => {
  expect(cleanScript(answer)).toBe("");
});

test("a script has at most 20,000 characters", () => {
  expect(cleanScript("word ".repeat(10_000)).length).toBeLessThanOrEqual(20_000);
});
