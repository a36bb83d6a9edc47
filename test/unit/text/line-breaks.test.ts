import { expect, test } from "vitest";
import { lineBreaks } from "../../../src/text/line-breaks.ts";

/** The text with `|` at each place where a line may break. */
function marked(text: string, language = "und"): string {
  const breaks = [0, ...lineBreaks(text, language), text.length];
  return breaks
    .map((start, index) => text.slice(start, breaks[index + 1] ?? start))
    .join("|")
    .replace(/\|$/, "");
}

test.each([
  ["between words", "one two three", "one |two |three"],
  ["after hyphens between letters", "a well-known COVID-19 case", "a |well-|known |COVID-19 |case"],
  [
    "never after abbreviations, initials and ordinals",
    "I met Mr. Brown, J. R. R. Tolkien vs. No. 6, heute 3. Oktober",
    "I |met |Mr. Brown, |J. R. R. Tolkien |vs. No. 6, |heute |3. Oktober",
  ],
  [
    "never inside numbers with their units",
    "1 234 567 or 1,000.50 $ at 5.30 p.m. for 10 km",
    "1 234 567 |or |1,000.50 $ |at |5.30 p.m. for |10 km",
  ],
  [
    "never inside URLs, addresses and file names",
    "see https://a.b/c-d?e=1&f=2 me-too@x-y.org my-file.txt",
    "see |https://a.b/c-d?e=1&f=2 |me-too@x-y.org |my-file.txt",
  ],
  ["before, not inside, quotation marks", 'he said “yes” and "no" (ok)', 'he |said |“yes” |and |"no" |(ok)'],
  ["never inside French marks", "« Bonjour ! » dit-il : « Non ? »", "« Bonjour ! » |dit-|il : |« Non ? »"],
  [
    "never at no-break spaces",
    "5\u00a0000\u202f€ and\u2060so on\u00a0and",
    "5\u00a0000\u202f€ |and\u2060so |on\u00a0and",
  ],
  ["before inverted marks", "dijo ¿qué? y ¡sí!", "dijo |¿qué? |y |¡sí!"],
  ["after list numbers' words", "1. First a) x", "1. First |a) |x"],
  [
    "between Chinese words, not before closing or after opening marks",
    "她问：“你好？”《红楼梦》很长。",
    "她|问：|“你好？”|《红楼梦》|很|长。",
  ],
  ["never between a number and its counter", "第3章有2024年的", "第3章|有|2024年|的"],
  ["not before small kana and marks of Japanese", "コーヒーをちょっと。「はい」", "コーヒー|を|ちょっと。|「はい」"],
  ["between Thai words", "ภาษาไทยง่าย", "ภาษา|ไทย|ง่าย"],
  ["only at the spaces of Korean", "안녕하세요 여러분", "안녕하세요 |여러분"],
  [
    "after a maqaf, but not before the number of a Hebrew prefix",
    "בית־ספר ב-3,499 ₪ עכשיו",
    "בית־|ספר |ב-3,499 ₪ |עכשיו",
  ],
  ["not before Arabic and Hindi marks", "نعم ، هل ؟ मैं हूँ ।", "نعم ، |هل ؟ |मैं |हूँ ।"],
  ["after dashes", "yes—no and a — b", "yes—|no |and |a — |b"],
  ["before words that begin with a mark", "use .NET and #tag @me ...then", "use |.NET |and |#tag |@me |...then"],
])("a line breaks %s", (_, text, expected) => {
  expect(marked(text)).toBe(expected);
});
