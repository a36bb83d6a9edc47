/** Letters that two texts have in common, in the same order. Pure. */

/** A run of equal letters at the indexes `a` and `b` of two texts. */
export interface Run {
  a: number;
  b: number;
  length: number;
}

/** Parts of texts are compared letter by letter up to this product of their lengths. */
const MAX_CELLS = 1_000_000;
/** Longer texts are first divided at runs of this many letters that both have, and that occur once in each. */
const ANCHOR_LETTERS = [24, 12, 6] as const;

/** Finds the equal letters of two texts by edit distance. Long texts take time in proportion to their length. */
export function commonRuns(a: string, b: string): Run[] {
  const runs: Run[] = [];
  const add = (run: Run) => {
    const last = runs.at(-1);
    if (run.length === 0) return;
    if (last && last.a + last.length === run.a && last.b + last.length === run.b) last.length += run.length;
    else runs.push({ ...run });
  };
  const compare = (fromA: number, toA: number, fromB: number, toB: number): void => {
    let prefix = 0;
    while (fromA + prefix < toA && fromB + prefix < toB && a[fromA + prefix] === b[fromB + prefix]) prefix++;
    add({ a: fromA, b: fromB, length: prefix });
    const [startA, startB] = [fromA + prefix, fromB + prefix];
    let suffix = 0;
    while (toA - suffix > startA && toB - suffix > startB && a[toA - suffix - 1] === b[toB - suffix - 1]) suffix++;
    const [endA, endB] = [toA - suffix, toB - suffix];
    if ((endA - startA) * (endB - startB) <= MAX_CELLS) {
      for (const run of byEditDistance(a.slice(startA, endA), b.slice(startB, endB))) {
        add({ a: startA + run.a, b: startB + run.b, length: run.length });
      }
    } else {
      let [doneA, doneB] = [startA, startB];
      for (const anchor of anchors(a.slice(startA, endA), b.slice(startB, endB))) {
        const [nextA, nextB] = [startA + anchor.a, startB + anchor.b];
        // Anchors may overlap each other.
        if (nextA < doneA || nextB < doneB) continue;
        compare(doneA, nextA, doneB, nextB);
        add({ a: nextA, b: nextB, length: anchor.length });
        [doneA, doneB] = [nextA + anchor.length, nextB + anchor.length];
      }
      if (doneA > startA) compare(doneA, endA, doneB, endB);
    }
    add({ a: endA, b: endB, length: suffix });
  };
  compare(0, a.length, 0, b.length);
  return runs;
}

/** Runs of letters that occur once in both texts, in the order of both; none if there are none. */
function anchors(a: string, b: string): Run[] {
  for (const length of ANCHOR_LETTERS) {
    const inA = singleRuns(a, length);
    const inB = singleRuns(b, length);
    const pairs = [...inA].flatMap(([run, at]) => {
      const other = inB.get(run);
      return at !== null && other !== undefined && other !== null ? [{ a: at, b: other, length }] : [];
    });
    const ascending = longestAscending(pairs.sort((x, y) => x.a - y.a));
    if (ascending.length > 0) return ascending;
  }
  return [];
}

/** The place of each run of letters; null if it occurs more than once. */
function singleRuns(text: string, length: number): Map<string, number | null> {
  const places = new Map<string, number | null>();
  for (let index = 0; index + length <= text.length; index++) {
    const run = text.slice(index, index + length);
    places.set(run, places.has(run) ? null : index);
  }
  return places;
}

/** The longest list of pairs that ascends in `b` too. */
function longestAscending(pairs: readonly Run[]): Run[] {
  const ends: number[] = [];
  const before: number[] = [];
  for (const [index, { b }] of pairs.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.b ?? 0) < b) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? (ends[low - 1] ?? -1) : -1;
    ends[low] = index;
  }
  const chosen: Run[] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
    const pair = pairs[index];
    if (pair) chosen.push(pair);
  }
  return chosen.reverse();
}

function byEditDistance(a: string, b: string): Run[] {
  const width = b.length + 1;
  const costs = new Uint32Array((a.length + 1) * width);
  const cost = (i: number, j: number) => costs[i * width + j] ?? 0;
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      if (i === 0 || j === 0) costs[i * width + j] = i + j;
      else {
        const changed = cost(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
        costs[i * width + j] = Math.min(changed, cost(i - 1, j) + 1, cost(i, j - 1) + 1);
      }
    }
  }
  const runs: Run[] = [];
  for (let i = a.length, j = b.length; i > 0 && j > 0; ) {
    const equal = a[i - 1] === b[j - 1];
    if (cost(i, j) === cost(i - 1, j - 1) + (equal ? 0 : 1)) {
      i--;
      j--;
      const first = runs[0];
      if (equal && first && first.a === i + 1 && first.b === j + 1) runs[0] = { a: i, b: j, length: first.length + 1 };
      else if (equal) runs.unshift({ a: i, b: j, length: 1 });
    } else if (cost(i, j) === cost(i - 1, j) + 1) i--;
    else j--;
  }
  return runs;
}
