/** False for the service's own log lines, which a passing test run does not print. For vitest's `onConsoleLog`. */
export function isUnexpected(text: string): boolean {
  return !text.startsWith('{"event":');
}
