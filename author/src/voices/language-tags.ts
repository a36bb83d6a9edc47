/** The base language of a BCP 47 tag, in its canonical form: `zh` for `zh-CN`, `cmn` and `ZH_cn`. Empty if invalid. */
export function baseLanguage(tag: string): string {
  try {
    const { language } = new Intl.Locale(tag.trim().replaceAll("_", "-"));
    // Longer ones are names of languages, such as "english", which are no tags.
    return language.length <= 3 ? language : "";
  } catch {
    return "";
  }
}

/** Whether both tags name the same variant of a language, such as `en-GB`. */
export function sameLocale(a: string, b: string): boolean {
  return a.toLowerCase().replaceAll("_", "-") === b.toLowerCase().replaceAll("_", "-");
}

/** The English name of a language, for messages. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
