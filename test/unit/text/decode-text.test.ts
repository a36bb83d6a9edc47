import { expect, test } from "vitest";
import { decodeText, EncodingError } from "../../../src/text/decode-text.ts";

/** Encodes a text with the characters that an encoding has, by decoding all of its codes of one and two bytes. */
function encode(text: string, encoding: string): Uint8Array {
  const single = Array.from({ length: 256 }, (_, first) => [first]);
  const double = single.slice(0x81).flatMap(([first = 0]) => single.slice(0x30).map(([second = 0]) => [first, second]));
  const codes = [...single.filter(([first]) => first !== 0x0a), ...double];
  const decoded = new TextDecoder(encoding)
    .decode(Uint8Array.from(codes.flatMap((code) => [...code, 0x0a])))
    .split("\n");
  const codeOf = new Map([["\n", [0x0a]]]);
  for (const [index, character] of decoded.entries()) {
    if (!codeOf.has(character)) codeOf.set(character, codes[index] ?? []);
  }
  return Uint8Array.from([...text].flatMap((character) => codeOf.get(character) ?? []));
}

const srt = (lines: string[]) =>
  lines.map((line, index) => `${index + 1}\r\n00:00:0${index},000 --> 00:00:0${index},900\r\n${line}\r\n\r\n`).join("");

test.each([
  ["windows-1252", ["C'était un très bel été à l'école.", "Où êtes-vous allés ? Ça m'a plu, bien sûr."]],
  ["windows-1252", ["Die schöne Straße führt über die Brücke.", "Er hörte die Glocken läuten und grüßte."]],
  ["windows-1250", ["Zażółć gęślą jaźń, mówił ojciec.", "Dziś jest piękny dzień, chodź tutaj."]],
  ["windows-1251", ["Привет, как твои дела сегодня?", "Мы пойдём гулять вечером в парк."]],
  ["koi8-r", ["Привет, как твои дела сегодня?", "Мы пойдём гулять вечером в парк."]],
  ["windows-1255", ["שלום לכולם, מה שלומכם היום?", "אנחנו הולכים לטייל בפארק."]],
  ["windows-1256", ["مرحبا بكم في هذا البرنامج", "كيف حالك اليوم يا صديقي العزيز"]],
  ["gb18030", ["你好，今天天气怎么样？", "我们一起去公园散步吧，好不好？"]],
  ["big5", ["你好，今天天氣怎麼樣？", "我們一起去公園散步吧，好不好？"]],
  ["shift_jis", ["こんにちは、今日の天気はどうですか。", "一緒に公園へ散歩に行きましょう。"]],
  ["euc-jp", ["こんにちは、今日の天気はどうですか。", "一緒に公園へ散歩に行きましょう。"]],
  ["windows-874", ["สวัสดีครับ วันนี้อากาศดีมาก", "เราไปเดินเล่นที่สวนสาธารณะกันเถอะ 250 บาท ฯลฯ"]],
  ["euc-kr", ["안녕하세요, 오늘 날씨가 어떻습니까?", "우리 함께 공원에 산책하러 갑시다."]],
])("subtitles in %s are recognised and decoded: %j", (encoding, lines) => {
  const text = srt(lines);
  expect(decodeText(encode(text, encoding))).toEqual({ text, encoding });
});

test.each([
  ["windows-1252", "Ça va très bien"],
  ["windows-1252", "Größe"],
  ["windows-1251", "Я тебя люблю"],
  ["windows-1256", "كيف حالك؟"],
  ["gb18030", "你好"],
  ["windows-874", "ไม่เป็นไรครับ"],
  ["big5", "歡迎觀看"],
  ["shift_jis", "日本語"],
  ["euc-jp", "ありがとう"],
  ["euc-kr", "감사합니다"],
])("one short subtitle in %s is enough: %s", (encoding, line) => {
  const text = srt([line]);
  expect(decodeText(encode(text, encoding))).toEqual({ text, encoding });
});

test.each([
  ["utf-8", (text: string) => Buffer.from(text)],
  ["utf-8", (text: string) => Buffer.from(`\ufeff${text}`)],
  ["utf-16le", (text: string) => Buffer.from(text, "utf16le")],
  ["utf-16le", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ["utf-16be", (text: string) => Buffer.from(text, "utf16le").swap16()],
  ["utf-16be", (text: string) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
])("text in %s is recognised with and without a byte order mark", (encoding, bytes) => {
  for (const text of [srt(["Hello"]), srt(["你好，今天天气怎么样？你好，今天天气怎么样？"])]) {
    expect(decodeText(bytes(text))).toEqual({ text, encoding });
  }
});

test("ISO-2022-JP, which has only ASCII bytes, is recognised by its escape sequences", () => {
  expect(decodeText(Buffer.from("a \u001b$BF|K\\\u001b(B b"))).toEqual({ text: "a 日本 b", encoding: "iso-2022-jp" });
});

test.each([
  [
    "UTF-8 text with a damaged character",
    Buffer.concat([Buffer.from("日本語の字幕です。"), Buffer.of(0xff)]),
    /UTF-8 text, but has damaged/,
  ],
  [
    "bytes that are no text",
    Uint8Array.from({ length: 300 }, (_, index) => (index * 7 + 129) % 256),
    /not UTF-8 text.*save it as UTF-8/,
  ],
  [
    "an odd number of bytes in UTF-16",
    Buffer.concat([Buffer.from("1\n00:00", "utf16le"), Buffer.of(0x30)]),
    /UTF-16LE text, but is damaged/,
  ],
])("%s is refused, naming the best guess", (_, bytes, reason) => {
  expect(() => decodeText(bytes)).toThrow(EncodingError);
  expect(() => decodeText(bytes)).toThrow(reason);
});
