/**
 * The URL of a path at a server with OpenAI's protocol. Its base ends with `/v1` by convention; a base without a path
 * gets that.
 */
export function openAiUrl(base: string, path: string): string {
  return openAiBase(base) + path;
}

/** The base of a server with OpenAI's protocol, for paths such as `/chat/completions`. */
export function openAiBase(base: string): string {
  return new URL(base).pathname === "/" ? `${base}/v1` : base;
}

/** An address without the part that its paths begin with, because people copy addresses with and without it. */
export function withoutSuffix(base: string, ...suffixes: readonly string[]): string {
  const suffix = suffixes.find((end) => base.endsWith(end));
  return suffix === undefined ? base : base.slice(0, -suffix.length);
}
