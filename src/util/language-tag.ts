/** The canonical form of a BCP 47 tag; `und` (undetermined) if the text is no tag. */
export function knownLanguage(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? "und";
  } catch {
    return "und";
  }
}
