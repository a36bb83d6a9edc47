/** An address without the part that its paths begin with, because people copy addresses with and without it. */
export function withoutSuffix(base: string, ...suffixes: readonly string[]): string {
  const suffix = suffixes.find((end) => base.endsWith(end));
  return suffix === undefined ? base : base.slice(0, -suffix.length);
}
