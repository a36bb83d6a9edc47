import { expect, test } from "vitest";
import { removeMarkup } from "../../../src/text/remove-markup.ts";

test.each([
  ["rules", "One\n\n---\n***\n* * *\n═══\n\nTwo", "One\nTwo"],
  ["headings", "# Title #\nText\n\n### Next\nOld\n===\nOlder\n---", "Title\nText\nNext\nOld\nOlder"],
  [
    "highlights",
    "A ==marked word==, but a == b, a==b==c, x === y and https://a.b/?c==d==",
    "A marked word, but a == b, a==b==c, x === y and https://a.b/?c==d==",
  ],
  ["emphasis", "**Bold** _it_ ***both*** __b__ ~~gone~~ *two\nlines*", "Bold it both b gone two\nlines"],
  ["emphasis in Chinese", "这是**重点**。**「引用」**内容", "这是重点。「引用」内容"],
  [
    "code",
    "Run `npm run *x*` or ``a`b``\n```js\n**x** = 1\n```\n```\n**prose**\n```",
    "Run npm run *x* or a`b\n**x** = 1\nprose",
  ],
  [
    "links and images",
    '[a](https://x.y/c_(d) "t") ![b](c.png) [e][1] <https://f.g>\n\n[1]: https://h.i',
    "a b e https://f.g",
  ],
  ["block quotes and lists", "> q\n>> r\n- a\n* [x] b\n+ c\n1. First\n• d", "q\nr\na\nb\nc\n1. First\n• d"],
  ["tables", "| A | B |\n|:--|--:|\n| 1 | 2 |\nEnd", "A B\n1 2\nEnd"],
  [
    "HTML and SSML",
    '<p>One</p>\n<b>two</b><!-- no --><break time="1s"/> &amp; three<br>four<think>hm</think>',
    "One\ntwo & three\nfour",
  ],
  ["stage directions", "[Scene 2: the beach]\n(pause)\n[0:00 - 0:15]\nText", "Text"],
  ["escapes and footnotes", "1\\. \\*no\\* [^1]\n\n[^1]: note", "1. *no*\nnote"],
])("removeMarkup removes %s", (_, text, expected) => {
  const lines = removeMarkup(text).split("\n");
  expect(
    lines
      .map((line) => line.replace(/ +/g, " ").trim())
      .filter((line) => line !== "")
      .join("\n"),
  ).toBe(expected);
});

test.each([
  "2 * 3 * 4 and 2*3*4 and 2**8",
  "snake_case_name and __init__.py",
  "#1 hit, C# and F#",
  "a < b, 5 > 3, I <3 you, a <b and c> d, <name>",
  "~5 to ~6",
  "-_- ^_^ *_* >_< T_T",
  "**unclosed",
  "Price* and terms*",
  ":smile_face: :+1:",
  "$x_1 + y_2$ and \\(a_b\\) cost $5 and $6",
  "https://a.b/foo_bar_baz",
  "[music] (narrator)",
  "— Hello\n• item\na | b",
  "AT&T ?a=1&copy=2",
  "{\\b1}",
])("text that only looks like markup stays: %j", (text) => {
  expect(removeMarkup(text)).toBe(text);
});
