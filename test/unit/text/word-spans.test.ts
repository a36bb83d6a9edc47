import fc from "fast-check";
import { expect, test } from "vitest";
import { segmenterFor } from "../../../src/text/segmenters.ts";
import { wordSpans } from "../../../src/text/word-spans.ts";
import { scripts } from "../support/scripts.ts";

const wordsOf = (text: string, language: string) =>
  wordSpans(text, language).map(({ start, end }) => text.slice(start, end));

test.each([
  ["en", "Hello, world! It's a well-known fact — isn't it?", "Hello,|world!|It's|a|well-known|fact —|isn't|it?"],
  ["fr", "« Bonjour ! » dit-il… 3,14 € et $5 (oui).", "« Bonjour ! »|dit-il…|3,14 €|et|$5|(oui)."],
  ["es", "¿Qué tal? ¡Muy bien! “Quoted words”.", "¿Qué|tal?|¡Muy|bien!|“Quoted|words”."],
  ["zh", "人工智能正在改变我们的生活，使用ChatGPT写作。", "人工|智能|正在|改变|我们|的|生活，|使用|ChatGPT|写作。"],
  ["zh", "《红楼梦》很好！", "《红楼梦》|很好！"],
  ["ja", "東京は日本の首都です。「こんにちは」と言った。", "東京|は|日本|の|首都|です。|「こんにちは」|と|言っ|た。"],
  ["th", "สวัสดีครับ นี่คือข้อความภาษาไทย", "สวัสดี|ครับ|นี่|คือ|ข้อความ|ภาษา|ไทย"],
  ["he", 'מה שלומך? "שלום" (עולם).', 'מה|שלומך?|"שלום"|(עולם).'],
  ["ar", "مرحبا، كيف حالك؟", "مرحبا،|كيف|حالك؟"],
  ["hi", "नमस्ते दुनिया। कैसे हो?", "नमस्ते|दुनिया।|कैसे|हो?"],
  ["ko", "안녕하세요, 세계!", "안녕하세요,|세계!"],
  ["en", "Visit https://example.com/a?b=c, or mail a@b.co!", "Visit|https://example.com/a?b=c,|or|mail|a@b.co!"],
  ["en", "\"Hi,\" she said. 'Tis 'quoted' rock 'n' roll", "\"Hi,\"|she|said.|'Tis|'quoted'|rock|'n'|roll"],
  [
    "en",
    "#tag @name C++ AT&T 50% off! one,two 1,000.50 wait—what",
    "#tag|@name|C++|AT&T|50%|off!|one,|two|1,000.50|wait—|what",
  ],
  ["he", "\u200fשלום world\n– Hi there 😀 👨‍👩‍👧 ok", "שלום|world|– Hi|there 😀 👨‍👩‍👧|ok"],
  ["und", "...", "..."],
  ["und", "😀 😀", "😀 😀"],
  ["und", " \n ", ""],
])("the words of a text in %s are found: %j", (language, text, words) => {
  expect(wordsOf(text, language).join("|")).toBe(words);
});

test("words of any text in ten scripts are in order, have all of its visible characters and split no grapheme cluster", () => {
  const part = fc.constantFrom(
    ...scripts.flatMap(({ text }) => text.split(/(?<=\s)/u)),
    ..."\n,\u200f,\u2067,\u2069,😀 ,👨‍👩‍👧,«,( ,),—,…,- ,¿,\u00a0!,e\u0301,é,5%,$3,\u0301".split(","),
  );
  const language = fc.constantFrom("und", ...scripts.map((script) => script.language));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), language, (parts, tag) => {
      const text = parts.join("");
      const edges = new Set(Array.from(segmenterFor("und", "grapheme").segment(text), ({ index }) => index));
      edges.add(text.length);
      let position = 0;
      for (const { start, end } of wordSpans(text, tag)) {
        expect(start).toBeGreaterThanOrEqual(position);
        expect(end).toBeGreaterThan(start);
        expect(text.slice(position, start)).toMatch(BETWEEN);
        const word = text.slice(start, end);
        expect(word).not.toMatch(/\n/);
        expect(word).toBe(word.replace(EDGES, ""));
        // A direction control may be a part of the cluster at the edge of a word.
        expect(edges.has(start) || BETWEEN.test(text.charAt(start - 1))).toBe(true);
        expect(edges.has(end) || BETWEEN.test(text.charAt(end))).toBe(true);
        position = end;
      }
      expect(text.slice(position)).toMatch(BETWEEN);
    }),
    { numRuns: 300 },
  );
});

const BETWEEN = /^[\s\u200b\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]*$/;
const EDGES = /^[\s\u200f\u2067\u2069]+|[\s\u200f\u2067\u2069]+$/g;
