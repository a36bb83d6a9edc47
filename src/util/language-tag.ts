/** The canonical form of a BCP 47 tag; `und` (undetermined) if the text is no tag. */
export function knownLanguage(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? "und";
  } catch {
    return "und";
  }
}

/** The languages that are known by their names. */
const NAMED =
  "af ar bg bn ca cs da de el en es et fa fi fil fr gu he hi hr hu id it ja kn ko lt lv mk ml mr ms nb nl pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur vi zh";

/**
 * The BCP 47 tag of a language that is given as a tag or by its name, in English or in itself, such as `Arabic`, `中文` or
 * `Chinese (Traditional)`. Empty for `auto`. Any other text stays as it is.
 */
export function languageTag(given: string): string {
  const text = given.trim();
  if (/^(?:auto|default)/i.test(text)) return "";
  if (text === "" || /^[a-z]{2,3}(?:[-_]|$)/i.test(text)) return text.replaceAll("_", "-");
  const name = text.replace(/\s*[(（].*$/, "").toLowerCase();
  for (const code of NAMED.split(" ")) {
    const names = [["en"], [code]].map((locale) => new Intl.DisplayNames(locale, { type: "language" }).of(code) ?? "");
    if (!names.some((each) => each.toLowerCase() === name)) continue;
    return code === "zh" && /traditional|繁/i.test(text) ? "zh-TW" : code;
  }
  return text;
}
