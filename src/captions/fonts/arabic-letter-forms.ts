/** The presentation forms of one letter. A letter that does not join to the next one has no initial and medial form. */
type LetterForms = readonly [isolated: string, final: string, initial: string | undefined, medial: string | undefined];

const COMBINING_MARK = /^[\p{Mn}\p{Me}]$/u;
/**
 * Arabic Presentation Forms-B and Forms-A, as first and last code point. Forms-B comes first because Forms-A
 * repeats some of its letters with the forms in another order.
 */
const PRESENTATION_FORM_BLOCKS = [
  [0xfe80, 0xfefc],
  [0xfb50, 0xfbff],
] as const;

/**
 * Forms by letter. A block lists the forms of one letter in sequence; NFKC normalization (UAX #15) maps each form
 * to its letter.
 */
const formsByLetter = new Map<string, LetterForms>();
for (const [first, last] of PRESENTATION_FORM_BLOCKS) {
  const found = new Map<string, string[]>();
  for (let codePoint = first; codePoint <= last; codePoint++) {
    const form = String.fromCodePoint(codePoint);
    const letter = form.normalize("NFKC");
    if (letter !== form && letter.length === 1) found.set(letter, [...(found.get(letter) ?? []), form]);
  }
  for (const [letter, [isolated, final, ...inside]] of found) {
    if (isolated && final && !formsByLetter.has(letter)) {
      formsByLetter.set(letter, [isolated, final, inside[0], inside[1]]);
    }
  }
}

/** Tatweel and zero width joiner: they join to both sides. */
const DUAL_JOINERS = new Set(["\u0640", "\u200d"]);
const joinsNext = (character: string) => DUAL_JOINERS.has(character) || formsByLetter.get(character)?.[2] !== undefined;
const joinsPrevious = (character: string) => DUAL_JOINERS.has(character) || formsByLetter.has(character);

/**
 * Replaces Arabic letters with the presentation forms they take next to their neighbours (The Unicode Standard,
 * §9.2, "Cursive Joining"). Only for measuring text: joined letters are narrower than isolated ones.
 * Ligatures are measured as their separate letters.
 */
export function joinedForms(text: string): string {
  const characters = [...text];
  const letters = characters
    .map((character, index) => ({ character, index }))
    .filter((it) => !COMBINING_MARK.test(it.character));
  for (const [at, { character, index }] of letters.entries()) {
    const [isolated, final, initial, medial] = formsByLetter.get(character) ?? [];
    if (!isolated) continue;
    const before = joinsNext(letters[at - 1]?.character ?? "");
    const after = initial !== undefined && joinsPrevious(letters[at + 1]?.character ?? "");
    characters[index] = (before ? (after ? medial : final) : after ? initial : isolated) ?? character;
  }
  return characters.join("");
}
