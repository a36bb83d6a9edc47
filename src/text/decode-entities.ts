/** The named character references of HTML. */
export interface EntityNames {
  /** Characters by name. */
  names: Readonly<Record<string, string>>;
  /** Names that need no semicolon. */
  legacy: readonly string[];
}

/** The names that people write by hand. */
const COMMON: EntityNames = {
  names: {
    ...{
      amp: "&",
      lt: "<",
      gt: ">",
      quot: '"',
      apos: "'",
      nbsp: "\u00a0",
      copy: "©",
      reg: "®",
      trade: "™",
      hellip: "…",
    },
    ...{
      ndash: "–",
      mdash: "—",
      lsquo: "‘",
      rsquo: "’",
      ldquo: "“",
      rdquo: "”",
      laquo: "«",
      raquo: "»",
      bull: "•",
      middot: "·",
    },
    ...{ deg: "°", times: "×", euro: "€", pound: "£", iexcl: "¡", iquest: "¿", lrm: "\u200e", rlm: "\u200f" },
  },
  legacy: [],
};

/** What numbers 128 to 159 mean in HTML: the characters of Windows-1252. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/**
 * Replaces the character references of HTML with their characters. Names that need no semicolon are replaced without it
 * only if no letter, digit or `=` follows, as in an attribute: "&copy 2024", but not "?a=1&copy=2".
 *
 * @param entities the known names. By default, only the most common ones.
 */
export function decodeEntities(text: string, entities: EntityNames = COMMON): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,9});?|#x([\da-f]{1,8});?|([a-z][a-z\d]{1,31})(;|(?![;=a-z\d])))/gi,
    (whole, decimal?: string, hexadecimal?: string, name = "", semicolon = "") => {
      if (decimal !== undefined) return characterOf(Number.parseInt(decimal, 10));
      if (hexadecimal !== undefined) return characterOf(Number.parseInt(hexadecimal, 16));
      const known = semicolon === ";" || entities.legacy.includes(name);
      return known && Object.hasOwn(entities.names, name) ? (entities.names[name] ?? whole) : whole;
    },
  );
}

function characterOf(number: number): string {
  if (number >= 0x80 && number < 0xa0) return WINDOWS_1252.charAt(number - 0x80);
  const isCharacter = number > 0 && number <= 0x10ffff && !(number >= 0xd800 && number < 0xe000);
  return isCharacter ? String.fromCodePoint(number) : "\ufffd";
}
