/**
 * The end of the title of a test that needs something which is not everywhere: empty if it is here, and otherwise
 * what is missing, as the list of skipped tests shows it.
 *
 * @param needs the programs or packages, as a reader would install them.
 */
export function skippedWithout(available: boolean, needs: string): string {
  return available ? "" : ` (skipped: needs ${needs})`;
}
