import { expect, test } from "vitest";
import { videoRequestSchema } from "../../../../src/api/video-request.ts";
import { captionStyle } from "../../../../src/captions/caption-style.ts";
import { directed, shownText } from "../../../../src/captions/drawing/shown-text.ts";
import { readFont } from "../../../../src/captions/fonts/read-font-file.ts";
import { withSpreadWords } from "../../../../src/captions/timing/cue-words.ts";
import { fontFile } from "../../../support/fonts.ts";

const fonts = [readFont(fontFile("NotoSans-Regular.ttf"))];

function shown(text: string, fields: object, script = text) {
  const request = videoRequestSchema.parse({ video_script: script, ...fields });
  const style = captionStyle(request, { width: 720, height: 1280 });
  return shownText(withSpreadWords({ start: 0, end: 90, text }, "und"), style, fonts);
}
const wordsOf = ({ text, words }: ReturnType<typeof shown>) => words.map(({ from, to }) => text.slice(from, to));

test.each([
  ["straße ﬁnish", "de", ["STRASSE", "FINISH"]],
  ["iki ılık", "tr", ["İKİ", "ILIK"]],
  ["It is", "en", ["IT", "IS"]],
  ["Ο ρυθμός της Μαΐου άι", "el", ["Ο", "ΡΥΘΜΟΣ", "ΤΗΣ", "ΜΑΪΟΥ", "ΑΪ"]],
  ["Ο ρυθμός", "", ["Ο", "ΡΥΘΜΟΣ"]],
  ["ночью огни", "ru", ["НОЧЬЮ", "ОГНИ"]],
  ["夜晚 ok", "zh", ["夜晚", "OK"]],
  ["ab\ncd", "", ["AB", "CD"]],
])("%j in capitals by the rules of %j has the words %j at their places", (text, language, words) => {
  expect(wordsOf(shown(text, { uppercase: true, video_language: language }))).toEqual(words);
});

test("a text with letters that only Turkish has is drawn in Turkish capitals, also in its other subtitles", () => {
  expect(shown("iki", { uppercase: true }, "Iki. Ağaç.").text).toBe("İKİ");
  expect(shown("iki", { uppercase: true }, "Iki.").text).toBe("IKI");
});

test("a letter whose capital no font has stays small", () => {
  // Georgian capitals (Mtavruli) are in few fonts.
  expect(shown("დიდი abc", { uppercase: true }).text).toBe("დიდი ABC");
});

test("marks of direction do not move the places of words", () => {
  const text = "אמר (hello) world 12\nעוד 'abc' ok";
  const plain = withSpreadWords({ start: 0, end: 90, text }, "und");
  const marked = directed({ text, words: plain.words ?? [] });
  expect(marked.text).not.toBe(text);
  const unmarked = (part: string) => part.replace(/[\u200e\u200f\u061c]/g, "");
  expect(marked.words.map(({ from, to }) => unmarked(marked.text.slice(from, to)))).toEqual(
    plain.words?.map(({ from, to }) => text.slice(from, to)),
  );
});
