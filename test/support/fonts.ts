import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { charactersWithoutGlyph, fontOrder } from "../../src/captions/fonts/choose-fonts.ts";
import { fontSubstitute, lookOfFont } from "../../src/captions/fonts/font-names.ts";
import { type Font, readFont } from "../../src/captions/fonts/read-font-file.ts";

const require = createRequire(import.meta.url);

const WEIGHTS: Record<string, number> = { Light: 300, Regular: 400, Medium: 500, Bold: 700, ExtraBold: 800 };

/** Reads a bundled font by the name that the service lists, for example `NotoSans-Regular.ttf`. */
export function fontFile(name: string): Uint8Array<ArrayBuffer> {
  const [, family = "", weight = ""] = /^(\w+)-(\w+)\.ttf$/.exec(name) ?? [];
  const folder = family.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  const style = `${WEIGHTS[weight]}${weight}`;
  return new Uint8Array(readFileSync(require.resolve(`@expo-google-fonts/${folder}/${style}/${family}_${style}.ttf`)));
}

/**
 * Chooses the bundled fonts for a text, as the service does.
 *
 * @param name the name of a bundled font that a request asks for, or of one that others stand for; "" for none.
 */
export function fontsFor(text: string, name = ""): { font: Font; file: Uint8Array<ArrayBuffer> }[] {
  const chosen: { font: Font; file: Uint8Array<ArrayBuffer> }[] = [];
  const substitute = fontSubstitute(name);
  const first = substitute ? ("font" in substitute ? substitute.font : "") : name;
  for (const candidate of [...(first === "" ? [] : [first]), ...fontOrder(text, lookOfFont(name))]) {
    const fonts = chosen.map(({ font }) => font);
    const missing = charactersWithoutGlyph(text, fonts);
    if (chosen.length > 0 && missing.length === 0) break;
    const file = fontFile(candidate);
    const font = readFont(file);
    if (candidate === first || missing.some((character) => charactersWithoutGlyph(character, [font]).length === 0))
      chosen.push({ font, file });
  }
  return chosen;
}

/** A font collection (TTC) with the given fonts. Each table's offset counts from the start of the file. */
export function fontCollection(fonts: readonly Uint8Array[]): { file: Uint8Array<ArrayBuffer>; starts: number[] } {
  const header = 12 + 4 * fonts.length;
  const starts: number[] = [];
  let size = header;
  for (const font of fonts) {
    starts.push(size);
    size += Math.ceil(font.byteLength / 4) * 4;
  }
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode("ttcf"));
  view.setUint32(4, 0x00010000);
  view.setUint32(8, fonts.length);
  for (const [index, font] of fonts.entries()) {
    const start = starts[index] ?? 0;
    view.setUint32(12 + index * 4, start);
    file.set(font, start);
    for (let table = 0; table < view.getUint16(start + 4); table++) {
      const offset = start + 12 + table * 16 + 8;
      view.setUint32(offset, view.getUint32(offset) + start);
    }
  }
  return { file, starts };
}
