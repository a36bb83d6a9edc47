import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { charactersWithoutGlyph, fontOrder } from "../src/timeline/caption-fonts.ts";
import { type Font, readFont } from "../src/timeline/font.ts";

const require = createRequire(import.meta.url);

/** The bundled fonts' files, by the names the service lists them by. */
export const fontFiles: Record<string, string> = {
  "NotoSans-Regular.ttf": "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  "NotoSansArabic-Regular.ttf": "@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf",
  "NotoSansDevanagari-Regular.ttf":
    "@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf",
  "NotoSansSC-Regular.ttf": "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
};

/** A bundled font's file. */
export function fontFile(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(require.resolve(fontFiles[name] ?? name)));
}

/** The bundled fonts that a text is drawn with, as the service chooses them. */
export function fontsFor(text: string): { font: Font; file: Uint8Array<ArrayBuffer> }[] {
  const chosen: { font: Font; file: Uint8Array<ArrayBuffer> }[] = [];
  for (const name of fontOrder(text)) {
    const fonts = chosen.map(({ font }) => font);
    if (chosen.length > 0 && charactersWithoutGlyph(text, fonts).length === 0) break;
    const file = fontFile(name);
    chosen.push({ font: readFont(file), file });
  }
  return chosen;
}
