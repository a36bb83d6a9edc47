/** How letters look, for fonts that stand for a font which is not there. */
export type FontLook = "regular" | "heavy" | "light";

/** What stands for a font: the fonts of a look, or a bundled font by its name. */
export type FontSubstitute = { look: FontLook } | { font: string };

/** Fonts of MoneyPrinterTurbo and others that many requests name, by their simple names. */
const SUBSTITUTES: Record<string, FontSubstitute> = {
  stheitimedium: { look: "heavy" },
  stheitilight: { look: "light" },
  microsoftyaheibold: { look: "heavy" },
  microsoftyaheinormal: { look: "regular" },
  utmkabelkt: { font: "Montserrat-Bold.ttf" },
  stheiti: { look: "regular" },
  microsoftyahei: { look: "regular" },
  msyh: { look: "regular" },
  msyhbd: { look: "heavy" },
  simhei: { look: "heavy" },
  pingfang: { look: "regular" },
  pingfangsc: { look: "regular" },
  arial: { look: "regular" },
  arialbold: { look: "heavy" },
  helvetica: { look: "regular" },
  roboto: { look: "regular" },
  impact: { font: "Anton-Regular.ttf" },
};

/**
 * What stands for a font that is neither uploaded nor bundled; null if the name is not known.
 *
 * @param name with or without an extension, in any case.
 */
export function fontSubstitute(name: string): FontSubstitute | null {
  const simple = simpleFontName(name);
  return Object.hasOwn(SUBSTITUTES, simple) ? (SUBSTITUTES[simple] ?? null) : null;
}

/** Bundled fonts whose letters are heavy. */
const HEAVY_FONTS = /^(?:anton|bangers|bebasneue|bevietnamprobold|charmbold|montserrat|poppins)/;

/** The look of the bundled fonts that draw what the font of a `font_name` has no letters for. */
export function lookOfFont(name: string): FontLook {
  if (HEAVY_FONTS.test(simpleFontName(name))) return "heavy";
  const substitute = fontSubstitute(name);
  return substitute && "look" in substitute ? substitute.look : "regular";
}

/** A font's name without its extension, in small letters and digits. `Bebas Neue`, `BebasNeue-Regular.ttf` are the same. */
export function simpleFontName(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.(?:ttf|ttc|otf)$/, "")
    .replaceAll(/[^a-z\d]/g, "")
    .replace(/(?<=.)regular$/, "");
}
