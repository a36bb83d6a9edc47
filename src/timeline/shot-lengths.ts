/** The lengths that a shot can have, in output frames. */
export interface LengthChoice {
  /** The length that the shot has if there is enough time. */
  wanted: number;
  /** The max length. */
  longest: number;
}

/**
 * Chooses the lengths of shots so that they fill `total` frames exactly and none is shorter than `shortest`, if there is
 * such a choice. The last shot takes what is left. If that is too short, shots before it become shorter. If they cannot,
 * the last shot is left out, and shots before it become longer. If they cannot either, all are about equally long.
 *
 * @param shots in playback order. Without the last one, they do not fill `total`; with it, they do.
 * @returns one length for each shot that is shown: for all, or all but the last.
 */
export function shotLengths(shots: readonly LengthChoice[], total: number, shortest: number): number[] {
  const lengths = shots.map(({ wanted }) => wanted);
  const last = lengths.length - 1;
  const rest = total - lengths.slice(0, last).reduce((sum, length) => sum + length, 0);
  const floor = (index: number) => Math.min(shortest, shots[index]?.wanted ?? shortest);
  lengths[last] = rest;
  const missing = floor(last) - rest;
  if (missing <= 0) return lengths;
  const shorter = taken(lengths.slice(0, last), missing, (length, index) => length - floor(index));
  if (shorter) return [...shorter.map((by, index) => (lengths[index] ?? 0) - by), rest + missing];
  const longer = taken(lengths.slice(0, last), rest, (length, index) => (shots[index]?.longest ?? length) - length);
  if (longer) return longer.map((by, index) => (lengths[index] ?? 0) + by);
  return evenLengths(shots, total);
}

/**
 * Divides `amount` over some lengths, from the last one to the first.
 *
 * @param available how much each length can give.
 * @returns what each one gives, or null if all together cannot give the amount.
 */
function taken(
  lengths: readonly number[],
  amount: number,
  available: (length: number, index: number) => number,
): number[] | null {
  let left = amount;
  const given = lengths
    .map(available)
    .reverse()
    .map((most) => {
      const part = Math.min(left, most);
      left -= part;
      return part;
    });
  return left > 0 ? null : given.reverse();
}

/** Lengths that fill `total` exactly, as equal as the wanted lengths allow. */
function evenLengths(shots: readonly LengthChoice[], total: number): number[] {
  const sum = (level: number) => shots.reduce((all, { wanted }) => all + Math.min(wanted, level), 0);
  let level = 1;
  while (sum(level) < total) level++;
  let surplus = sum(level) - total;
  return shots.map(({ wanted }) => {
    if (wanted < level || surplus === 0) return Math.min(wanted, level);
    surplus--;
    return level - 1;
  });
}
