import fc from "fast-check";
import { expect, test } from "vitest";
import { speakableWords } from "../../../voice/src/speakable-text.ts";

const spoken = (text: string) => speakableWords(text).map((word) => word.spoken);

test.each([
  ["Hello, world!", ["Hello,", "world!"]],
  ["“Curly quotes” and ‘single’ ones, don’t they?", ["Curly", "quotes", "and", "single", "ones,", "don't", "they?"]],
  ["Zoë ate crème brûlée in São Paulo", ["Zoe", "ate", "creme", "brulee", "in", "Sao", "Paulo"]],
  ["Straße, Łódź, Ærø and ﬁne ＡＢＣ", ["Strasse,", "Lodz,", "Aero", "and", "fine", "ABC"]],
  ["It is well—then it… stopped", ["It", "is", "well,", "then", "it.", "stopped"]],
  ["one – two - three", ["one,", "two,", "three"]],
  ["from 1990–1995 or 5-6", ["from", "1990-1995", "or", "5-6"]],
  ["-5 or −7 degrees", ["minus 5", "or", "minus 7", "degrees"]],
  ["90% of 5% %", ["90%", "of", "5%", "percent"]],
  ["$5 million, $1,234.50 and $7.", ["5", "million dollars,", "$1234.50", "and", "$7."]],
  ["€5 £1 ¥1,000 3€ US$4", ["5 euros", "1 pound", "1,000 yen", "3 euros", "US $4"]],
  ["20°C in 5 m² at 10⁶", ["20 degrees celsius", "in", "5", "m squared", "at", "10 to the power of 6"]],
  ["½ or 3½ of №4", ["1/2", "or", "3 1/2", "of", "number 4"]],
  ["salt & pepper + a=b #1 #tag", ["salt", "and", "pepper", "plus", "a equals b", "number 1", "hashtag tag"]],
  ["AT&T™ and/or R®", ["AT and T", "and or", "R"]],
  ["at 10:30, note: this", ["at", "10:30,", "note,", "this"]],
  ["*bold* _it_ `code` [link](x)", ["bold", "it", "code", "link x"]],
  ["Really?! Yes!!! No...", ["Really?", "Yes!", "No."]],
  ["AI-made, the APIs of the US.", ["A I-made,", "the", "A P I's", "of", "the", "U S."]],
  ["the 1990s, the 2000s", ["the", "19 90s,", "the", "2000s"]],
  ["TELL US NOW", ["TELL", "US", "NOW"]],
  ["3!€;&c)' -- 7Y81().", ["3! and c,", "7Y81."]],
  ["first.Second and third.", ["first. Second", "and", "third."]],
])("%j is spoken as %j", (text, words) => {
  expect(spoken(text)).toEqual(words);
});

test.each([
  ["example.com", "example dot com"],
  ["https://www.example.com/a_b?c=1.", "example dot com slash a underscore b c 1."],
  ["(see http://x.org/)", "x dot org"],
  ["me@example.org", "me at example dot org"],
  ["Node.js", "Node dot js"],
])("the address in %j is one word, spoken as %j", (text, said) => {
  expect(spoken(text).at(-1)).toBe(said);
});

test("words keep the text as it was given", () => {
  const words = speakableWords("Visit “https://example.com/x”, it’s $5 — café!\n\nNext line.");
  expect(words.map(({ text }) => text)).toEqual([
    ...["Visit", "“https://example.com/x”,", "it’s", "$5", "café!", "Next", "line."],
  ]);
  expect(words.map(({ endsLine }) => endsLine)).toEqual([false, false, false, false, true, false, true]);
});

test.each([
  "",
  "   \n\t ",
  "😀🎉",
  "你好，世界。",
  "Привет",
  "!!! ... — ?",
  "\u0000\u0007\u001b",
  "™®",
  "\ud800",
  "👩‍👩‍👧‍👦",
])("%j has nothing to say", (text) => {
  expect(speakableWords(text)).toEqual([]);
});

test("what cannot be spoken is left out, and its punctuation makes a pause", () => {
  expect(spoken("Hello 世界！ I 😀 like 1️⃣ cat\u0000s")).toEqual(["Hello!", "I", "like", "1", "cat", "s"]);
});

test("a row of letters or digits is said in parts of 30", () => {
  expect(spoken("a".repeat(70))).toEqual([`${"a".repeat(30)} ${"a".repeat(30)} ${"a".repeat(10)}`]);
  expect(spoken("1".repeat(31))).toEqual([`${"1".repeat(30)} 1`]);
});

test("any text becomes words with a letter or a digit, in ASCII that flite understands", () => {
  const special = fc.constantFrom(..."-.,:;!?'\"%$€&@#/\\()[]{}<>*_=+~`|^0aZ é—…😀中 \n\t");
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(special, { maxLength: 60 }).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(text, (given) => {
      const isRight = ({ text, spoken }: { text: string; spoken: string }) =>
        /^\S+$/u.test(text) && /^[A-Za-z0-9 '.,?!$%/:-]+$/.test(spoken) && /[A-Za-z0-9]/.test(spoken);
      const words = speakableWords(given);
      expect(words.filter((word) => !isRight(word))).toEqual([]);
      expect(words.filter(({ spoken }) => /[.,?!]{2}/.test(spoken))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
