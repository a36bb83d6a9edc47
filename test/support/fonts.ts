import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { charactersWithoutGlyph, fontOrder } from "../../src/captions/fonts/choose-fonts.ts";
import { type Font, readFont } from "../../src/captions/fonts/read-font-file.ts";

const require = createRequire(import.meta.url);

/** Reads a bundled font by the name that the service lists, for example `NotoSans-Regular.ttf`. */
export function fontFile(name: string): Uint8Array<ArrayBuffer> {
  const family = name.replace("-Regular.ttf", "");
  const folder = family.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  return new Uint8Array(
    readFileSync(require.resolve(`@expo-google-fonts/${folder}/400Regular/${family}_400Regular.ttf`)),
  );
}

/** Chooses the bundled fonts for a text, as the service does. */
export function fontsFor(text: string): { font: Font; file: Uint8Array<ArrayBuffer> }[] {
  const chosen: { font: Font; file: Uint8Array<ArrayBuffer> }[] = [];
  for (const name of fontOrder(text)) {
    const fonts = chosen.map(({ font }) => font);
    const missing = charactersWithoutGlyph(text, fonts);
    if (chosen.length > 0 && missing.length === 0) break;
    const file = fontFile(name);
    const font = readFont(file);
    if (missing.some((character) => charactersWithoutGlyph(character, [font]).length === 0))
      chosen.push({ font, file });
  }
  return chosen;
}
