import { expect, test } from "vitest";
import { preferFullCharacterMap } from "../../../../src/captions/fonts/character-map.ts";
import { readFont } from "../../../../src/captions/fonts/read-font-file.ts";
import { fontCollection, fontFile } from "../../../support/fonts.ts";

const ROCKET = 0x1f680;

/** The platform and encoding of each character map of a font that begins at `start`. */
function mapsOf(file: Uint8Array, start = 0): string[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const cmap = view.getUint32(recordOf(view, start, "cmap") + 8);
  return Array.from({ length: view.getUint16(cmap + 2) }, (_, index) => {
    const record = cmap + 4 + index * 8;
    return `${view.getUint16(record)},${view.getUint16(record + 2)}`;
  });
}

function recordOf(view: DataView, start: number, tag: string): number {
  for (let record = start + 12; ; record += 16) {
    if (String.fromCharCode(...[0, 1, 2, 3].map((at) => view.getUint8(record + at))) === tag) return record;
  }
}

function sumOfWords(view: DataView, from: number, length: number): number {
  let sum = 0;
  for (let at = 0; at < Math.ceil(length / 4) * 4; at++) {
    if (at < length) sum = (sum + view.getUint8(from + at) * 2 ** (24 - 8 * (at % 4))) % 2 ** 32;
  }
  return sum;
}

test("a font's map of the basic plane is taken off the list of maps if the font has a full map", () => {
  const file = fontFile("NotoEmoji-Regular.ttf");
  const before = readFont(file);
  expect(mapsOf(file)).toContain("3,1");
  expect(preferFullCharacterMap(file)).toBe(true);
  expect(mapsOf(file).filter((map) => map !== "0,5")).toEqual(["3,10"]);
  const after = readFont(file);
  for (const codePoint of [0x31, 0x2764, ROCKET]) {
    expect([codePoint, after.has(codePoint), after.advance(codePoint)]).toEqual([
      codePoint,
      true,
      before.advance(codePoint),
    ]);
  }
  expect(preferFullCharacterMap(file)).toBe(false);
});

test("the checksums of an edited font are right", () => {
  const file = fontFile("NotoEmoji-Regular.ttf");
  preferFullCharacterMap(file);
  const view = new DataView(file.buffer);
  const record = recordOf(view, 0, "cmap");
  expect(sumOfWords(view, view.getUint32(record + 8), view.getUint32(record + 12))).toBe(view.getUint32(record + 4));
  expect(sumOfWords(view, 0, file.byteLength)).toBe(0xb1b0afba);
});

test("all fonts of a collection get their full character map", () => {
  const { file, starts } = fontCollection([fontFile("NotoSansThai-Regular.ttf"), fontFile("NotoEmoji-Regular.ttf")]);
  expect(preferFullCharacterMap(file)).toBe(true);
  expect(starts.map((start) => mapsOf(file, start).includes("3,1") && mapsOf(file, start).includes("3,10"))).toEqual([
    false,
    false,
  ]);
});

test("a file that is not a font, and a damaged font, stay as they are", () => {
  for (const file of [new Uint8Array(3), new TextEncoder().encode("not a font, but long enough to look like one")]) {
    const before = file.slice();
    expect(preferFullCharacterMap(file)).toBe(false);
    expect(file).toEqual(before);
  }
  const cut = fontFile("NotoEmoji-Regular.ttf").slice(0, 400);
  expect(preferFullCharacterMap(cut)).toBe(false);
});
