/** Costs of an alignment: for phones of the same kind, of different kinds, and for a phone without a partner. */
const SAME_KIND = 3;
const OTHER_KIND = 4;
const GAP = 2;

/** Where a step of the alignment comes from. */
const BOTH = 0;
const ONLY_EXPECTED = 1;
const ONLY_SPOKEN = 2;

/**
 * Finds the word of each phone of a speech, by aligning the speech with the phones that each word has when it is spoken
 * alone. In a sentence some phones differ: "a" is reduced, "5" may be "fifth", and "$5 million" is "five million
 * dollars". Then the words around them show which word they belong to.
 *
 * @param expected the phones of each word alone, without pauses.
 * @param spoken the phones of the speech, without pauses.
 * @returns the index of the word of each phone. It never decreases.
 */
export function alignPhones(expected: readonly (readonly string[])[], spoken: readonly string[]): number[] {
  const phones = expected.flat();
  const words = expected.flatMap((word, index) => word.map(() => index));
  const steps = alignmentSteps(phones, spoken);
  const result = new Array<number>(spoken.length).fill(0);
  const width = spoken.length + 1;
  for (let row = phones.length, column = spoken.length; row > 0 || column > 0; ) {
    const step = steps[row * width + column];
    if (column > 0 && step !== ONLY_EXPECTED) {
      // A phone that no word has belongs to the word before it.
      result[column - 1] = words[Math.max(0, row - 1)] ?? 0;
    }
    if (step !== ONLY_SPOKEN) row--;
    if (step !== ONLY_EXPECTED) column--;
  }
  return result;
}

/** The best last step for each pair of beginnings, row by row (Needleman and Wunsch). */
function alignmentSteps(expected: readonly string[], spoken: readonly string[]): Uint8Array {
  const width = spoken.length + 1;
  const steps = new Uint8Array((expected.length + 1) * width);
  let above = Uint16Array.from({ length: width }, (_, column) => column * GAP);
  steps.fill(ONLY_SPOKEN, 1, width);
  for (let row = 1; row <= expected.length; row++) {
    const costs = new Uint16Array(width);
    costs[0] = row * GAP;
    steps[row * width] = ONLY_EXPECTED;
    const phone = expected[row - 1] ?? "";
    for (let column = 1; column < width; column++) {
      const both = (above[column - 1] ?? 0) + difference(phone, spoken[column - 1] ?? "");
      const onlyExpected = (above[column] ?? 0) + GAP;
      const onlySpoken = (costs[column - 1] ?? 0) + GAP;
      const cost = Math.min(both, onlyExpected, onlySpoken);
      costs[column] = cost;
      steps[row * width + column] = cost === both ? BOTH : cost === onlyExpected ? ONLY_EXPECTED : ONLY_SPOKEN;
    }
    above = costs;
  }
  return steps;
}

function difference(one: string, other: string): number {
  if (one === other) return 0;
  return isVowel(one) === isVowel(other) ? SAME_KIND : OTHER_KIND;
}

/** Only vowels begin with a vowel letter in flite's notation. */
function isVowel(phone: string): boolean {
  return "aeiou".includes(phone.charAt(0));
}
