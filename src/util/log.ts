/**
 * Writes one JSON line to the Worker's log. Callers must not pass secrets or request bodies. Parts of URLs that may be
 * secret are removed; see {@link withoutSecrets}.
 *
 * @param event the name of the event, in snake_case.
 */
export function log(event: string, fields: Record<string, string | number | boolean | null | undefined> = {}): void {
  const shown = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === "string" ? withoutSecrets(value) : value,
  ]);
  console.log(JSON.stringify({ event, ...Object.fromEntries(shown) }));
}

/** Matches a URL in a text. Groups: scheme, credentials, host with path, query with fragment. A URL can contain apostrophes. */
const URL_IN_TEXT = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/?#"<>]*@)?([^\s?#"<>]*)([?#][^\s"<>]*)?/gi;

/** Matches the path prefix of our own signed links. */
const LINK_PREFIX = /\/link\/\d+\.[\w-]+\//g;

/** Removes the credentials, queries, fragments and link prefixes from all URLs in a text: they can contain secrets. */
export function withoutSecrets(text: string): string {
  return text
    .replace(URL_IN_TEXT, (_, scheme: string, _credentials, rest: string, query?: string) =>
      query ? `${scheme}${rest}?…` : scheme + rest,
    )
    .replace(LINK_PREFIX, "/link/…/");
}

/** The message of a caught error. Any other thrown value is converted to a string. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
