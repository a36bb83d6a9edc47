/**
 * Writes one structured line to the Worker's log. Fields hold no secrets and no request bodies; addresses
 * in them lose what may hold a secret, see {@link withoutSecrets}.
 */
export function log(event: string, fields: Record<string, string | number | boolean | null | undefined> = {}): void {
  const shown = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === "string" ? withoutSecrets(value) : value,
  ]);
  console.log(JSON.stringify({ event, ...Object.fromEntries(shown) }));
}

/** An address in a text: scheme, credentials, host and path, then query and fragment. An apostrophe may be part of it. */
const ADDRESS = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/?#"<>]*@)?([^\s?#"<>]*)([?#][^\s"<>]*)?/gi;

/** The signature of one of our own links, where it stands before the path. */
const SIGNED_PATH = /\/link\/\d+\.[\w-]+\//g;

/** The text with the credentials, queries and fragments of addresses in it left out: signatures and tokens are there. */
export function withoutSecrets(text: string): string {
  return text
    .replace(ADDRESS, (_, scheme: string, _credentials, rest: string, query?: string) =>
      query ? `${scheme}${rest}?…` : scheme + rest,
    )
    .replace(SIGNED_PATH, "/link/…/");
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
