/** A host that may be called although it is not public. */
export interface AllowedHost {
  /** As in a parsed URL: lower case, IPv6 in brackets. */
  hostname: string;
  /** Null for every port. */
  port: number | null;
}

/** Parses `host` or `host:port`, with IPv6 in brackets; null for any other text. */
export function parseAllowedHost(text: string): AllowedHost | null {
  const [, host = "", port] = /^(\[[^\]]*\]|[^:/?#@\\\s]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === "" || Number(port ?? 0) > 65535 || !URL.canParse(`http://${host}`)) return null;
  return { hostname: new URL(`http://${host}`).hostname, port: port === undefined ? null : Number(port) };
}

/** Whether a URL points to one of the hosts. */
export function isAllowed(url: URL, hosts: readonly AllowedHost[]): boolean {
  return hosts.some(
    ({ hostname, port }) => hostname === url.hostname && (port === null || port === effectivePort(url)),
  );
}

/** The port of a URL: its own, or the default port of its scheme. */
export function effectivePort(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}
