/** Tags that begin a new line. */
const LINE_TAGS = new Set(
  (
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 " +
    "head header hr html li main nav ol option p pre section select summary table tbody tfoot thead tr ul speak par seq media"
  ).split(" "),
);
/** Tags between words that stand apart, such as the cells of a table. */
const SPACE_TAGS = new Set(
  "td th img audio video source track iframe input button wbr break pause mark bookmark".split(" "),
);
/** Tags inside a line. The last ones are of SSML, which speech synthesisers read. */
const INLINE_TAGS = new Set(
  (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label meta link nobr q rb rp rt rtc ruby s samp small span " +
    "strike strong style sub sup time title tt u var svg path math script noscript template " +
    "emphasis lang lexicon p phoneme prosody s say-as sub token voice w"
  ).split(" "),
);
/** Attributes without a value. Other words in a tag show that it is none: "a <b and c> d". */
const BARE_ATTRIBUTE =
  /^(?:hidden|disabled|checked|controls|autoplay|loop|muted|async|defer|required|readonly|selected|open|reversed|default|allowfullscreen)$/i;
const ATTRIBUTE = /([a-z_:@][\w:.-]*)(\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?/giy;
const TAG =
  /<(\/?)([a-z][a-z0-9:-]*)((?:\s+[a-z_:@][\w:.-]*(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'=<>`]+))?){0,12})\s*(\/?)>/iy;

/** A tag of HTML or a similar language in a text. */
export interface Tag {
  /** Its length in UTF-16 code units. */
  length: number;
  /** What stands in its place. */
  shownAs: "" | " " | "\n";
}

/**
 * Returns a function that reads the tag at an index of a text, or null if there is none. Text that only looks like a tag
 * is none: "<3", "a <b and c> d", "<name>" without "</name>".
 *
 * @param stray whether tags of HTML without a counterpart are tags too, as in damaged subtitle files.
 */
export function tagReader(text: string, stray = false): (index: number) => Tag | null {
  const opened = names(text, /<([a-z][a-z0-9:-]*)[\s>/]/gi);
  const closed = names(text, /<\/([a-z][a-z0-9:-]*)\s*>/gi);
  return (index) => {
    TAG.lastIndex = index;
    const [whole, slash, given = "", attributes = "", end] = TAG.exec(text) ?? [];
    if (whole === undefined) return null;
    const name = given.toLowerCase();
    if (!attributesOf(attributes).every(([word, value]) => value !== undefined || BARE_ATTRIBUTE.test(word)))
      return null;
    const breaks = LINE_TAGS.has(name);
    const apart = SPACE_TAGS.has(name);
    const known = breaks || apart || INLINE_TAGS.has(name);
    const pair = opened.has(name) && closed.has(name);
    const isTag =
      pair || attributes.includes("=") || end === "/" || breaks || apart || (known && (stray || slash === "/"));
    if (!isTag) return null;
    return { length: whole.length, shownAs: breaks ? "\n" : apart ? " " : "" };
  };
}

/** Removes all tags from a text. */
export function removeTags(text: string, stray = false): string {
  const read = tagReader(text, stray);
  let shown = "";
  for (let index = 0; index < text.length; ) {
    const tag = text.charAt(index) === "<" ? read(index) : null;
    shown += tag ? tag.shownAs : text.charAt(index);
    index += tag?.length ?? 1;
  }
  return shown;
}

function names(text: string, pattern: RegExp): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(pattern), ([, name = ""]) => name.toLowerCase()));
}

function attributesOf(text: string): [string, string | undefined][] {
  return Array.from(text.trim().matchAll(new RegExp(ATTRIBUTE.source, "gi")), ([, name = "", value]) => [name, value]);
}
