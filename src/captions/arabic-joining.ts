/** The presentation forms of a letter, as code points: of one that does not join to the next, two. */
type Forms = readonly [isolated: string, final: string, initial: string | undefined, medial: string | undefined];

const MARK = /^[\p{Mn}\p{Me}]$/u;
/** Arabic Presentation Forms-B first: what they have of a letter, Forms-A have once more in another order. */
const BLOCKS = [
  [0xfe80, 0xfefc],
  [0xfb50, 0xfbff],
] as const;

/** By letter. A block lists a letter's forms one after the other, and Unicode says whose they are (UAX #15, NFKC). */
const forms = new Map<string, Forms>();
for (const [first, last] of BLOCKS) {
  const found = new Map<string, string[]>();
  for (let codePoint = first; codePoint <= last; codePoint++) {
    const form = String.fromCodePoint(codePoint);
    const letter = form.normalize("NFKC");
    if (letter !== form && letter.length === 1) found.set(letter, [...(found.get(letter) ?? []), form]);
  }
  for (const [letter, [isolated, final, ...inside]] of found) {
    if (isolated && final && !forms.has(letter)) forms.set(letter, [isolated, final, inside[0], inside[1]]);
  }
}

const JOINERS = new Set(["\u0640", "\u200d"]);
const joinsNext = (character: string) => JOINERS.has(character) || forms.get(character)?.[2] !== undefined;
const joinsPrevious = (character: string) => JOINERS.has(character) || forms.has(character);

/**
 * Text with its Arabic letters replaced by the presentation forms they take beside their neighbours (The
 * Unicode Standard, §9.2, "Cursive Joining"), for measuring: a letter is narrower where it is joined.
 * Ligatures are left to the letters they are made of.
 */
export function joinedForms(text: string): string {
  const characters = [...text];
  const letters = characters.map((character, index) => ({ character, index })).filter((it) => !MARK.test(it.character));
  for (const [at, { character, index }] of letters.entries()) {
    const [isolated, final, initial, medial] = forms.get(character) ?? [];
    if (!isolated) continue;
    const before = joinsNext(letters[at - 1]?.character ?? "");
    const after = initial !== undefined && joinsPrevious(letters[at + 1]?.character ?? "");
    characters[index] = (before ? (after ? medial : final) : after ? initial : isolated) ?? character;
  }
  return characters.join("");
}
