import { expect, test } from "vitest";
import { CodedError } from "../../../src/api/errors.ts";
import { readPartDisposition } from "../../../src/http/request/part-disposition.ts";

test.each([
  ['form-data; name="file"; filename="beach.mp4"', "file", "beach.mp4"],
  ['form-data; name="file"; filename="测试 🎬.jpg"', "file", "测试 🎬.jpg"],
  ['form-data; filename="Привет.mp4"; name="file"', "file", "Привет.mp4"],
  ["form-data; name=file; filename=测试.jpg", "file", "测试.jpg"],
  ['Form-Data;NAME="file" ; FileName = "a.mp4"', "file", "a.mp4"],
  ['form-data; name="note"', "note", undefined],
  ['form-data; name="file"; filename=""', "file", ""],
  ["", "", undefined],
  ["form-data", "", undefined],
  // Browsers
  ['form-data; name="file"; filename="5%22 disc.mp4"', "file", '5" disc.mp4'],
  ['form-data; name="file"; filename="50%25 off %2F.mp4"', "file", "50%25 off %2F.mp4"],
  ['form-data; name="file"; filename="C:\\fakepath\\a.mp4"', "file", "C:\\fakepath\\a.mp4"],
  ['form-data; name="file"; filename="a%0Ab.mp4"', "file", "a\nb.mp4"],
  // curl --form-escape, Go, PHP
  ['form-data; name="file"; filename="5\\" disc.mp4"', "file", '5" disc.mp4'],
  ['form-data; name="file"; filename="a\\\\b.mp4"', "file", "a\\b.mp4"],
  ['form-data; name="file"; filename="a; name=b.mp4"', "file", "a; name=b.mp4"],
  // .NET, Python
  ["form-data; name=file; filename==?utf-8?B?5rWLLm1wNA==?=; filename*=utf-8''%E6%B5%8B.mp4", "file", "测.mp4"],
  ["form-data; name=\"file\"; filename*=UTF-8'en'%F0%9F%8E%AC.mp4", "file", "🎬.mp4"],
  ["form-data; name=\"file\"; filename*=utf-8''a%20b%2Fc%22.mp4", "file", 'a b/c".mp4'],
  // The first of two is used, as by browsers.
  ['form-data; name="file"; name="other"; filename="a.mp4"; filename="b.mp4"', "file", "a.mp4"],
])("the form header %j names the field %j and the file %j", (header, field, fileName) => {
  expect(readPartDisposition(header)).toEqual({ field, fileName });
});

test.each([
  [
    "form-data; name=\"file\"; filename*=utf-8''%E6%ZZ.png",
    /filename\*=utf-8''%E6%ZZ\.png is not percent-encoded UTF-8/,
  ],
  ["form-data; name=\"file\"; filename*=utf-8''%E6.png", /is not percent-encoded UTF-8/],
  ["form-data; name=\"file\"; filename*=iso-8859-1''%E9.png", /is not percent-encoded UTF-8/],
  ['form-data; name="file"; filename*="a.png"', /is not percent-encoded UTF-8/],
  ['form-data; name="file"; filename="caf\uFFFD.png"', /is not UTF-8/],
])("the form header %j is refused with the reason", (header, reason) => {
  expect(() => readPartDisposition(header)).toThrow(CodedError);
  expect(() => readPartDisposition(header)).toThrow(reason);
});
